/** What the fold made of one event. */
export interface FoldOutcome<State> {
  /** false: an event of another write came first in the log, and this one changes nothing. */
  readonly accepted: boolean;
  /** The aggregate right after the event. */
  readonly state: State;
}

/**
 * What the fold made of the writes that are under way in this process, by write id. The read model reports every event
 * that it folds; outcomes of writes that nobody here awaits are not kept.
 */
export class FoldOutcomes<State> {
  readonly #awaited = new Map<string, FoldOutcome<State> | undefined>();

  /** Keeps the outcome of that write from now on, until `forget`. */
  expect(writeId: string): void {
    this.#awaited.set(writeId, undefined);
  }

  forget(writeId: string): void {
    this.#awaited.delete(writeId);
  }

  /** The outcome of an expected write; undefined while its event is not folded. */
  of(writeId: string): FoldOutcome<State> | undefined {
    return this.#awaited.get(writeId);
  }

  /**
   * Called by the read model for every event, in log order, from `apply` or `onApplied`. Of a record that landed twice
   * the first outcome counts: the second one loses against the first.
   */
  folded(writeId: string, accepted: boolean, state: State | undefined): void {
    if (state === undefined || !this.#awaited.has(writeId) || this.#awaited.get(writeId) !== undefined) return;
    this.#awaited.set(writeId, { accepted, state });
  }
}
