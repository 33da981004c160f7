import { foldRule, type RuleState } from "@headwater/aggregates";
import type { RuleEvent } from "@headwater/proto";
import type { Dataflow } from "./dataflow.ts";
import type { DerivingRules, Loop } from "./deriving-rules.ts";

export interface FoldedRule {
  readonly state: RuleState | undefined;
  readonly accepted: boolean;
  /** Why an event that would have been accepted is not. */
  readonly loop: Loop | undefined;
}

/**
 * As `foldRule`, among the other rules: what would switch a rule on so that derived metrics come back to where they
 * came from counts for nothing. Two rules that are saved at the same time may each pass validation; of the events that
 * switch them on the later one in the log is ignored by every reader. `flow` is that of the rule after the event;
 * `live`, which is brought up to date, has the rules that are switched on and derive.
 */
export function foldRuleAmong(
  before: RuleState | undefined,
  event: RuleEvent,
  flow: Dataflow | undefined,
  live: DerivingRules,
): FoldedRule {
  const { state, accepted } = foldRule(before, event);
  if (!accepted) return { state, accepted, loop: undefined };
  // A rule in shadow derives nothing.
  const isLive = state?.mode === "live";
  const loop = isLive && flow !== undefined ? live.loopThrough(event.rule, flow) : undefined;
  if (loop !== undefined) return { state: before, accepted: false, loop };
  live.set(event.rule, isLive ? flow : undefined);
  return { state, accepted, loop };
}
