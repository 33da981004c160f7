import type { TSchema } from "@sinclair/typebox";
import type { Problems } from "../problems.ts";
import type { Severity } from "../severity.ts";

/**
 * What a condition is to the engine: one metric, and a grade for each of its values. How long a grade has to hold, and
 * what an episode makes of it, is the engine's business and the same for every kind.
 */
export interface NormalCondition {
  readonly metric: string;
  /** Microseconds; 0: at once. */
  readonly holdFor: number;
  /** Readings in a row; 1: at once. Only one of holdFor and times says more than "at once". */
  readonly times: number;
  /** From the mildest to the gravest, at least one. Level k of a grade is the k-th, counted from 1. */
  readonly levels: readonly ConditionLevel[];
  /** What the value is held against when it clears; NaN if there is no such number. */
  readonly clearThreshold: number;
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

/** A kind of condition: what it looks like, what the schema cannot say about it, and what the engine makes of it. */
export interface ConditionKind<C = unknown> {
  readonly name: string;
  readonly schema: TSchema;
  /** Adds what the schema cannot check. `condition` has passed the schema. */
  check(condition: C, pointer: string, problems: Problems): void;
  normalise(condition: C, ruleSeverity: Severity | undefined): NormalCondition;
}
