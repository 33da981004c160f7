import type { GatewayClockState, RecordPosition } from "./engine.ts";
import { withOutage, type Outage } from "./outages.ts";

const minute = 60_000_000;
/** Minutes of append time, the present one included, of whose marks the least skew counts. */
const skewMinutes = 10;
/** A gateway whose promise is further than this behind the ticks while it sends is a straggler (microseconds). */
export const longestStraggle = 30_000_000;

/** A gateway of which nothing came for longer than this, on ticks' time, is offline. */
export const silence = 30_000_000;

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
  /** When it was away, oldest first. */
  outages: readonly Outage[] = [];
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
    time.outages = state.outages;
    time.#skews = skews.length === 0 && markedAt > 0 ? [{ minute: minuteOf(markedAt), skew }] : [...skews];
    return time;
  }

  get state(): GatewayClockState {
    const { gateway, epoch, promised, corrected, skew, markedAt, heardAt, offline, straggling } = this;
    const times = { promise: promised, corrected, skew, skews: [...this.#skews], markedAt, heardAt };
    return { gateway, epoch, ...times, offline, straggling, outages: this.outages };
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

  /** Whether it has gone, and what would have been heard through it is not. */
  get isAway(): boolean {
    const { outages } = this;
    return outages.length > 0 && outages[outages.length - 1]!.to === 0;
  }

  /** Any record of it: nothing with an earlier receive time follows. A later one that says less is right. */
  promise(receivedAt: number, { offset, appendTime }: RecordPosition, lastTick: number, wasMarked: boolean): void {
    const { promised, corrected, straggling } = this;
    this.promised = receivedAt;
    this.corrected = Math.min(receivedAt + this.skew, appendTime);
    this.heardAt = appendTime;
    this.offline = false;
    if (!this.isMarked) return;
    // What one that was killed has kept comes first, and a pause after it.
    const isAfterPause = wasMarked && straggling && receivedAt - promised > silence;
    if (isAfterPause || this.isAway) this.#heardAfter(isAfterPause ? corrected : undefined, offset);
    this.straggling = lastTick - this.corrected > longestStraggle;
  }

  /** It is back; `before`: what it had promised before a pause in what it received. */
  #heardAfter(before: number | undefined, offset: number): void {
    const { outages, corrected, isAway } = this;
    if (isAway) {
      const last = outages.at(-1)!;
      this.outages = [...outages.slice(0, -1), { ...last, to: Math.max(last.from, corrected), ended: offset }];
    } else if (before !== undefined) {
      this.outages = withOutage(outages, { from: before, to: corrected, begun: offset, ended: offset });
    }
  }

  /** Nothing came of it for too long. */
  leave(offset: number): void {
    if (this.isMarked && !this.offline && !this.isAway) {
      this.outages = withOutage(this.outages, { from: this.corrected, to: 0, begun: offset, ended: 0 });
    }
    this.offline = true;
  }

  /** As if it had never been heard, but for where it went. */
  forget(): void {
    this.epoch = this.promised = this.corrected = this.skew = this.markedAt = 0;
    this.#skews = [];
    this.straggling = false;
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
