/** What was seen of a device where messages come out, in the order in which it was seen. */
export interface Arrivals {
  /** How often message i + 1 was seen. */
  readonly seen: Uint8Array;
  /** Of messages that came after one that was sent later. */
  readonly reordered: number;
}

/** Counts arrivals by the numbers that messages carry. */
export class ArrivalCount {
  #seen = new Uint8Array(64);
  #highest = 0;
  #reordered = 0;
  /** Numbers that no message of this run has. */
  foreign = 0;

  take(seq: number): void {
    if (!Number.isInteger(seq) || seq < 1 || seq > 100_000_000) {
      this.foreign += 1;
      return;
    }
    if (seq > this.#seen.length) {
      const seen = new Uint8Array(Math.max(2 * this.#seen.length, seq));
      seen.set(this.#seen);
      this.#seen = seen;
    }
    const before = this.#seen[seq - 1]!;
    if (before < 255) this.#seen[seq - 1] = before + 1;
    if (seq > this.#highest) this.#highest = seq;
    else if (before === 0) this.#reordered += 1;
  }

  get arrivals(): Arrivals {
    return { seen: this.#seen, reordered: this.#reordered };
  }
}
