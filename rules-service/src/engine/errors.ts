import { HeadwaterError } from "@headwater/core";

/** The state log holds a state that this version cannot read. A rule must not go on from a guess, so the service stops. */
export class UnreadableStateError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "rule-state-unreadable";
}
