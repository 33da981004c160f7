/** Between two notes, and how long they are kept (milliseconds). */
const noteEveryMs = 1000;
const keptMs = 900_000;

/** How far a lane had landed in the log, and where that ended then: what is left of it if the log loses its end. */
export class LandingTrail {
  #notes: { readonly end: number; readonly n: number; readonly at: number }[] = [];

  /** The last n that landed, and the end of the log behind it. */
  note(end: number, n: number): void {
    const at = performance.now();
    const last = this.#notes.at(-1);
    if (last !== undefined && at - last.at < noteEveryMs) return;
    this.#notes.push({ end, n, at });
    if (at - this.#notes[0]!.at > keptMs) this.#notes.shift();
  }

  /** The last n that is known to have landed before that end of the log; 0 if none is. */
  intactBefore(end: number): number {
    return this.#notes.findLast((note) => note.end <= end)?.n ?? 0;
  }

  clear(): void {
    this.#notes = [];
  }
}
