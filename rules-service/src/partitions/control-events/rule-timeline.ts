import { foldRule, type RuleState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import type { LogRecord } from "@headwater/event-log";
import type { RuleChange } from "../../engine/engine.ts";
import type { RuleDefinition } from "../../definition/definition.ts";

/** A rule as a record of rules.v1 made it. */
export interface RuleAt {
  /** The offset of that record. */
  readonly offset: number;
  readonly change: RuleChange;
}

export interface RuleTimelineOptions {
  /** Reads a definition that was accepted when it was written. */
  readonly definitionOf: (revision: { definition: string; schema: number }, rule: string) => RuleDefinition;
}

/**
 * Every state that every rule ever had, by the offset in rules.v1 that brought it: what an instance needs to repeat the
 * past.
 */
export class RuleTimeline {
  readonly #options: RuleTimelineOptions;
  readonly #states = new Map<string, RuleState>();
  readonly #histories = new Map<string, RuleAt[]>();
  readonly #byOffset = new Map<number, RuleAt>();

  constructor(options: RuleTimelineOptions) {
    this.#options = options;
  }

  /**
   * Applies a record of rules.v1; answers the id of the rule that it changed, undefined if it lost against another
   * write.
   */
  apply(record: LogRecord): string | undefined {
    if (record.value === null) return undefined;
    const event = events.rule.decode(record.value);
    const { state, accepted } = foldRule(this.#states.get(event.rule), event);
    if (!accepted || state === undefined) return undefined;
    this.#states.set(event.rule, state);
    const at: RuleAt = { offset: record.offset, change: this.#change(state) };
    const history = this.#histories.get(event.rule);
    if (history === undefined) this.#histories.set(event.rule, [at]);
    else history.push(at);
    this.#byOffset.set(record.offset, at);
    return event.rule;
  }

  /** As the log has it now. */
  latest(rule: string): RuleAt | undefined {
    return this.#histories.get(rule)?.at(-1);
  }

  /** Oldest first. */
  history(rule: string): readonly RuleAt[] {
    return this.#histories.get(rule) ?? [];
  }

  rules(): Iterable<string> {
    return this.#histories.keys();
  }

  /** What the record at that offset of rules.v1 made of its rule; undefined if it made nothing. */
  at(offset: number): RuleAt | undefined {
    return this.#byOffset.get(offset);
  }

  #change(state: RuleState): RuleChange {
    const revision = state.revisions.at(-1)!;
    return {
      rule: state.id,
      revision: revision.revision,
      // A draft does as little as a rule that was switched off.
      mode: state.mode === "draft" ? "disabled" : state.mode,
      definition: this.#options.definitionOf(revision, state.id),
    };
  }
}

/** Whether the rule evaluates anything. */
export function isActive(change: RuleChange | undefined): change is RuleChange {
  return change !== undefined && (change.mode === "live" || change.mode === "shadow");
}

export type RuleTransition = "nothing" | "direct" | "warmed";

/**
 * What a change asks of a partition on which the rule now is as `present` says. A pure function of the two, so that a
 * replay decides alike. What becomes active, and what is active with another definition, is warmed first.
 */
export function transitionOf(present: RuleChange | undefined, next: RuleChange): RuleTransition {
  if (!isActive(next)) return isActive(present) ? "direct" : "nothing";
  if (!isActive(present) || present.revision !== next.revision) return "warmed";
  return present.mode === next.mode ? "nothing" : "direct";
}
