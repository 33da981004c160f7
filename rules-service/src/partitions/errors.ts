import { type ErrorDetails, HeadwaterError } from "@headwater/core";

/** Another instance has claimed the partition; this one may append no more outputs of it. */
export class OwnershipLostError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "ownership-lost";
}

/** The log refuses an output or a state for good. Nothing that the rules emit may be left out, so the service stops. */
export class OutputRefusedError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "output-refused";
}

/** A rule could not be warmed or adopted. Going on would emit events that a replay does not. */
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
