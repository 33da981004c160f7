/** Lets one piece of work run at a time, in the order in which they came; an error of one is its own. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {
      // The one who took the turn is told; the next one begins regardless.
    });
    return turn;
  }
}
