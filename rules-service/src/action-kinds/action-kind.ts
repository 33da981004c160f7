import type { Static, TSchema } from "@sinclair/typebox";
import type { Problems } from "../language/problems.ts";
import type { Delivery } from "./delivery.ts";
import type { Trigger } from "./triggers.ts";

export interface ActionPlace {
  /** JSON Pointer of the action's definition. */
  readonly pointer: string;
  /** What the rule judges. */
  readonly metrics: readonly string[];
  readonly problems: Problems;
}

/** A kind of action: how it is written, and, where it reaches beyond the platform, how it is delivered. */
export interface ActionKind<S extends TSchema, N extends object> {
  readonly schema: S;
  /** What the schema cannot say. */
  check(definition: Static<S>, place: ActionPlace): void;
  normalise(definition: Static<S>): N;
  /** What of an episode it can answer. Absent: all of it. */
  readonly answers?: readonly Trigger[];
  /** Absent: the engine does it. */
  readonly delivery?: Delivery<N>;
}

/** Gives a kind the types of its schema. */
export function actionKind<S extends TSchema, N extends object>(kind: ActionKind<S, N>): ActionKind<S, N> {
  return kind;
}
