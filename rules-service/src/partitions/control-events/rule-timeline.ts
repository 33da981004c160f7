import { foldRule, type RuleState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import type { LogRecord } from "@headwater/event-log";
import type { RuleChange } from "../../engine/engine.ts";
import type { RuleDefinition } from "../../definition/definition.ts";

/** The state of a rule after a record of rules.v1. */
export interface RuleAt {
  /** Offset of the record. */
  readonly offset: number;
  readonly change: RuleChange;
}

export interface RuleTimelineOptions {
  /** Parses a definition that was valid when it was written. */
  readonly definitionOf: (revision: { definition: string; schema: number }, rule: string) => RuleDefinition;
}

/**
 * All past states of all rules, by their offsets in rules.v1. A replay looks up here the state that took effect at the
 * time.
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
   * Applies a record of rules.v1. Returns the id of the rule that it changed; undefined if it lost against another
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

  /** The newest state of a rule. */
  latest(rule: string): RuleAt | undefined {
    return this.#histories.get(rule)?.at(-1);
  }

  /** All states of a rule, oldest first. */
  history(rule: string): readonly RuleAt[] {
    return this.#histories.get(rule) ?? [];
  }

  rules(): Iterable<string> {
    return this.#histories.keys();
  }

  /** The state after the record at that offset of rules.v1; undefined if the record changed nothing. */
  at(offset: number): RuleAt | undefined {
    return this.#byOffset.get(offset);
  }

  #change(state: RuleState): RuleChange {
    const revision = state.revisions.at(-1)!;
    return {
      rule: state.id,
      revision: revision.revision,
      // The engine evaluates a draft as little as a disabled rule.
      mode: state.mode === "draft" ? "disabled" : state.mode,
      definition: this.#options.definitionOf(revision, state.id),
    };
  }
}

/** Whether the engine evaluates the rule. */
export function isActive(change: RuleChange | undefined): change is RuleChange {
  return change !== undefined && (change.mode === "live" || change.mode === "shadow");
}

export type RuleTransition = "nothing" | "direct" | "warmed";

/**
 * How a rule gets from its present state on a partition to the next one. A rule that becomes active, or is active with
 * another definition, is warmed first. A pure function of both states, so that a replay decides alike.
 */
export function transitionOf(present: RuleChange | undefined, next: RuleChange): RuleTransition {
  if (!isActive(next)) return isActive(present) ? "direct" : "nothing";
  if (!isActive(present) || present.revision !== next.revision) return "warmed";
  return present.mode === next.mode ? "nothing" : "direct";
}
