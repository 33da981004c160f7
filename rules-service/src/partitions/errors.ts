import { type ErrorDetails, HeadwaterError } from "@headwater/core";

/** Another instance has claimed the partition: nothing of it may be appended any more. */
export class OwnershipLostError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "ownership-lost";
}

/** The rules of a partition could not be evaluated; going on would give answers that a replay would not. */
export class EvaluationError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "evaluation-failed";

  constructor(partition: number, offset: number, cause: unknown, options: ErrorDetails = {}) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The rules of partition ${partition} failed at offset ${offset} and stopped there: ${reason}`, {
      ...options,
      cause,
      details: { partition, offset, ...options.details },
    });
  }
}

/**
 * The partition was taken from this instance, or the service stops. Work in progress is dropped; the next owner repeats
 * it.
 */
export class PartitionReleasedError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "partition-released";
}
