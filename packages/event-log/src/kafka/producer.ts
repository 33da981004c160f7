import { InvariantError, UnknownOutcomeError, type HeadwaterError } from "@headwater/core";
import { LogUnavailableError } from "../errors.ts";
import kafkaErrors from "kafkajs/src/protocol/error.js";
import type { AppendedRange, OutgoingRecord } from "../event-log.ts";
import { partitionFor } from "../partitioner.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";
import { asTyped, isForbidden, isStaleMetadata, isTransient, troubleDetails } from "./kafka-errors.ts";
import { PendingAppend, PendingBatch } from "./pending-batch.ts";
import { produceRequest, type ProducedPartition } from "./produce-request.ts";
import { newLane, noLeader, shortenedLanes, type Lane } from "./producer-lane.ts";
import { boundOfRecord } from "./record-batch-encoder.ts";

export interface ProducerLimits {
  /** A batch is closed when it has grown to this; Kafka's default for `max.message.bytes` is a little more. */
  readonly batchBytes: number;
  /** Of one request to one broker. */
  readonly requestBytes: number;
  /** Handed over and not yet settled; beyond it appends are refused. */
  readonly queuedBytes: number;
}

/** Between looks at partitions that have no leader or whose leader cannot be reached. */
const RETRY_MS = 100;

/** The broker took none of the batch, and would not whatever is waited for. */
const refusals = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
  "CORRUPT_MESSAGE",
]);

/** The leader has it, or may have it; whether it stays is open. */
const doubtful = new Set(["NOT_ENOUGH_REPLICAS_AFTER_APPEND", "REQUEST_TIMED_OUT", "NETWORK_EXCEPTION", "UNKNOWN"]);

/**
 * Appends to Kafka. kafkajs has no linger; here whatever arrives while a request is under way goes into the next one. A
 * partition has one batch under way at a time and a broker one request, so order needs no sequence numbers.
 */
