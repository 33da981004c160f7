import { HeadwaterError, sleep } from "@headwater/core";
import { ForeignPositionError, TopicRecreatedError } from "../errors.ts";
import type { PartitionBuffer } from "../delivery/partition-buffer.ts";
import { BatchIntake } from "./batch-intake.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";
import { fetchRequest, type FetchedPartition, type FetchPartition } from "./fetch-request.ts";
import { asTyped, brokerError, isRejection, isStaleMetadata, isTransient, protocolErrorKind } from "./kafka-errors.ts";
import { listOffsets } from "./list-offsets.ts";

/**
 * Of one partition, so that an answer has some of all: what is left of a part keeps the whole answer in memory. A batch
 * that is larger comes whole where its partition is the first of a request, as each is in its turn.
 */
const PARTITION_BYTES = 512 * 1024;
const FETCH_BYTES = 6 * 1024 * 1024;
/** A partition with this much waiting is not fetched for. */
const BUFFERED_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 500;
/** While some partition is left out because its buffer is full: it should not wait for the others' silence. */
const SHORT_WAIT_MS = 20;
const MAX_PAUSE_MS = 2000;
/** A fetch that was refused so often in a row is refused for good. */
const REFUSALS = 3;

export interface FetchTarget {
  buffers(): readonly PartitionBuffer[];
  delivered(): void;
  fail(error: unknown): void;
}

