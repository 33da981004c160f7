import { randomUUID } from "node:crypto";
import { ConflictError, InvariantError, nowMicros } from "@headwater/core";
import type { OutgoingRecord, Position } from "@headwater/event-log";
import type { Precondition } from "../http/precondition.ts";
import { type AppendContext, appendRecord } from "./append-record.ts";
import type { FoldOutcomes } from "./fold-outcomes.ts";

/** After so many lost races a write is given up with 409. */
const maxAttempts = 5;

/** What the event of a write says of the write itself. */
export interface WriteStamp {
  /**
   * Random; goes into the event, so that the fold can tell this write from others, and from itself when it landed
   * twice.
   */
  readonly writeId: string;
  /** µs since the epoch. */
  readonly at: number;
}

export interface Write<State, Event extends OutgoingRecord | undefined = OutgoingRecord> {
  readonly topic: string;
  /** What is written to, as answers name it: `device "b1"`. */
  readonly subject: string;
  /** The aggregate as this process has folded it, a deleted one too; undefined if there never was one. */
  readonly read: () => State | undefined | Promise<State | undefined>;
  /** The revision that the ETag of the aggregate names; undefined if it is deleted. Only needed for `precondition`. */
  readonly revisionOf?: (state: State) => number | undefined;
  /** The caller's condition on the revision. */
  readonly precondition?: Precondition | undefined;
  /**
   * Makes the event, which carries the stamp's write id and the revision that follows the state's; undefined if the
   * state is already as asked. Throws RequestError for what cannot be done in that state (404, 409) or ever (400).
   */
  readonly decide: (state: State | undefined, stamp: WriteStamp) => Event;
  /** Told by the read model of every event of `topic` that it folds. */
  readonly outcomes: FoldOutcomes<State>;
}

export interface WriteContext extends AppendContext {
  /** The read model that folds the topic. */
  readonly model: { waitFor(position: Position, timeoutMs: number): Promise<void> };
}

export interface Written<State> {
  /** The aggregate right after the event of this write. */
  readonly state: State;
  readonly position: Position;
}

/** The state was as asked: nothing is written. */
export interface Unchanged<State> {
  readonly state: State;
  readonly position: undefined;
}

/**
 * The one way in which a request writes an event-sourced aggregate: decide on the folded state, append with the
 * revision that the decision expects, fold the own event, answer.
 *
 * The first event of a revision wins in the log, whoever wrote it. A write that lost is decided again on the winner's
 * state (so `decide` may run more than once), and its caller's condition is checked again. `timeoutMs` bounds all of
 * it.
 *
 * Resolves with the state after the event and its position (2xx). Rejects with
 * - what `decide` throws (400, 404, 409);
 * - ConflictError 412 if the resource is there at a revision that does not fulfil `precondition`, or if it is not
 *   there, which does not either, and `decide` would have made it;
 * - ConflictError 409 if other writes came first five times;
 * - the log's last error or TimedOutError (503) if the log did not take the event in time, which may still land;
 * - `read-model-behind` (504) if the event landed and was not folded in time; what else `append` and `waitFor` reject
 *   with passes through.
 */
export function performWrite<State>(write: Write<State>, context: WriteContext): Promise<Written<State>>;
export function performWrite<State>(
  write: Write<State, OutgoingRecord | undefined>,
  context: WriteContext,
): Promise<Written<State> | Unchanged<State>>;
export async function performWrite<State>(
  write: Write<State, OutgoingRecord | undefined>,
  context: WriteContext,
): Promise<Written<State> | Unchanged<State>> {
  const { topic, subject, read, decide, outcomes } = write;
  const deadline = performance.now() + context.timeoutMs;
  const remainingMs = (): number => Math.max(1, deadline - performance.now());
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const state = await read();
    const stamp = { writeId: randomUUID(), at: nowMicros() };
    const record = decideIfMatching(write, state, () => decide(state, stamp));
    if (record === undefined) return unchanged(state, subject);
    outcomes.expect(stamp.writeId);
    try {
      const position = await appendRecord(topic, record, { ...context, timeoutMs: remainingMs() });
      await context.model.waitFor(position, remainingMs());
      const outcome = outcomes.of(stamp.writeId);
      if (outcome === undefined) throw new InvariantError(`The write ${stamp.writeId} was applied and not folded`);
      if (outcome.accepted) return { state: outcome.state, position };
    } finally {
      outcomes.forget(stamp.writeId);
    }
  }
  throw new ConflictError(`Other writes to the ${subject} keep coming first; try again shortly`);
}

/**
 * A resource that is not there answers 404 before 412 (RFC 9110, 13.2.1), so its condition is checked after the
 * decision.
 */
function decideIfMatching<State, Event>(
  { subject, precondition, revisionOf }: Pick<Write<State>, "subject" | "precondition" | "revisionOf">,
  state: State | undefined,
  decide: () => Event,
): Event {
  if (precondition === undefined) return decide();
  if (revisionOf === undefined) throw new InvariantError(`The ${subject} has no revision that a condition could name`);
  const revision = state === undefined ? undefined : revisionOf(state);
  if (precondition.holds(revision)) return decide();
  if (revision === undefined) {
    decide();
    throw new ConflictError(`There is no ${subject} yet, so that no If-Match can hold`, { status: 412 });
  }
  throw new ConflictError(
    `The ${subject} is at revision ${revision}, which does not fulfil ${precondition.text.slice(0, 100)}; read it again`,
    { status: 412, details: { revision } },
  );
}

function unchanged<State>(state: State | undefined, subject: string): Unchanged<State> {
  if (state === undefined) throw new InvariantError(`Nothing was written to the ${subject}, which is not there`);
  return { state, position: undefined };
}
