import { HeadwaterError } from "@headwater/core";

/** A rebuild cannot go on; its message, which is put on record, says why. */
export class RebuildError extends HeadwaterError {
  readonly advice = "reject";
  readonly code = "rebuild-failed";
}