/**
 * Keeps the buffers of one consumer filled: per leader one connection and one fetch under way. Outages are waited out.
 */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #target: FetchTarget;
  /** By broker; a loop ends when nothing of that broker is wanted. */
  readonly #loops = new Map<number, Promise<void>>();
  readonly #connections = new Map<number, BrokerConnection>();
  /** What was fetched and waits to be unpacked. */
  readonly #intakes = new WeakMap<PartitionBuffer, BatchIntake>();
  readonly #stop = new AbortController();
  /** Of the topics that are fetched, as of their first fetch. */
  readonly #topicIds = new Map<string, string>();
  #lookAgain: NodeJS.Timeout | undefined;
  #firstOf = 0;
  #hasFetched = false;

  constructor(cluster: Cluster, target: FetchTarget) {
    this.#cluster = cluster;
    this.#target = target;
  }

  /** Something may be wanted of somebody. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    for (const buffer of this.#target.buffers()) {
      if (buffer.bytes >= BUFFERED_BYTES) continue;
      const leader = this.#cluster.leaderOf(buffer.topic, buffer.partition);
      if (leader === undefined) this.#askWhoLeads();
      else if (!this.#loops.has(leader)) this.#start(leader);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#lookAgain);
    for (const connection of this.#connections.values()) connection.destroy();
    await Promise.all(this.#loops.values());
  }

  #start(leader: number): void {
    const loop = this.#run(leader)
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#stop.abort();
        this.#target.fail(error);
      })
      .finally(() => {
        this.#loops.delete(leader);
        this.wake();
      });
    this.#loops.set(leader, loop);
  }

  async #run(leader: number): Promise<void> {
    let pause = 0;
    let refused = 0;
    while (!this.#stop.signal.aborted) {
      await this.#unpackMore(leader);
      if (this.#stop.signal.aborted) return;
      const { wanted, buffers, full } = this.#wanted(leader);
      if (wanted.length === 0) return;
      try {
        await this.#fetch(leader, wanted, buffers, full ? SHORT_WAIT_MS : MAX_WAIT_MS);
        if (pause > 0) this.#cluster.settings.logger.info({ broker: leader }, "Kafka answers again");
        pause = 0;
        refused = 0;
        this.#hasFetched = true;
      } catch (error) {
        this.#connections.get(leader)?.destroy();
        this.#connections.delete(leader);
        if (this.#stop.signal.aborted) return;
        // Bytes may have changed on their way, there or back: a refusal counts when it was repeated.
        const isAnswer = protocolErrorKind(error) !== undefined;
        // Rights that are taken away, or a password that changes, come back; who never had them has to hear of it.
        const isPassing = isTransient(error) || (this.#hasFetched && isRejection(error));
        if (!isPassing && !(isAnswer && ++refused < REFUSALS)) throw asTyped(error, "fetching");
        if (pause === 0) this.#warn(error, leader);
        pause = Math.min(Math.max(100, pause * 2), MAX_PAUSE_MS);
        await this.#pause(pause);
        await this.#refresh();
      }
    }
  }

  async #fetch(
    leader: number,
    wanted: readonly FetchPartition[],
    buffers: ReadonlyMap<string, PartitionBuffer>,
    maxWaitMs: number,
  ): Promise<void> {
    const connection = await this.#connectionTo(leader);
    const answer = await connection.send(fetchRequest(wanted, { maxWaitMs, maxBytes: FETCH_BYTES }));
    if (this.#stop.signal.aborted) return;
    if (answer.errorCode !== 0) throw brokerError(answer.errorCode);
    let stale = false;
    for (const part of answer.partitions) {
      const buffer = buffers.get(`${part.topic}/${part.partition}`);
      if (buffer === undefined) continue;
      if (part.errorCode === 0) await this.#fill(buffer, part);
      else stale = (await this.#isStale(buffer, part)) || stale;
    }
    this.#target.delivered();
    if (stale) {
      await this.#pause(100);
      await this.#refresh();
    }
  }

  async #fill(buffer: PartitionBuffer, part: FetchedPartition): Promise<void> {
    if (part.records.length === 0) return;
    const intake = this.#intakeOf(buffer);
    const doubt = intake.take(part, buffer.fetchOffset);
    if (doubt?.kind === "damaged") {
      const { topic, partition } = buffer;
      this.#cluster.settings.logger.warn(
        { topic, partition, offset: doubt.offset },
        "a batch of records arrived damaged; fetching it again",
      );
    }
    await this.#unpack(buffer, intake);
  }

  /** Batches that are not packed take no more memory than they do already; of the others as many as there is room. */
  async #unpack(buffer: PartitionBuffer, intake: BatchIntake): Promise<void> {
    while (!intake.isEmpty && !(intake.isPacked && buffer.bytes >= BUFFERED_BYTES)) {
      const cursor = intake.next(buffer.fetchOffset);
      buffer.push(cursor instanceof Promise ? await cursor : cursor, intake.highWatermark);
    }
  }

  /** Those that waited for room. */
  async #unpackMore(leader: number): Promise<void> {
    let delivered = false;
    for (const buffer of this.#target.buffers()) {
      const intake = this.#intakes.get(buffer);
      if (intake === undefined || intake.isEmpty || buffer.bytes >= BUFFERED_BYTES) continue;
      if (this.#cluster.leaderOf(buffer.topic, buffer.partition) !== leader) continue;
      await this.#unpack(buffer, intake);
      delivered = true;
    }
    if (delivered) this.#target.delivered();
  }

  #intakeOf(buffer: PartitionBuffer): BatchIntake {
    let intake = this.#intakes.get(buffer);
    if (intake === undefined) {
      intake = new BatchIntake(buffer.topic, buffer.partition, this.#cluster.settings.maxUnpackedBytes);
      this.#intakes.set(buffer, intake);
    }
    return intake;
  }

  /** Whether somebody else leads the partition by now; an offset that the log does not hold is dealt with here. */
  async #isStale(buffer: PartitionBuffer, { errorCode }: FetchedPartition): Promise<boolean> {
    const error = brokerError(errorCode);
    if (isStaleMetadata(error)) return true;
    if (error.type !== "OFFSET_OUT_OF_RANGE") throw error;
    const { topic, partition, fetchOffset } = buffer;
    // A topic that was made anew is no shortened one.
    await this.#refresh();
    this.#refuseAnother(topic);
    const [start, end] = await Promise.all([
      listOffsets(this.#cluster, topic, [partition], "earliest"),
      listOffsets(this.#cluster, topic, [partition], "latest"),
    ]);
    const earliest = start.get(partition)!;
    if (fetchOffset > end.get(partition)!) {
      throw new ForeignPositionError({ topic, partition, offset: fetchOffset }, end.get(partition)!);
    }
    if (fetchOffset >= earliest) return true;
    this.#cluster.settings.logger.warn(
      { topic, partition, wanted: fetchOffset, start: earliest, missed: earliest - fetchOffset },
      "retention removed records before they were read; going on with the earliest",
    );
    buffer.skipTo(earliest);
    return false;
  }

  #wanted(leader: number): { wanted: FetchPartition[]; buffers: Map<string, PartitionBuffer>; full: boolean } {
    const wanted: FetchPartition[] = [];
    const buffers = new Map<string, PartitionBuffer>();
    let full = false;
    const all = this.#target.buffers();
    // Another first one each time: a broker fills its answer in the order of the request.
    this.#firstOf = all.length === 0 ? 0 : (this.#firstOf + 1) % all.length;
    for (const buffer of [...all.slice(this.#firstOf), ...all.slice(0, this.#firstOf)]) {
      const { topic, partition, fetchOffset: offset } = buffer;
      this.#refuseAnother(topic);
      if (this.#cluster.leaderOf(topic, partition) !== leader) continue;
      if (buffer.bytes >= BUFFERED_BYTES || this.#intakes.get(buffer)?.isEmpty === false) {
        full = true;
        continue;
      }
      wanted.push({ topic, partition, offset, maxBytes: PARTITION_BYTES });
      buffers.set(`${topic}/${partition}`, buffer);
    }
    return { wanted, buffers, full };
  }

  /** Positions of a topic that was deleted say nothing of the one that has its name now. */
  #refuseAnother(topic: string): void {
    const id = this.#cluster.identities.idOf(topic);
    if (id === undefined) return;
    const first = this.#topicIds.get(topic);
    if (first === undefined) this.#topicIds.set(topic, id);
    else if (first !== id) throw new TopicRecreatedError(topic);
  }

  async #connectionTo(leader: number): Promise<BrokerConnection> {
    const current = this.#connections.get(leader);
    if (current?.isUsable === true) return current;
    const connection = await this.#cluster.connect(leader);
    if (this.#stop.signal.aborted) connection.destroy();
    this.#connections.set(leader, connection);
    return connection;
  }

  #askWhoLeads(): void {
    this.#lookAgain ??= setTimeout(() => {
      this.#lookAgain = undefined;
      void this.#refresh()
        .then(() => this.wake())
        .catch((error: unknown) => this.#target.fail(error));
    }, 200);
  }

  async #refresh(): Promise<void> {
    try {
      await this.#cluster.refresh();
    } catch (error) {
      const isPassing = error instanceof HeadwaterError && (error.advice !== "stop" || this.#hasFetched);
      if (!isPassing) throw error;
      this.#cluster.settings.logger.debug({ err: error }, "could not learn who leads");
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  #warn(error: unknown, broker: number): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.#cluster.settings.logger.warn(
      { broker, problem },
      "Kafka does not answer a fetch; trying again until it does",
    );
  }
}
