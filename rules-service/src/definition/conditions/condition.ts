import type { TSchema } from "@sinclair/typebox";
import type { Problems } from "../problems.ts";
import type { Severity } from "../severity.ts";

/**
 * A condition as the engine evaluates it: one metric, and a grade for each of its values. The engine handles durations
 * and episodes in the same way for every kind of condition.
 */
export interface NormalCondition {
  readonly metric: string;
  /** How long a grade has to hold (microseconds); 0: not at all. */
  readonly holdFor: number;
  /** For how many readings in a row a grade has to hold. At least one of holdFor and times has its minimum. */
  readonly times: number;
  /** Levels from the mildest to the gravest, at least one. Grade k stands for the k-th, counted from 1. */
  readonly levels: readonly ConditionLevel[];
  /** The threshold at which the condition clears. */
  readonly clearThreshold: number;
  /** The bounds of a condition that has two, which then stand in place of the one threshold of its level. */
  readonly range?: readonly [low: number, high: number];
  readonly grader: Grader;
}

export interface ConditionLevel {
  readonly severity: Severity;
  readonly threshold: number;
}

export interface Grader {
  /**
   * The highest level that the value reaches (1 and up); 0: none, yet not clear either (between the lowest threshold
   * and the clear level); -1: clear. A pure function of the value, which is finite.
   */
  grade(value: number): number;
}

/** A kind of condition: its schema, the checks beyond the schema, and the form in which the engine evaluates it. */
export interface ConditionKind<C = unknown> {
  readonly name: string;
  readonly schema: TSchema;
  /** Adds the problems that the schema cannot express. `condition` has passed the schema. */
  check(condition: C, pointer: string, problems: Problems): void;
  normalise(condition: C, ruleSeverity: Severity | undefined): NormalCondition;
}
