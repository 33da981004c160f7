import { HeadwaterError } from "@headwater/core";

/** The state log holds a state that this version cannot read. The service stops: no rule may continue from a guess. */
export class UnreadableStateError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "rule-state-unreadable";
}
