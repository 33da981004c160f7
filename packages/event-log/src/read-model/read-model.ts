import type { EventLog, LogBatch, Position } from "../event-log.ts";
import type { Logger } from "@headwater/core";
import type { DatabaseSync } from "node:sqlite";

/**
 * A projection of some topics into a local SQLite file, from which a service answers queries. The file is disposable:
 * a damaged or outdated one is deleted and built again from the log.
 */
export interface ReadModelOptions {
  /** Made if it is not there, with its folder, for this user alone; or ":memory:". One process at a time. */
  readonly file: string;
  /** Change it whenever `migrate` or `apply` changes the rows made from the same records: the model is rebuilt then. */
  readonly schemaVersion: string;
  readonly topics: readonly string[];
  readonly log: EventLog;
  readonly logger: Logger;
  /** Makes the tables in an empty database. Table names that begin with `read_model_` are taken. */
  migrate(db: DatabaseSync): void;
  /**
   * Applies records, in offset order per partition, inside of the transaction that also keeps the positions: each
   * record counts exactly once. Has to bear any bytes: an error ends the model (`died`), since skipping would
   * make the answers wrong in silence. A large batch comes in several calls before `onApplied`, and one that was rolled
   * back comes again: what is noted for `onApplied` is kept until then, and may be noted twice.
   */
  apply(db: DatabaseSync, batch: LogBatch): void;
  /** Called after the transaction of `apply`, with all records that it applied, for subscribers to changes. */
  onApplied?(batch: LogBatch): void;
}

export interface StartOptions {
  /**
   * Resolve after `withinMs` even if the log is away or the model is still behind, with the rows on disk.
   * Default: wait for as long as it takes.
   */
  readonly allowStale?: boolean;
  /** Milliseconds. Default 2 s. */
  readonly withinMs?: number;
}

export interface ReadModel {
  /** For reading. The same object through any rebuild, so statements may be prepared once; closed by `stop`. */
  readonly db: DatabaseSync;
  /** Resolves when everything is applied that was in the log at the time. Rejects if the model died, or was stopped. */
  start(options?: StartOptions): Promise<void>;
  /** Whether it follows the log at its head; false while it catches up or the log is away. */
  readonly caughtUp: boolean;
  /**
   * Resolves as soon as the record at that position is applied (at once if it is).
   * Rejects with RequestError: 504 `read-model-behind` after `timeoutMs`, 400 `unknown-position` for a topic that is
   * none of its own, 503 if it stops.
   */
  waitFor(position: Position, timeoutMs: number): Promise<void>;
  /**
   * As waitFor, for a position from outside: 400 `unknown-position` also if the log has no such partition, or nothing
   * there yet, and LogUnavailableError (503) instead of 504 if the log does not say. The log is asked only if the
   * record is not applied within a moment.
   */
  waitForClaimed(position: Position, timeoutMs: number): Promise<void>;
  /** The next offset to apply, per partition that any record came from. */
  positions(): Position[];
  /** Applies the batch in hand, then releases log and file. Safe to call twice. */
  stop(): Promise<void>;
  /** Rejects with a typed error if the model cannot go on by itself; never resolves. */
  readonly died: Promise<never>;
}
