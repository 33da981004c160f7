/** What was taken and what will never arrive, of one lane, since its epoch began. Units are events. */
export interface LaneAccount {
  /** The last identity given out. */
  readonly n: number;
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * A lane is what one gateway sends to one partition of telemetry.v1, strictly in the order of n: the number that, with gateway, epoch and
 * partition, is a record's identity. It is dense, so a reader names what is missing and drops what it has seen.
 */
export class Lane {
  readonly partition: number;
  #n: number;
  received: number;
  readonly dropped: Map<string, number>;
  /** The n of a mark that has not reached the log yet; 0: none. */
  #openMark = 0;
  /** Whether an event went in since the last mark. */
  eventSinceMark = false;
  /** Milliseconds of the process's monotonic clock. */
  markedAt = Number.NEGATIVE_INFINITY;

  constructor(partition: number, account: LaneAccount = { n: 0, received: 0, dropped: {} }) {
    this.partition = partition;
    this.#n = account.n;
    this.received = account.received;
    this.dropped = new Map(Object.entries(account.dropped));
  }

  get n(): number {
    return this.#n;
  }

  get account(): LaneAccount {
    return { n: this.#n, received: this.received, dropped: Object.fromEntries(this.dropped) };
  }

  /** The next identity. */
  next(): number {
    this.#n += 1;
    return this.#n;
  }

  /** Whether the last mark is still on its way: another one would tell nothing that it does not. */
  get markOpen(): boolean {
    return this.#openMark !== 0;
  }

  markTaken(n: number, now: number): void {
    this.#openMark = n;
    this.markedAt = now;
    this.eventSinceMark = false;
  }

  /** A mark has reached the log. */
  markLanded(n: number): void {
    if (n >= this.#openMark) this.#openMark = 0;
  }

  drop(reason: string, count: number): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count);
  }
}
