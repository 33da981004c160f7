import { HeadwaterError } from "@headwater/core";

/**
 * The state log holds a state that this version cannot read. No rule continues from a guess: the partition is started
 * without any state, and its rules are warmed again.
 */
export class UnreadableStateError extends HeadwaterError {
  readonly advice = "quarantine";
  readonly code = "rule-state-unreadable";
}

/**
 * Another version of Headwater wrote the state. Its alerts and commands may have other ids, so nothing that it has told
 * of is told again by a replay under the ids of this one.
 */
export class StateOfOtherVersionError extends UnreadableStateError {}
