import type { LogGap, LogRecord } from "../event-log.ts";

/** A stored batch on its way to a handler: decoded only when it is delivered, and only as far as it is. */
export interface RecordCursor {
  /** Held in memory, for back-pressure. */
  readonly bytes: number;
  /** Offset behind the last record of the stored batch, which compaction may have removed. */
  readonly endOffset: number;
  /** Appends up to `limit` records to `into`; true once nothing is left. */
  take(into: LogRecord[], limit: number): boolean;
  /** What of it cannot be read, behind the records that `take` gave: known once nothing is left. */
  readonly gap: LogGap | undefined;
}
