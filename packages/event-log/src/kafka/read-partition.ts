import { setImmediate as turn } from "node:timers/promises";
import { HeadwaterError } from "@headwater/core";
import { LogUnavailableError, TopicRecreatedError, UnknownTopicError } from "../errors.ts";
import type { LogBatch, LogGap, LogRecord, Position, ReadRange } from "../event-log.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";
import { BatchIntake } from "./batch-intake.ts";
import { fetchRequest, type FetchedPartition } from "./fetch-request.ts";
import { brokerError, isTransient, protocolErrorKind } from "./kafka-errors.ts";
import { listOffsets } from "./list-offsets.ts";
import { reportGap } from "./report-gap.ts";

const FETCH_BYTES = 2 * 1024 * 1024;
const MAX_WAIT_MS = 100;
/** A fetch that was refused so often in a row is refused for good. */
const REFUSALS = 3;

/** A range of one partition, a fetch at a time, on a connection of its own. */
export async function* readPartition(
  cluster: Cluster,
  topic: string,
  partition: number,
  range: ReadRange,
): AsyncGenerator<LogBatch> {
  const count = await cluster.retrying(`asking for topic ${topic}`, () => cluster.partitionsOf(topic));
  if (partition >= count) throw new UnknownTopicError(`topic ${topic} has no partition ${partition}`);
  const offsetAt = async (at: "earliest" | "readable-end" | number): Promise<number> =>
    (await listOffsets(cluster, topic, [partition], at)).get(partition)!;
  const last = await offsetAt("readable-end");
  let end = Math.min(range.toOffset ?? last, last);
  const { fromTime = Number.NEGATIVE_INFINITY, toTime = Number.POSITIVE_INFINITY } = range;
  let next = Math.max(range.fromOffset ?? 0, await offsetAt("earliest"));
  if (range.fromTime !== undefined) {
    const first = await offsetAt(Math.floor(range.fromTime / 1000));
    next = first < 0 ? end : Math.max(next, first);
  }
  const source = new PartitionSource(cluster, topic, partition);
  const topicId = cluster.identities.idOf(topic);
  const intake = new BatchIntake(topic, partition, cluster.settings.maxUnpackedBytes);
  try {
    while (next < end) {
      if (cluster.identities.idOf(topic) !== topicId) throw new TopicRecreatedError(topic);
      const fetched = await source.fetch(next).catch(unlessOutOfRange);
      if (fetched === undefined) continue;
      if (fetched === outOfRange) {
        // Its beginning was removed meanwhile, by retention or by an operator, or it was shortened.
        const start = await offsetAt("earliest");
        if (start > next) tellOfRemoval(cluster, { topic, partition, offset: next }, start);
        else end = Math.min(end, await offsetAt("readable-end"));
        next = Math.max(next, start);
        continue;
      }
      const { highWatermark } = fetched;
      if (fetched.records.length === 0) {
        // Compaction has removed the records between here and the end, or the end itself is gone.
        if (highWatermark >= end) return;
        end = Math.min(end, await offsetAt("readable-end"));
        continue;
      }
      intake.take(fetched, next);
      while (!intake.isEmpty && next < end) {
        const { records, gap, endOffset } = await portion(intake, next);
        next = endOffset;
        const wanted = records.filter(
          ({ offset, appendTime }) => offset < end && appendTime >= fromTime && appendTime < toTime,
        );
        if (wanted.length > 0) yield { topic, partition, records: wanted, highWatermark };
        if ((records.at(-1)?.appendTime ?? 0) >= toTime) return;
        if (gap === undefined || gap.fromOffset >= end) continue;
        reportGap(cluster, gap);
        range.onGap?.(gap);
      }
    }
  } finally {
    source.close();
  }
}

const outOfRange = Symbol("the partition does not hold the offset");

function unlessOutOfRange(error: unknown): typeof outOfRange {
  if (error instanceof HeadwaterError && error.details["type"] === "OFFSET_OUT_OF_RANGE") return outOfRange;
  throw error;
}

/** Records were removed before they were read: whoever reads goes on at the start of what is left. */
function tellOfRemoval(cluster: Cluster, { topic, partition, offset }: Position, start: number): void {
  cluster.settings.logger.warn(
    { topic, partition, wanted: offset, start, missed: start - offset },
    "records were removed before they were read; going on with the earliest",
  );
}

/** Read in one turn of the event loop. */
const RECORDS_A_TURN = 20_000;

/** Records of the next batches, of so many as are unpacked to a few megabytes or end before a gap. */
async function portion(
  intake: BatchIntake,
  from: number,
): Promise<{ records: LogRecord[]; gap: LogGap | undefined; endOffset: number }> {
  const records: LogRecord[] = [];
  let endOffset = from;
  for (let bytes = 0; !intake.isEmpty && bytes < FETCH_BYTES;) {
    const cursor = await intake.next(endOffset);
    // A batch may unpack to millions of tiny records.
    while (!cursor.take(records, RECORDS_A_TURN)) await turn();
    endOffset = cursor.endOffset;
    bytes += cursor.bytes;
    if (cursor.gap !== undefined) return { records, gap: cursor.gap, endOffset };
  }
  return { records, gap: undefined, endOffset };
}

/** Fetches of one partition from its leader. */
class PartitionSource {
  readonly #cluster: Cluster;
  readonly #topic: string;
  readonly #partition: number;
  #connection: BrokerConnection | undefined;
  #leader: number | undefined;
  #refused = 0;

  constructor(cluster: Cluster, topic: string, partition: number) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partition = partition;
  }

  /** Undefined if the broker only told this client to wait, which the connection then does with the next fetch. */
  fetch(offset: number): Promise<FetchedPartition | undefined> {
    return this.#cluster.retrying(`reading ${this.#topic}`, async () => {
      const connection = await this.#connected();
      const wanted = [{ topic: this.#topic, partition: this.#partition, offset, maxBytes: FETCH_BYTES }];
      try {
        const answer = await connection.send(fetchRequest(wanted, { maxWaitMs: MAX_WAIT_MS, maxBytes: FETCH_BYTES }));
        const part = answer.partitions[0];
        if (part?.errorCode === 0 || (part === undefined && answer.errorCode === 0)) {
          this.#refused = 0;
          return part;
        }
        throw brokerError(part?.errorCode ?? answer.errorCode);
      } catch (error) {
        this.close();
        // Bytes may have changed on their way, there or back: a refusal counts when it was repeated.
        const isRefusal = protocolErrorKind(error) !== undefined && !isTransient(error);
        if (isRefusal && ++this.#refused < REFUSALS) {
          throw new LogUnavailableError("Kafka refuses a fetch", { cause: error });
        }
        throw error;
      }
    });
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #connected(): Promise<BrokerConnection> {
    const leader = this.#cluster.leaderOf(this.#topic, this.#partition);
    if (leader === undefined) {
      throw new LogUnavailableError(`partition ${this.#partition} of ${this.#topic} has no leader`);
    }
    if (this.#connection?.isUsable !== true || this.#leader !== leader) {
      this.close();
      this.#connection = await this.#cluster.connect(leader);
      this.#leader = leader;
    }
    return this.#connection;
  }
}
