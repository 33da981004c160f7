import type { TelemetryRecord } from "@headwater/proto";
import type { CheckpointState } from "./engine.ts";

/** A gateway without a mark for longer than this, on ticks' time, is offline. */
export const silence = 30_000_000;
/** Most time that may pass between two ticks; what lies beyond, the log was away and nobody could speak. */
const longestTick = 15_000_000;

export interface GatewayTime {
  readonly gateway: string;
  /** Nothing of it with an earlier receive time follows. */
  promise: number;
  /** Least (append - receive) over its marks. */
  skew: number;
  /** Append time of its last mark, moved on by the time in which there were no ticks; 0: none yet. */
  markedAt: number;
  offline: boolean;
}

/**
 * What time it is on the log: the least skew-corrected promise of the live gateways, or the ticks' append time
 * where no gateway lives. It never goes back.
 */
export class LogClock {
  readonly #gateways = new Map<string, GatewayTime>();
  /** The gateway that holds the clock back; undefined if it has to be found again. */
  #slowest: GatewayTime | undefined;
  #now = 0;
  #lastTick = 0;

  get now(): number {
    return this.#now;
  }

  observe(record: TelemetryRecord, appendTime: number): void {
    if (record.gateway !== "") this.#hear(record, appendTime);
    else if (record.tick !== null) this.#tick(appendTime);
  }

  /** When a gateway received something, on the log's clock; without a mark of it the append time has to do. */
  logTime(gateway: string, receivedAt: number, appendTime: number): number {
    const time = this.#gateways.get(gateway);
    return time === undefined || time.markedAt === 0 ? appendTime : receivedAt + time.skew;
  }

  /**
   * How far timers armed by a gateway's readings may go: to the clock, and no further than the gateway's own promise,
   * so that one which comes back with a backlog is judged by its own time.
   */
  reach(gateway: string): number {
    const time = this.#gateways.get(gateway);
    return time === undefined || !isLive(time) ? this.#now : Math.min(this.#now, time.promise + time.skew);
  }

  #hear(record: TelemetryRecord, appendTime: number): void {
    let time = this.#gateways.get(record.gateway);
    if (time === undefined) {
      time = { gateway: record.gateway, promise: record.receivedAt, skew: 0, markedAt: 0, offline: false };
      this.#gateways.set(record.gateway, time);
    }
    const wasLive = isLive(time);
    if (record.receivedAt > time.promise) time.promise = record.receivedAt;
    if (record.mark !== null) {
      const skew = appendTime - record.receivedAt;
      time.skew = time.markedAt === 0 ? skew : Math.min(time.skew, skew);
      time.markedAt = appendTime;
      time.offline = false;
    } else if (time.offline) {
      time.offline = false;
      time.markedAt = appendTime;
    }
    if (!isLive(time)) return;
    // Only the slowest holds the clock; a mark may also lower a skew, and with it make another the slowest.
    if (!wasLive || record.mark !== null || this.#slowest === time || this.#slowest === undefined) this.#advance();
  }

  #tick(appendTime: number): void {
    const away = this.#lastTick === 0 ? 0 : appendTime - this.#lastTick - longestTick;
    if (appendTime > this.#lastTick) this.#lastTick = appendTime;
    for (const time of this.#gateways.values()) {
      if (time.markedAt === 0) continue;
      if (away > 0) time.markedAt = Math.max(time.markedAt, Math.min(time.markedAt + away, appendTime - longestTick));
      if (this.#lastTick - time.markedAt > silence) time.offline = true;
    }
    this.#advance();
    if (this.#slowest === undefined && appendTime > this.#now) this.#now = appendTime;
  }

  #advance(): void {
    let slowest: GatewayTime | undefined;
    for (const time of this.#gateways.values()) {
      if (isLive(time) && (slowest === undefined || time.promise + time.skew < slowest.promise + slowest.skew)) {
        slowest = time;
      }
    }
    this.#slowest = slowest;
    if (slowest !== undefined) this.#now = Math.max(this.#now, slowest.promise + slowest.skew);
  }

  checkpoint(): Omit<CheckpointState, "seen"> {
    return {
      clock: this.#now,
      lastTick: this.#lastTick,
      gateways: Array.from(this.#gateways.values(), (time) => ({ ...time })),
    };
  }

  restore(checkpoint: Omit<CheckpointState, "seen">): void {
    this.#gateways.clear();
    for (const time of checkpoint.gateways) this.#gateways.set(time.gateway, { ...time });
    this.#lastTick = checkpoint.lastTick;
    this.#now = checkpoint.clock;
    this.#advance();
  }
}

function isLive(time: GatewayTime): boolean {
  return time.markedAt !== 0 && !time.offline;
}
