import type { TelemetryRecord } from "@headwater/proto";
import { everyGateway, type Anchor } from "../readings/reading.ts";
import type { CheckpointState, RecordPosition, Straggler } from "./engine.ts";
import { GatewayClock, silence } from "./gateway-clock.ts";
import { unheardSince } from "./outages.ts";

/** A gateway without a mark for longer than this, on ticks' time, is as if it had never been heard. */
export const forgottenAfter = 15 * 60_000_000;
/** One that is away for longer than this has gone for good: its devices are silent, wherever they are. */
export const goneAfter = 24 * 3_600_000_000;
/** Most time that may pass between two ticks; what lies beyond, the log was away and nobody could speak. */
const longestTick = 15_000_000;

/**
 * What time it is on the log: the least skew-corrected promise of the live gateways that keep up, or the ticks' append
 * time where there is none. It never goes back.
 */
export class LogClock {
  readonly #gateways = new Map<string, GatewayClock>();
  /** The one that was heard last: mostly it speaks again. */
  #last: GatewayClock | undefined;
  /** The gateway that holds the clock back; undefined if it has to be found again. */
  #slowest: GatewayClock | undefined;
  /** No other that holds the clock has promised less than this. */
  #others = Infinity;
  #now = 0;
  #lastTick = 0;

  get now(): number {
    return this.#now;
  }

