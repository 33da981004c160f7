import { RecordRefusedError, type ErrorDetails } from "@headwater/service-kit";
import type { AppendedRange } from "./event-log.ts";

/** What `append` rejects with when some records will never be taken: which ones, and where all the others landed. */
export class SomeRecordsRefusedError extends RecordRefusedError {
  /** In the order in which they were handed over, per partition; the refused ones have no place. */
  readonly landed: readonly AppendedRange[];

  constructor(
    message: string,
    indexes: readonly number[],
    landed: readonly AppendedRange[],
    options: ErrorDetails = {},
  ) {
    super(message, indexes, options);
    this.landed = landed;
  }
}
