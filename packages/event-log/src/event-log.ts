/**
 * The event log port. Everything Headwater knows went through it first; every
 * service publishes to it and consumes from it, and none calls another.
 *
 * An adapter (kafka/, embedded/) is right when it passes the contract suite in
 * contract/. Offsets are safe integers, dense per partition up to compaction
 * and retention; times are integers of microseconds since the epoch.
 */

/** A record as a producer hands it over. Without `partition` the key decides (murmur2, as in the Java client). */
export interface OutgoingRecord {
  readonly key: string | Uint8Array | null;
  /** `null` is a tombstone: on a compacted topic it removes the key. */
  readonly value: Uint8Array | null;
  /** Wins over the key: for records that belong to a partition rather than to a device. */
  readonly partition?: number;
  /** Every header costs; share the object and its buffers between records. */
  readonly headers?: RecordHeaders;
}

export type RecordHeaders = Readonly<Record<string, string | Uint8Array>>;

/** A record as a consumer sees it. */
export interface LogRecord {
  readonly offset: number;
  /** When the log appended it (LogAppendTime), in microseconds. Kafka keeps milliseconds. */
  readonly appendTime: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** Records of one partition in offset order; never empty. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The partition's end (the next offset to be written) when this was fetched. */
  readonly highWatermark: number;
}

/**
 * Offsets that a reader goes past because what the log holds there cannot be read: it stays damaged however often it is
 * fetched, it would unpack to more than a reader takes into memory, or it is in no form that is known.
 */
export interface LogGap {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  /** Exclusive. */
  readonly toOffset: number;
  readonly reason: "damaged" | "too-large" | "unreadable";
}

/**
 * Where records of one append landed, in the order in which they were handed over: per partition one dense run, or
 * several where an append was too large for one batch and somebody else's records came in between.
 */
export interface AppendedRange {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  readonly count: number;
}

export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A partition and the next offset to read or to keep. */
export interface PartitionPositions {
  readonly partition: number;
  /** The first offset still held. */
  readonly start: number;
  /** The next offset to be written. */
  readonly end: number;
  /**
   * How many brokers keep it; 1 where an append counts once one alone has it, or nobody knows. Absent where the log is
   * on this machine.
   */
  readonly replicas?: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: "delete" | "compact";
  /** Milliseconds; absent: for ever (of `compact`: no bound by time either). */
  readonly retentionMs?: number;
  /** A record younger than this (milliseconds) is never compacted away. */
  readonly minCompactionLagMs?: number;
  /** Records may have so many bytes (key, value and headers); absent: what any log takes. */
  readonly maxRecordBytes?: number;
}

/** A batch that a group member works on. */
export interface GroupBatch extends LogBatch {
  /**
   * Commits `offset` (the next one to read; default: the one after the last record of this batch).
   * Resolves to false, having committed nothing, if the partition is no longer this member's.
   */
  commit(offset?: number): Promise<boolean>;
  /**
   * Aborted as soon as the partition is revoked or the consumption ends: stop working for it. While `close` waits for
   * the batches in hand their commits still count.
   */
  readonly signal: AbortSignal;
}

export interface ConsumeOptions {
  readonly group: string;
  /**
   * What the group was called before. Offsets that were committed under that name become its own where it has none,
   * before its first member reads: a group that gets another name goes on where it was.
   */
  readonly formerGroup?: string | undefined;
  readonly topics: readonly string[];
  /** Where a partition starts that has no committed offset. Default: earliest. */
  readonly from?: "earliest" | "latest";
  /**
   * One call at a time per partition; partitions run concurrently. Until the promise resolves nothing
   * more of that partition is delivered and fetching stops once the buffers are full (back-pressure). A rejection ends
   * the consumption: `done` rejects with that error; nothing is retried in silence.
   */
  onBatch(batch: GroupBatch): Promise<void>;
  /**
   * Called with newly owned partitions before their first batch; may answer where to start
   * instead of the committed offset. Same-numbered partitions of all topics belong to one member.
   */
  onAssigned?(partitions: readonly { topic: string; partition: number }[]): Promise<readonly Position[] | void>;
  /**
   * Called when partitions may go to another member, while no batch is in hand and none is delivered: what was taken of
   * batches and is still under way is brought to an end here, and committed, before another member begins behind it.
   * Waited for some seconds, no longer.
   */
  onHandover?(): Promise<void>;
  /** Called when partitions are lost; their batches' signals are aborted by then. */
  onRevoked?(partitions: readonly { topic: string; partition: number }[]): Promise<void>;
  /** Called before anything behind the gap is delivered. A rejection ends the consumption. */
  onGap?(gap: LogGap): Promise<void> | void;
  readonly maxBatchRecords?: number;
}

