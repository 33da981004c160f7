import type { TSchema } from "@sinclair/typebox";
import type { Problems } from "../language/problems.ts";
import type { Program } from "./program.ts";

/** What the parts of a condition need to know of the rule that they stand in. */
export interface CompileContext {
  /** Of the rule's severity. */
  readonly rank: number;
  /** Compiles a condition inside this one. */
  readonly compile: (condition: ConditionDefinition) => Program;
}

export interface CheckContext {
  readonly problems: Problems;
  /** Checks a condition inside this one. */
  readonly check: (condition: unknown, pointer: string) => void;
}

export type ConditionDefinition = Readonly<Record<string, unknown>>;

/** A kind of condition: how it is written, what is wrong with one, and how it is evaluated. */
export interface ConditionKind<C = ConditionDefinition> {
  readonly name: string;
  /** The member that only this kind has, by which it is told from the others. */
  readonly key: string;
  readonly schema: TSchema;
  /** Adds the problems that the schema cannot express. `condition` has passed the schema. */
  check(condition: C, pointer: string, context: CheckContext): void;
  /** `condition` has passed the checks. */
  compile(condition: C, context: CompileContext): Program;
}

/** A kind as the list holds it, whatever it is written like. */
export function conditionKind<C>(kind: ConditionKind<C>): ConditionKind {
  return kind as unknown as ConditionKind;
}
