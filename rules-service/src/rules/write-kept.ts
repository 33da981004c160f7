import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { ConflictError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import {
  performWrite,
  type FoldOutcomes,
  type Precondition,
  type WriteContext,
  type Written,
  type Unchanged,
} from "@headwater/service";

export type RuleInput = Parameters<typeof events.rule.encode>[0];

/** The author and the condition of a write. */
export interface RuleWrite {
  readonly by: string;
  readonly precondition: Precondition | undefined;
  /** Saved together with others, among which it has been looked for loops already. */
  readonly isLoopless?: boolean;
}

/** The read model of one kind of what is kept in rules.v1. */
export interface KeptModel<State> {
  readonly readModel: { waitFor(position: Position, timeoutMs: number): Promise<void> };
  readonly outcomes: FoldOutcomes<State>;
  get(id: string): State | undefined;
}

export interface KeptWritesOptions<State, Model extends KeptModel<State>> extends Omit<WriteContext, "model"> {
  readonly model: Model;
  readonly topic: string;
  readonly instance: string;
}

/** What a kind of it is called, and where its state has what every kind has. */
export interface Kept<State> {
  readonly kind: string;
  /** The name under which it stands in rules.v1. */
  readonly nameOf: (id: string) => string;
  /** The number of its last event. */
  readonly sequenceOf: (state: State) => number;
  /** Undefined of what is no more. */
  readonly revisionOf: (state: State) => number | undefined;
}

/**
 * The one way in which what is kept in rules.v1 is written. Rejects as performWrite does, and with ConflictError (409,
 * or 412 under a precondition) if another write to the same came first. `decide`: undefined where it is as asked.
 */
export function writeKept<State, Model extends KeptModel<State>>(
  { kind, nameOf, sequenceOf, revisionOf }: Kept<State>,
  options: KeptWritesOptions<State, Model>,
  id: string,
  { by, precondition }: RuleWrite,
  decide: (stored: State | undefined) => Omit<RuleInput, "rule" | "sequence" | "by" | "writeId" | "at"> | undefined,
): Promise<Written<State> | Unchanged<State>> {
  const { model, topic, instance } = options;
  let expected: number | undefined;
  return performWrite<State>(
    {
      topic,
      subject: `${kind} ${id}`,
      read: () => model.get(id),
      revisionOf,
      precondition,
      outcomes: model.outcomes,
      decide: (stored, { writeId, at }) => {
        const sequence = (stored === undefined ? 0 : sequenceOf(stored)) + 1;
        // It is replaced as a whole, so a write that lost may not overwrite what its caller has never seen.
        expected ??= sequence;
        if (sequence !== expected) {
          throw new ConflictError(`Someone else changed ${kind} ${id} at the same time; read it and try again`, {
            status: precondition === undefined ? 409 : 412,
          });
        }
        const change = decide(stored);
        if (change === undefined) return undefined;
        const key = nameOf(id);
        return {
          key,
          value: events.rule.encode({ rule: key, sequence, by, writeId, at, ...change }),
          headers: cloudEventHeaders({
            ...{ type: eventTypes.rule, source: `/headwater/rules/${instance}`, id: writeId, time: at },
          }),
        };
      },
    },
    { ...options, model: model.readModel },
  );
}
