import type { TopicSpec } from "../event-log.ts";

/** The messages between the main thread and the worker that owns the database. */

export interface PartitionInfo {
  /** Number of the partition within this log, over all topics. */
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly compact: boolean;
  readonly start: number;
  readonly end: number;
}

/** One partition's records in a commit: `bytes` bytes at `at` in the commit's buffer, the header still empty. */
export interface CommitPart {
  readonly id: number;
  readonly at: number;
  readonly bytes: number;
  readonly headerTableBytes: number;
  readonly count: number;
}

export interface OffsetToKeep {
  readonly group: string;
  readonly id: number;
  readonly offset: number;
}

export interface Wanted {
  readonly id: number;
  readonly offset: number;
  readonly maxBytes: number;
}

/** A stored batch within the buffer of a fetch. */
export interface FetchedBatch {
  readonly at: number;
  readonly bytes: number;
  /** Offset behind the batch. */
  readonly endOffset: number;
}

export interface FetchedPartition {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly batches: readonly FetchedBatch[];
}

export interface FetchAnswer {
  readonly partitions: readonly FetchedPartition[];
  readonly buffer: ArrayBuffer;
}

export interface WorkerSettings {
  readonly dataDir: string;
  readonly housekeepingMs: number;
  readonly tombstoneRetentionMs: number;
  readonly maxDatabasePages: number | undefined;
  /** Batches that are appended from now on are compressed. */
  readonly compress: boolean;
}

/** Requests by name, with the message there and the answer. */
export interface WorkerRequests {
  open: {
    in: WorkerSettings;
    out: {
      readonly partitions: readonly PartitionInfo[];
      readonly warnings: readonly string[];
      /** The append time of the last commit. */
      readonly lastTime: number;
    };
  };
  ensure: { in: { readonly specs: readonly TopicSpec[] }; out: { readonly partitions: readonly PartitionInfo[] } };
  commit: {
    in: {
      readonly parts: readonly CommitPart[];
      readonly offsets: readonly OffsetToKeep[];
      readonly buffer: ArrayBuffer;
    };
    /** Base offsets, one per part, and the buffer with the parts as they were stored: sealed batches. */
    out: { readonly baseOffsets: readonly number[]; readonly lastTime: number; readonly buffer: ArrayBuffer };
  };
  fetch: { in: { readonly wanted: readonly Wanted[]; readonly maxBytes: number }; out: FetchAnswer };
  offsetForTime: { in: { readonly id: number; readonly time: number }; out: { readonly offset: number } };
  positions: { in: { readonly topic: string }; out: { readonly partitions: readonly PartitionInfo[] } };
  committed: { in: { readonly group: string }; out: { readonly offsets: readonly { id: number; offset: number }[] } };
  /** Runs retention and compaction to their end, now. */
  housekeep: { in: Record<string, never>; out: Record<string, never> };
  close: { in: Record<string, never>; out: Record<string, never> };
}

export type RequestName = keyof WorkerRequests;

export interface Request<N extends RequestName = RequestName> {
  readonly id: number;
  readonly name: N;
  readonly body: WorkerRequests[N]["in"];
}

export interface Answer {
  readonly id: number;
  readonly body?: unknown;
  readonly failure?: Failure;
}

export type FailureKind =
  | "unavailable"
  | "unknown-outcome"
  /** Another process has the database open. */
  | "locked"
  | "topic-mismatch"
  /** The files are damaged, or of a version that this one does not know. */
  | "unusable"
  /** The machine does not let the files be used. */
  | "resource"
  /** A defect of this program. */
  | "invariant";

/** A worker has no part in the typed errors of the services: it names the kind, the main thread makes the error. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

export class LogFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LogFailure";
    this.kind = kind;
  }
}
