import type { RuleRevision, RuleState } from "@headwater/aggregates";
import { HeadwaterError } from "@headwater/core";
import type { RuleEvent } from "@headwater/proto";
import type { RuleChange } from "../../engine/engine.ts";
import { dataflowOf, type Dataflow } from "../../loops/dataflow.ts";
import { DerivingRules, type Loop } from "../../loops/deriving-rules.ts";
import { foldRuleAmong } from "../../loops/fold-rules.ts";
import { actionsAreByPlace, isWarmAs, type RuleDefinition } from "../../definition/definition.ts";

/** The state of a rule after a record of rules.v1. */
export interface RuleAt {
  /** Offset of the record. */
  readonly offset: number;
  readonly change: RuleChange;
}

export interface RuleTimelineOptions {
  /** Parses a definition that was valid when it was written; throws a typed error if it cannot be read. */
  readonly definitionOf: (revision: { definition: string; schema: number }, rule: string) => RuleDefinition;
  /** Told of a revision that cannot be read. The rule stays in effect as it was before. */
  readonly onUnreadable?: (offset: number, error: HeadwaterError) => void;
  /** Told of a record that would have closed a loop, and is ignored. */
  readonly onLoop?: (offset: number, rule: string, loop: Loop) => void;
}

/**
 * All past states of all rules, by their offsets in rules.v1. A replay looks up here the state that took effect at the
 * time.
 */
export class RuleTimeline {
  readonly #options: RuleTimelineOptions;
  readonly #states = new Map<string, RuleState>();
  /** The newest revision of each rule that can be read. */
  readonly #definitions = new Map<string, ReadRevision>();
  /** Of the rules that derive and are switched on. */
  readonly #live = new DerivingRules();
  readonly #histories = new Map<string, RuleAt[]>();
  readonly #byOffset = new Map<number, RuleAt>();

  constructor(options: RuleTimelineOptions) {
    this.#options = options;
  }

  /**
   * Applies a record of rules.v1. Returns the id of the rule that it changed; undefined if it lost against another
   * write.
   */
  apply(offset: number, event: RuleEvent): string | undefined {
    const before = this.#states.get(event.rule);
    const read = this.#read(event);
    const present = event.created === null ? this.#definitions.get(event.rule) : undefined;
    const readable = read?.readable ?? present;
    const { state, accepted, loop } = foldRuleAmong(before, event, readable?.flow, this.#live);
    if (loop !== undefined) this.#options.onLoop?.(offset, event.rule, loop);
    if (!accepted || state === undefined) return undefined;
    this.#states.set(event.rule, state);
    if (readable === undefined) this.#definitions.delete(event.rule);
    else this.#definitions.set(event.rule, readable);
    if (read?.error !== undefined) this.#options.onUnreadable?.(offset, read.error);
    const at: RuleAt = { offset, change: { ...this.#change(state), grounding: String(offset) } };
    const history = this.#histories.get(event.rule);
    if (history === undefined) this.#histories.set(event.rule, [at]);
    else history.push(at);
    this.#byOffset.set(offset, at);
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

  /** What the event defines; undefined: nothing. */
  #read({ rule, created, revised }: RuleEvent): { readable?: ReadRevision; error?: HeadwaterError } | undefined {
    const defined = created ?? revised;
    if (defined === null) return undefined;
    try {
      const definition = this.#options.definitionOf(defined, rule);
      const actionsByPlace = actionsAreByPlace(defined);
      return { readable: { revision: defined.revision, definition, actionsByPlace, flow: dataflowOf(definition) } };
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      return { error };
    }
  }

  #change({ id, mode, revision: newest }: RuleState): RuleChange {
    const read = this.#definitions.get(id);
    const { revision, definition, actionsByPlace } = read ?? { revision: newest };
    const rule = { rule: id, revision, ...(actionsByPlace === true && { actionsByPlace }) };
    if (definition === undefined) {
      // Nothing of it can be evaluated.
      return { ...rule, mode: mode === "deleted" ? "deleted" : "disabled", definition: nothingOf(id) };
    }
    // The engine evaluates a draft as little as a disabled rule.
    return { ...rule, mode: mode === "draft" ? "disabled" : mode, definition };
  }
}

interface ReadRevision extends Pick<RuleRevision, "revision"> {
  readonly definition: RuleDefinition;
  readonly actionsByPlace: boolean;
  /** undefined: it derives nothing. */
  readonly flow: Dataflow | undefined;
}

/** Stands for a definition that cannot be read; it is never evaluated. */
function nothingOf(rule: string): RuleDefinition {
  return { id: rule, condition: { metric: "", op: ">", threshold: 0 } };
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
  if (!isActive(present)) return "warmed";
  if (present.revision !== next.revision) return isWarmAs(present.definition, next.definition) ? "direct" : "warmed";
  return present.mode === next.mode ? "nothing" : "direct";
}