  /** The present, however far devices' own times have come. */
  get instant(): { readonly time: number; readonly logTime: number } {
    return { time: Infinity, logTime: this.#now };
  }

  /** Live gateways that are too far behind to hold the clock. */
  get stragglers(): readonly Straggler[] {
    return [...this.#gateways.values()]
      .filter(({ isLive, straggling }) => isLive && straggling)
      .map(({ gateway, corrected }) => ({ gateway, behind: this.#lastTick - corrected }));
  }

  observe(record: TelemetryRecord, at: RecordPosition): void {
    if (record.gateway !== "") this.#hear(record, at);
    else if (record.tick !== null) this.#tick(at);
  }

  /**
   * When a gateway received something, on the log's clock, and not after it was appended; without a mark of that epoch
   * the append time has to do.
   */
  logTime(gateway: string, epoch: number, receivedAt: number, appendTime: number): number {
    const time = this.#known(gateway);
    if (time === undefined || time.epoch !== epoch || !time.isMarked) return appendTime;
    return Math.min(receivedAt + time.skew, appendTime);
  }

  /**
   * How far timers armed by a gateway's readings may go: to the clock, and no further than the gateway's own promise,
   * so that one which comes back with a backlog is judged by its own time. Silence waits for all that live, and while
   * the gateway is away through which it was last broken, nobody can break it.
   */
  reach(gateway: string): number {
    if (gateway.startsWith(everyGateway)) {
      return this.#gateways.get(gateway.slice(everyGateway.length))?.isAway === true ? -Infinity : this.#leastReach();
    }
    const time = this.#known(gateway);
    return time === undefined || !time.isLive ? this.#now : Math.min(this.#now, time.corrected);
  }

  /** From when on something counts as unheard that is to be heard again within a duration; see `unheardSince`. */
  unheardSince({ gateway, logTime }: Anchor, duration: number, until: number, asOf: number): number {
    const outages = this.#known(gateway)?.outages;
    return outages === undefined || outages.length === 0
      ? logTime
      : unheardSince(outages, logTime, duration, until, asOf);
  }

  /** How a gateway is, and what it has promised; undefined: it is not known, or not yet by a mark. */
  gateway(id: string): { readonly is: "live" | "lagging" | "away"; readonly promised: number } | undefined {
    const time = this.#gateways.get(id);
    if (time === undefined) return undefined;
    if (time.isAway) return { is: "away", promised: time.outages.at(-1)!.from };
    if (!time.isMarked) return undefined;
    return { is: time.straggling ? "lagging" : "live", promised: time.corrected };
  }

  /** Those that are known. */
  get gateways(): readonly string[] {
    return [...this.#gateways.keys()];
  }

  #leastReach(): number {
    let least = this.#now;
    for (const time of this.#gateways.values()) if (time.isLive && time.corrected < least) least = time.corrected;
    return least;
  }

  #hear({ gateway, epoch, receivedAt, mark }: TelemetryRecord, at: RecordPosition): void {
    const { appendTime } = at;
    let time = this.#known(gateway);
    const held = time?.holds === true;
    const isNew = time?.isOf(epoch) !== true;
    if (time === undefined || isNew) {
      const outages = time?.outages ?? [];
      time = new GatewayClock(gateway, epoch);
      time.outages = outages;
      this.#gateways.set(gateway, time);
    }
    this.#last = time;
    const wasMarked = time.isMarked;
    if (mark !== null) time.mark(mark.forwardedAt === 0 ? receivedAt : mark.forwardedAt, appendTime);
    time.promise(receivedAt, at, this.#lastTick, wasMarked);
    if (held !== time.holds || isNew) this.#advance();
    else if (held) this.#promised(time);
  }

  #known(gateway: string): GatewayClock | undefined {
    const last = this.#last;
    return last !== undefined && last.gateway === gateway ? last : this.#gateways.get(gateway);
  }

  /** One that holds the clock, as before, has promised: only the slowest moves it on. */
  #promised(time: GatewayClock): void {
    const { corrected } = time;
    const slowest = this.#slowest!;
    if (time === slowest) {
      if (corrected > this.#others) this.#advance();
      else if (corrected > this.#now) this.#now = corrected;
    } else if (corrected < slowest.corrected) {
      this.#others = Math.min(this.#others, slowest.corrected);
      this.#slowest = time;
    } else if (corrected < this.#others) this.#others = corrected;
  }

  #tick({ appendTime, offset }: RecordPosition): void {
    // Before the first one nobody knows how long the log was away.
    const away = this.#lastTick === 0 ? Infinity : appendTime - this.#lastTick - longestTick;
    if (appendTime > this.#lastTick) this.#lastTick = appendTime;
    for (const time of this.#gateways.values()) {
      if (away > 0) time.excuse(away, appendTime - longestTick);
      if (!time.offline && this.#lastTick - time.heardAt > silence) time.leave(offset);
      if (this.#lastTick - time.markedAt > forgottenAfter) this.#forget(time);
    }
    this.#advance();
    if (this.#slowest === undefined && appendTime > this.#now) this.#now = appendTime;
  }

  /** What it said counts no more; that it went does, until it has gone for good. */
  #forget(time: GatewayClock): void {
    const isOver = this.#lastTick - time.heardAt > goneAfter;
    if (isOver || time.outages.length === 0) {
      this.#gateways.delete(time.gateway);
      if (this.#last === time) this.#last = undefined;
    } else if (time.isMarked) time.forget();
  }

  #advance(): void {
    let slowest: GatewayClock | undefined;
    let others = Infinity;
    for (const time of this.#gateways.values()) {
      if (!time.holds) continue;
      if (slowest === undefined) slowest = time;
      else if (time.corrected < slowest.corrected) {
        others = slowest.corrected;
        slowest = time;
      } else others = Math.min(others, time.corrected);
    }
    this.#slowest = slowest;
    this.#others = others;
    if (slowest !== undefined) this.#now = Math.max(this.#now, slowest.corrected);
  }

  checkpoint(): Omit<CheckpointState, "seen"> {
    return {
      clock: this.#now,
      lastTick: this.#lastTick,
      gateways: Array.from(this.#gateways.values(), (time) => time.state),
    };
  }

  restore(checkpoint: Omit<CheckpointState, "seen">): void {
    this.#gateways.clear();
    this.#last = undefined;
    for (const state of checkpoint.gateways) this.#gateways.set(state.gateway, GatewayClock.of(state));
    this.#lastTick = checkpoint.lastTick;
    this.#now = checkpoint.clock;
    this.#advance();
  }
}
