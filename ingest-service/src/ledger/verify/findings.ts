export interface Side {
  readonly count: number;
  readonly checksum: string;
}

/** An hour of a series in which log and store do not agree. */
export interface Mismatch {
  readonly device: string;
  readonly metric: string;
  readonly hour: string;
  readonly expected: Side;
  readonly stored: Side;
}

export interface Verification {
  readonly readings: number;
  readonly series: number;
  readonly hours: number;
  readonly expected: number;
  readonly stored: number;
  readonly overwritten: number;
  readonly mismatched: number;
  /** The first of them. */
  readonly mismatches: readonly Mismatch[];
}

const maxMismatches = 100;

/** Adds up what the partitions of a verification have shown. */
export class Findings {
  readonly counts = { readings: 0, series: 0, hours: 0, expected: 0, stored: 0, overwritten: 0 };
  readonly #certain = new Some();
  readonly #older = new Map<string, Some>();
  readonly #expected = new Map<string, number>();

  /** `expectedBy`: how many values are expected, by the hour. */
  compared(
    { hours, expected, stored }: Pick<Verification, "hours" | "expected" | "stored">,
    expectedBy: Iterable<readonly [hour: string, count: number]>,
  ): void {
    this.counts.hours += hours;
    this.counts.expected += expected;
    this.counts.stored += stored;
    for (const [hour, count] of expectedBy) this.#expected.set(hour, (this.#expected.get(hour) ?? 0) + count);
  }

  /**
   * `mayBeOlder`: the hour lies before the first record of a log that has lost none, and the store has more of it.
   * Either somebody added that, or the store was filled before there was this log.
   */
  add(mismatch: Mismatch, mayBeOlder: boolean): void {
    if (!mayBeOlder) return this.#certain.add(mismatch);
    const known = this.#older.get(mismatch.hour) ?? new Some();
    this.#older.set(mismatch.hour, known);
    known.add(mismatch);
  }

  /** An hour of which the store has more beside the log than the log has of it was there before the log. */
  get verification(): Verification {
    const younger = [...this.#older].filter(([hour, { values }]) => values <= (this.#expected.get(hour) ?? 0));
    const of = [this.#certain, ...younger.map(([, some]) => some)];
    return {
      ...this.counts,
      mismatched: of.reduce((sum, { count }) => sum + count, 0),
      mismatches: of.flatMap(({ first }) => first).slice(0, maxMismatches),
    };
  }
}

class Some {
  count = 0;
  /** That the store has beyond what is expected. */
  values = 0;
  readonly first: Mismatch[] = [];

  add(mismatch: Mismatch): void {
    this.count += 1;
    this.values += mismatch.stored.count - mismatch.expected.count;
    if (this.first.length < maxMismatches) this.first.push(mismatch);
  }
}
