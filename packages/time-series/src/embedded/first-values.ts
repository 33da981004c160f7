import type { TagValuePage } from "../time-series-store.ts";

/** The first `limit` distinct texts after one, by their bytes, of any number that come in any order. */
export class FirstValues {
  readonly #after: string | undefined;
  readonly #limit: number;
  #found = new Set<string>();
  /** What comes after it is none of the first. */
  #last: string | undefined;

  constructor(after: string | undefined, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  add(value: string): void {
    if (this.#after !== undefined && compareBytes(value, this.#after) <= 0) return;
    if (this.#last !== undefined && compareBytes(value, this.#last) > 0) return;
    this.#found.add(value);
    if (this.#found.size > 2 * this.#limit + 1) this.#cut();
  }

  /** Whether there are more is told by one more. */
  take(): TagValuePage {
    const sorted = this.#cut();
    const values = sorted.slice(0, this.#limit);
    return { values, next: sorted.length > this.#limit ? values.at(-1) : undefined };
  }

  #cut(): readonly string[] {
    const sorted = [...this.#found].toSorted(compareBytes).slice(0, this.#limit + 1);
    this.#found = new Set(sorted);
    if (sorted.length > this.#limit) this.#last = sorted.at(-1);
    return sorted;
  }
}

/** UTF-16 has another order only where a surrogate meets a character beyond U+D7FF. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
