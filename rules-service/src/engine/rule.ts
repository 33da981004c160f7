import { normaliseRule } from "../definition/definition.ts";
import { selects } from "../definition/selector.ts";
import type { SelectableDevice } from "../definition/selector.ts";
import type { NormalAction } from "../definition/actions.ts";
import type { ConditionLevel, Grader } from "../definition/conditions/condition.ts";
import type { RuleChange } from "./engine.ts";
import type { Reading } from "./reading.ts";

/** A rule as it is evaluated: one object for each revision and mode. */
export class Rule {
  readonly change: RuleChange;
  readonly id: string;
  readonly revision: number;
  readonly shadow: boolean;
  readonly metric: string;
  readonly levels: readonly ConditionLevel[];
  readonly #clearThreshold: number;
  readonly #range: readonly [low: number, high: number] | undefined;
  readonly grader: Grader;
  /** Microseconds; 0: at once. */
  readonly holdFor: number;
  readonly times: number;
  /** Microseconds. */
  readonly lateness: number;
  readonly actions: readonly NormalAction[];
  /** A rule that derives sees no derived readings: no loop can be built, and no chain is longer than one. */
  readonly derives: boolean;
  readonly #selector: Parameters<typeof selects>[0];

  constructor(change: RuleChange) {
    const normal = normaliseRule(change.definition);
    this.change = change;
    this.id = change.rule;
    this.revision = change.revision;
    this.shadow = change.mode === "shadow";
    this.metric = normal.condition.metric;
    this.levels = normal.condition.levels;
    this.#clearThreshold = normal.condition.clearThreshold;
    this.#range = normal.condition.range;
    this.grader = normal.condition.grader;
    this.holdFor = normal.condition.holdFor;
    this.times = normal.condition.times;
    this.lateness = normal.lateness;
    this.actions = normal.actions;
    this.derives = normal.actions.some(({ kind }) => kind === "derive");
    this.#selector = normal.selector;
  }

  selects(id: string, device: SelectableDevice | undefined): boolean {
    return selects(this.#selector, id, device);
  }

  /** What a value was compared with: of a range, the bound that it passed, or else the nearer one. */
  comparedWith(value: number, level: number, cleared: boolean): number {
    if (this.#range !== undefined) {
      const [low, high] = this.#range;
      return value - low <= high - value ? low : high;
    }
    return cleared ? this.#clearThreshold : (this.levels[level]?.threshold ?? 0);
  }

  judges(reading: Reading): boolean {
    return reading.derivedBy === "" || !this.derives;
  }
}
