import type { GatewayClockState } from "./engine.ts";

const minute = 60_000_000;
/** Minutes of append time, the present one included, of whose marks the least skew counts. */
const skewMinutes = 10;
/** A gateway whose promise is further than this behind the ticks while it sends is a straggler (microseconds). */
export const longestStraggle = 30_000_000;

/** What one gateway, in one epoch, has promised, and how its clock differs from the log's. */
export class GatewayClock {
  readonly gateway: string;
  /** 0: restored from a version that did not tell epochs apart; the next record says it. */
  epoch: number;
  /** Nothing of it with an earlier receive time follows. */
  promised = 0;
  /** The promise on the log's clock: corrected by the skew, and not after the append time of its record. */
  corrected = 0;
  /** Least (append - forwarded) of its marks of the last ten minutes. */
  skew = 0;
  /** Append time of its last mark, moved on by the time in which there were no ticks; 0: none yet. */
  markedAt = 0;
  /** The same of its last record of any kind. */
  heardAt = 0;
  offline = false;
  /** Too far behind the ticks when it was last heard: it does not hold the clock. */
  straggling = false;
  /** Oldest first, each less than those after it. */
  #skews: { readonly minute: number; readonly skew: number }[] = [];

  constructor(gateway: string, epoch: number) {
    this.gateway = gateway;
    this.epoch = epoch;
  }

  static of({ epoch, skews, ...state }: GatewayClockState): GatewayClock {
    const time = new GatewayClock(state.gateway, epoch);
    const { promise, skew, markedAt, offline, straggling } = state;
    Object.assign(time, { promised: promise, skew, markedAt, offline, straggling });
    // A version that kept less wrote the rest as 0.
    time.heardAt = state.heardAt === 0 ? markedAt : state.heardAt;
    time.corrected = state.heardAt === 0 ? Math.min(promise + skew, markedAt) : state.corrected;
    time.#skews = skews.length === 0 && markedAt > 0 ? [{ minute: minuteOf(markedAt), skew }] : [...skews];
    return time;
  }

  get state(): GatewayClockState {
    const { gateway, epoch, promised, corrected, skew, markedAt, heardAt, offline, straggling } = this;
    const skews = [...this.#skews];
    return { gateway, epoch, promise: promised, corrected, skew, skews, markedAt, heardAt, offline, straggling };
  }

  /** Whether it goes on with this epoch; otherwise it begins anew. */
  isOf(epoch: number): boolean {
    if (this.epoch === 0) this.epoch = epoch;
    return this.epoch === epoch;
  }

  get isMarked(): boolean {
    return this.markedAt !== 0;
  }

  get isLive(): boolean {
    return this.isMarked && !this.offline;
  }

  /** Whether the log's clock waits for it. */
  get holds(): boolean {
    return this.isLive && !this.straggling;
  }

  /** A mark, of which the gateway's own clock said `forwardedAt` when it was sent. */
  mark(forwardedAt: number, appendTime: number): void {
    const skew = appendTime - forwardedAt;
    const now = minuteOf(appendTime);
    const skews = this.#skews.filter((each) => each.minute > now - skewMinutes && each.skew < skew);
    const last = skews.at(-1);
    // One that is less in the same minute stands for it.
    if (last?.minute !== now) skews.push({ minute: now, skew });
    this.#skews = skews;
    this.skew = skews[0]!.skew;
    this.markedAt = appendTime;
  }

  /** Any record of it: nothing with an earlier receive time follows. A later one that says less is right. */
  promise(receivedAt: number, appendTime: number, lastTick: number): void {
    this.promised = receivedAt;
    this.corrected = Math.min(receivedAt + this.skew, appendTime);
    this.heardAt = appendTime;
    this.offline = false;
    this.straggling = lastTick - this.corrected > longestStraggle;
  }

  /** The log was away so long: nobody could speak, so nobody was silent. */
  excuse(away: number, atMost: number): void {
    const moved = (time: number): number => (time === 0 ? 0 : Math.max(time, Math.min(time + away, atMost)));
    this.markedAt = moved(this.markedAt);
    this.heardAt = moved(this.heardAt);
  }
}

function minuteOf(time: number): number {
  return Math.floor(time / minute);
}
