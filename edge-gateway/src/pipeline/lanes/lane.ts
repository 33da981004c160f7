/** Identities, both ends included. */
export type Range = readonly [from: number, to: number];

/** How many events one lane has received, and how many of them will never arrive, since its epoch began. */
export interface LaneAccount {
  /** The last identity given out. */
  readonly n: number;
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
  /**
   * Identities given up on record whose place in the spool has not been passed yet: they are neither sent nor reported
   * again.
   */
  readonly gaps?: readonly Range[];
}

/**
 * A lane is what one gateway sends to one partition of telemetry.v1, strictly in the order of n: the number that, with
 * gateway, epoch and partition, is a record's identity. It is dense, so a reader names what is missing and drops what
 * it has seen.
 */
export class Lane {
  readonly partition: number;
  #n: number;
  received: number;
  readonly dropped: Map<string, number>;
  #gaps: Range[];
  /** The n of a mark that has not reached the log yet; 0: none. */
  #openMark = 0;
  /**
   * The first of the identities that were given out and given up, and are not on record yet; 0: none. They reach up to
   * n.
   */
  droppedFrom = 0;
  /** Whether an event went in since the last mark. */
  eventSinceMark = false;
  /** Milliseconds of the process's monotonic clock. */
  markedAt = Number.NEGATIVE_INFINITY;

  constructor(partition: number, account: LaneAccount = { n: 0, received: 0, dropped: {} }) {
    this.partition = partition;
    this.#n = account.n;
    this.received = account.received;
    this.dropped = new Map(Object.entries(account.dropped));
    this.#gaps = [...(account.gaps ?? [])];
  }

  get n(): number {
    return this.#n;
  }

  /** Without what was dropped and is not on record: a crash takes it back, and nobody has seen its identities. */
  get account(): LaneAccount {
    const unrecorded = this.droppedFrom === 0 ? 0 : this.#n - this.droppedFrom + 1;
    const gaps = this.#gaps.length === 0 ? undefined : { gaps: [...this.#gaps] };
    return {
      n: this.#n - unrecorded,
      received: this.received - unrecorded,
      dropped: Object.fromEntries(this.dropped),
      ...gaps,
    };
  }

  /** Identities that a gap record names and that the spool may still hold. */
  get gaps(): readonly Range[] {
    return this.#gaps;
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

  /** Those identities are given up, `events` of them events. */
  giveUp(range: Range, reason: string, events: number): void {
    this.#gaps.push(range);
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + events);
  }

  /** Everything up to this n has been sent or passed over. */
  passed(n: number): void {
    if (this.#gaps.length > 0) this.#gaps = this.#gaps.filter(([, to]) => to > n);
  }
}

/** The reason of a gap whose events found no room, and the policy that says so. */
export const dropNewest = "drop-newest";

/** What a gap record adds to the account of its lane, where no mark behind it tells. */
export function countedBy(gap: {
  readonly fromN: number;
  readonly toN: number;
  readonly reason: string;
  readonly dropped?: number | null;
}): { readonly received: number; readonly dropped: number } {
  const dropped = gap.dropped ?? gap.toN - gap.fromN + 1;
  // All others were received, and counted, in a record of their own.
  return { received: gap.reason === dropNewest ? dropped : 0, dropped };
}

/** Whether one of the ranges holds n. */
export function holds(ranges: readonly Range[], n: number): boolean {
  for (const [from, to] of ranges) if (n >= from && n <= to) return true;
  return false;
}

/** What is left of a range without others. */
export function without(range: Range, others: readonly Range[]): Range[] {
  let rest: Range[] = [range];
  for (const [from, to] of others) {
    rest = rest.flatMap(([a, b]): Range[] => {
      if (to < a || from > b) return [[a, b]];
      const left: Range[] = [];
      if (a < from) left.push([a, from - 1]);
      if (b > to) left.push([to + 1, b]);
      return left;
    });
  }
  return rest;
}