export interface Consumption {
  /** Resolves after `close()`; rejects with a typed error if the consumption died. */
  readonly done: Promise<void>;
  /** No more batches of these (default: all) partitions until `resume`. */
  pause(partitions?: readonly { topic: string; partition: number }[]): void;
  resume(partitions?: readonly { topic: string; partition: number }[]): void;
  /** Waits for the batches in hand, leaves the group. Not to be awaited by a handler, for which it would wait. */
  close(): Promise<void>;
}

export interface FollowOptions {
  readonly topics: readonly string[];
  /** Next offset to read per topic and partition; a partition not named starts at `otherwise`. */
  readonly from?: readonly Position[];
  readonly otherwise?: "earliest" | "latest";
  /** One call at a time over all partitions, in offset order per partition. A rejection ends the following. */
  onBatch(batch: LogBatch): Promise<void> | void;
  /** Called before anything behind the gap is delivered. A rejection ends the following. */
  onGap?(gap: LogGap): Promise<void> | void;
  /** Called once, when everything that was in the log at the start of the call has been delivered. */
  onCaughtUp?(): void;
}

export interface Following {
  readonly done: Promise<void>;
  close(): Promise<void>;
}

export interface ReadRange {
  /** First offset, or… (default: the start of the partition) */
  readonly fromOffset?: number;
  /** …the first record appended at or after this time (µs). */
  readonly fromTime?: number;
  /** Exclusive. Default: the end at the moment of the call. */
  readonly toOffset?: number;
  /** Exclusive, append time (µs). */
  readonly toTime?: number;
  /** Called before anything behind the gap is read. */
  onGap?(gap: LogGap): void;
}

export interface EventLog {
  /**
   * Creates the topics that are missing. Rejects with TopicMismatchError (stop), before anything is written, if one
   * exists that would lose records or their order: with fewer partitions, another clean-up, a shorter retention, or the
   * time of its producers. Further partitions than the spec has are read and never written.
   */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;

  /**
   * Appends records, of one topic, and resolves when all are durable, with one range per partition touched.
   * Two calls made one after the other land in that order per partition. Rejects with
   * `LogUnavailableError` (nothing landed; retry), `UnknownOutcomeError` (may have landed; send the identical batch
   * again, readers remove records that landed twice, by identity), `LogShortenedError` (as the first, and the partition
   * has lost what it took before) or `SomeRecordsRefusedError`, a `RecordRefusedError` (names the records refused for
   * good, and where the others landed).
   */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]>;

  /**
   * Consumes as a member of a group, with explicit commits. Resolves when the member has its first partitions and
   * `onAssigned` is through; `done` settles with the end of the consumption, then or before.
   */
  consume(options: ConsumeOptions): Promise<Consumption>;

  /** Follows all partitions without a group: every instance sees every record. */
  follow(options: FollowOptions): Promise<Following>;

  /** Reads a range of one partition, oldest first, and ends. */
  read(topic: string, partition: number, range?: ReadRange): AsyncIterable<LogBatch>;

  /** First and next offset of every partition. */
  positions(topic: string): Promise<readonly PartitionPositions[]>;

  /** Committed offsets of a group (partitions without one are left out). Lag = positions().end - this. */
  committed(group: string, topics: readonly string[]): Promise<readonly Position[]>;

  /** What is amiss with the log and does not keep it from working, for health. Absent: nothing is ever known. */
  warnings?(): readonly string[];

  /** Finishes the batches in hand and releases every resource. */
  close(): Promise<void>;
}