export class Producer {
  readonly #cluster: Cluster;
  readonly #limits: ProducerLimits;
  readonly #lanes = new Map<string, Lane[]>();
  /** Lanes with batches to send. */
  readonly #waiting = new Set<Lane>();
  readonly #connections = new Map<number, BrokerConnection>();
  /** Brokers with a request under way. */
  readonly #busy = new Set<number>();
  /** Why nobody could be asked who leads. */
  #refreshProblem: unknown;
  #queuedBytes = 0;
  #scheduled = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #nextKeyless = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(cluster: Cluster, limits: ProducerLimits) {
    this.#cluster = cluster;
    this.#limits = limits;
  }

  /** Synchronous up to the hand-over, so that calls keep their order. The topic has to be known to the cluster. */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    if (this.#closed) return Promise.reject(new InvariantError("the event log is closed"));
    if (records.length === 0) return Promise.resolve([]);
    if (this.#queuedBytes > this.#limits.queuedBytes) {
      return Promise.reject(new LogUnavailableError("more is being appended than Kafka takes", { retryAfterMs: 100 }));
    }
    return new Promise((resolve, reject) => {
      const append = new PendingAppend(topic, resolve, reject);
      const partitions = this.#cluster.partitionCount(topic);
      const keyless = this.#nextKeyless++ % partitions;
      const deadline = Date.now() + this.#cluster.settings.requestTimeoutMs;
      const lanes = this.#lanesOf(topic, partitions);
      for (let i = 0; i < records.length; i++) {
        const record = records[i]!;
        const partition = record.partition ?? (record.key === null ? keyless : partitionFor(record.key, partitions));
        const lane = lanes[partition];
        if (lane === undefined) append.refuse(i, `topic ${topic} has no partition ${partition}`);
        else this.#openBatch(lane, record, deadline).add(append, record, i);
      }
      append.complete();
      this.#schedule();
    });
  }

  /** Resolves when everything that was handed over is settled, and lets go of the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#waiting.size > 0 || this.#busy.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    clearTimeout(this.#retryTimer);
    for (const connection of this.#connections.values()) connection.destroy();
    this.#connections.clear();
  }

  #lanesOf(topic: string, partitions: number): readonly Lane[] {
    let lanes = this.#lanes.get(topic);
    if (lanes === undefined) {
      lanes = Array.from({ length: partitions }, (_, partition) => newLane(topic, partition));
      this.#lanes.set(topic, lanes);
    }
    return lanes;
  }

  /** The last batch of the lane, or a new one if that is under way or would grow too large. */
  #openBatch(lane: Lane, record: OutgoingRecord, deadline: number): PendingBatch {
    const bytes = boundOfRecord(record);
    this.#queuedBytes += bytes;
    const last = lane.queue.at(-1);
    if (last !== undefined && !last.isSealed && last.bytes + bytes <= this.#limits.batchBytes) {
      last.bound += bytes;
      return last;
    }
    const batch = new PendingBatch(lane.topic, lane.partition, deadline);
    batch.bound = bytes;
    lane.queue.push(batch);
    this.#waiting.add(lane);
    return batch;
  }

  /** After this turn of the event loop: all who append in it share the request. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendWhatCan();
    });
  }

  #sendWhatCan(): void {
    const requests = new Map<number, { lanes: Lane[]; bytes: number }>();
    const now = Date.now();
    let leaderless = false;
    for (const lane of this.#waiting) {
      const batch = lane.queue[0]!;
      if (lane.inFlight) continue;
      if (batch.deadline < now) {
        this.#fail(
          lane,
          new LogUnavailableError(`Kafka did not take records of ${lane.topic} in time`, { cause: lane.problem }),
          lane.queue.length,
        );
        continue;
      }
      const leader = this.#cluster.leaderOf(lane.topic, lane.partition);
      if (leader === undefined) {
        leaderless = true;
        lane.problem = this.#refreshProblem ?? noLeader(lane);
      }
      if (leader === undefined || this.#busy.has(leader)) continue;
      const request = requests.get(leader) ?? { lanes: [], bytes: 0 };
      if (request.bytes > 0 && request.bytes + batch.bytes > this.#limits.requestBytes) continue;
      request.lanes.push(lane);
      request.bytes += batch.bytes;
      requests.set(leader, request);
    }
    for (const [leader, { lanes }] of requests) {
      for (const lane of lanes) {
        // To the end of the line: a request may not hold what all have.
        this.#waiting.delete(lane);
        this.#waiting.add(lane);
      }
      void this.#send(leader, lanes);
    }
    if (leaderless) this.#retryLater(true);
    this.#checkDrained();
  }

  /** One request. Never rejects: whatever goes wrong settles the batches, or leaves them for another try. */
  async #send(leader: number, lanes: readonly Lane[]): Promise<void> {
    this.#busy.add(leader);
    for (const lane of lanes) lane.inFlight = true;
    let connection: BrokerConnection | undefined;
    let sent = false;
    let whole = lanes;
    try {
      connection = await this.#connectionTo(leader);
      whole = await this.#confirmed(lanes, connection);
      const batches = whole.map(({ topic, partition, queue }) => ({ topic, partition, batch: queue[0]!.seal() }));
      if (batches.length === 0) return;
      sent = true;
      const answer = await connection.send(produceRequest(batches, this.#cluster.settings.requestTimeoutMs));
      this.#settle(whole, answer);
    } catch (error) {
      if (connection === undefined || !sent) {
        connection?.destroy();
        this.#notSent(whole, error);
      } else {
        // What is still in its socket may yet be taken: nothing more goes this way.
        connection.destroy();
        this.#connections.delete(leader);
        const message = error instanceof Error ? error.message : String(error);
        const details = troubleDetails(error);
        const doubt = new UnknownOutcomeError(`Kafka did not answer an append: ${message}`, { cause: error, details });
        for (const lane of whole) this.#fail(lane, doubt, 1);
        this.#retryLater(true);
      }
    } finally {
      for (const lane of lanes) lane.inFlight = false;
      this.#busy.delete(leader);
      this.#schedule();
    }
  }

  #settle(lanes: readonly Lane[], answer: readonly ProducedPartition[]): void {
    for (const lane of lanes) {
      const result = answer.find(({ topic, partition }) => topic === lane.topic && partition === lane.partition);
      if (result?.errorCode === 0) {
        const batch = this.#take(lane);
        lane.end = result.baseOffset + batch.count;
        lane.problem = undefined;
        batch.landed(result.baseOffset);
        continue;
      }
      const error = kafkaErrors.createErrorFromCode(result?.errorCode ?? -1);
      if (refusals.has(error.type)) this.#refuse(lane, error.message);
      else if (isStaleMetadata(error.type) || error.type === "NOT_ENOUGH_REPLICAS") {
        lane.problem = asTyped(error, `appending to ${lane.topic}`);
        this.#retryLater(true);
      } else if (doubtful.has(error.type)) {
        this.#fail(
          lane,
          new UnknownOutcomeError(`Kafka may have taken an append: ${error.message}`, {
            cause: error,
            details: troubleDetails(error),
          }),
          1,
        );
      } else this.#fail(lane, asTyped(error, `appending to ${lane.topic}`), 1);
    }
  }

  #notSent(lanes: readonly Lane[], error: unknown): void {
    if (!isTransient(error) || isForbidden(error)) {
      for (const lane of lanes) this.#fail(lane, asTyped(error, `appending to ${lane.topic}`), 1);
    } else {
      for (const lane of lanes) lane.problem = error;
      this.#retryLater(true);
    }
  }

  /** The lanes whose partitions have not been shortened; the others fail before anything lands behind the loss. */
  async #confirmed(lanes: readonly Lane[], connection: BrokerConnection): Promise<readonly Lane[]> {
    const shortened = await shortenedLanes(lanes, connection);
    for (const [lane, error] of shortened) this.#fail(lane, error, lane.queue.length);
    return shortened.size === 0 ? lanes : lanes.filter((lane) => !shortened.has(lane));
  }

  #refuse(lane: Lane, reason: string): void {
    const batch = this.#take(lane);
    const halves = batch.refused(reason, Date.now() + this.#cluster.settings.requestTimeoutMs);
    for (const half of halves) {
      half.bound = batch.bound / 2;
      this.#queuedBytes += half.bound;
    }
    lane.queue.unshift(...halves);
    if (halves.length > 0) this.#waiting.add(lane);
  }

  /**
   * The first `count` batches fail with this error; what waits behind them has not landed, and could only land out of
   * order.
   */
  #fail(lane: Lane, error: HeadwaterError, count: number): void {
    for (let failed = 0; lane.queue.length > 0; failed++) {
      const behind = new LogUnavailableError("an append before this one failed", { cause: error });
      this.#take(lane).failed(failed < count || error.advice === "stop" ? error : behind);
    }
  }

  #take(lane: Lane): PendingBatch {
    const batch = lane.queue.shift()!;
    this.#queuedBytes -= batch.bound;
    if (lane.queue.length === 0) this.#waiting.delete(lane);
    return batch;
  }

  async #connectionTo(leader: number): Promise<BrokerConnection> {
    const current = this.#connections.get(leader);
    if (current?.isUsable === true) return current;
    current?.destroy();
    const connection = await this.#cluster.connect(leader);
    this.#connections.set(leader, connection);
    return connection;
  }

  /** Looks again in a moment, having asked who leads; a broker that does not answer that does not delay the look. */
  #retryLater(refresh: boolean): void {
    if (this.#retryTimer !== undefined) return;
    if (refresh) {
      this.#cluster.refresh().then(
        () => (this.#refreshProblem = undefined),
        (error: unknown) => {
          this.#refreshProblem = error;
          this.#cluster.settings.logger.debug({ err: error }, "could not learn who leads");
        },
      );
    }
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#sendWhatCan();
    }, RETRY_MS);
  }

  #checkDrained(): void {
    if (this.#waiting.size === 0 && this.#busy.size === 0) this.#drained?.();
  }
}
