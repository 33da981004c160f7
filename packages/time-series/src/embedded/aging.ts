import { type Logger, RetentionClock } from "@headwater/core";
import { advanceMarks, bucketLength, type ClassMarks, NO_MARKS, type Retention, rolledMarks } from "../retention.ts";
import type { Usage } from "./protocol.ts";
import type { StoreWorkerClient } from "./store-worker-client.ts";

export interface AgingOptions {
  readonly retention: Retention;
  readonly marks: ClassMarks;
  /** When the store was last written to (milliseconds since the epoch); undefined: it is new. */
  readonly lastUsed: number | undefined;
  /** Milliseconds between two looks at the clock. */
  readonly roundMs: number;
  /** Bytes of the file beyond which what is oldest is given up. */
  readonly maxBytes?: number | undefined;
  /** Points that are younger (milliseconds) are not given up for room. */
  readonly leastRawMs?: number | undefined;
  readonly logger?: Logger | undefined;
}

const HOUR = bucketLength.hour;
/** The part of all points' time that is given up at once, at least an hour. */
const SHARE = 0.05;

/**
 * Decides what is too old. It is decided on this side of the worker, so that no point before a mark is sent after the
 * word that the mark has moved.
 */
export class Aging {
  readonly #client: StoreWorkerClient;
  readonly #options: AgingOptions;
  readonly #clock: RetentionClock;
  readonly #timer: NodeJS.Timeout;
  #marks: ClassMarks;
  #usage: Usage | undefined;
  #warning: string | undefined;
  #isLooking = false;

  constructor(client: StoreWorkerClient, options: AgingOptions) {
    this.#client = client;
    this.#options = options;
    this.#clock = new RetentionClock(options.lastUsed);
    this.#marks = options.marks;
    this.#timer = setInterval(() => void this.#round(), options.roundMs);
    this.#timer.unref();
    void this.#round();
  }

  get retention(): Retention {
    return this.#options.retention;
  }

  get marks(): ClassMarks {
    return this.#marks;
  }

  /** Points before this time (µs) are refused. */
  get oldestTaken(): number {
    return Math.max(this.#marks.raw, (this.#clock.now() - this.#options.retention.raw) * 1_000);
  }

  /** As of the last round. */
  get usedBytes(): number | undefined {
    return this.#usage?.bytes;
  }

  /** What the bound has cost, in words. */
  get warning(): string | undefined {
    const { maxBytes, retention } = this.#options;
    if (maxBytes === undefined || this.#warning !== undefined) return this.#warning;
    const { raw, minute } = advanceMarks(NO_MARKS, retention, this.#clock.now());
    if (this.#marks.raw <= raw && this.#marks.minute <= minute) return undefined;
    return (
      `points of the time-series store begin at ${timeText(this.#marks.raw)}, roll-ups by the minute at ` +
      `${timeText(this.#marks.minute)}: later than they are to be kept, for its bound of ${maxBytes} bytes`
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#moveTo(advanceMarks(this.#marks, this.#options.retention, this.#clock.now()));
    try {
      this.#usage = await this.#client.call("usage", {});
      const { maxBytes } = this.#options;
      // What was given up last has to be gone before it is known whether that was enough.
      if (maxBytes !== undefined && this.#usage.isSettled) this.#keepWithin(maxBytes, this.#usage);
    } catch {
      // A worker that has ended tells it to whoever writes or asks.
    } finally {
      this.#isLooking = false;
    }
  }

  #keepWithin(maxBytes: number, { bytes, oldest }: Usage): void {
    if (bytes <= maxBytes) {
      this.#warning = undefined;
      return;
    }
    const marks = this.#marksWithRoom(oldest);
    const facts = { bytes, maxBytes };
    if (marks === undefined) {
      this.#warning =
        `the time-series store has ${bytes} bytes, more than its bound of ${maxBytes}, and nothing left to give up but ` +
        "points that the log still has; raise HEADWATER_TIME_SERIES_MAX_BYTES, or store less";
      this.#options.logger?.error(facts, "the time-series store is beyond its bound and has nothing left to give up");
      return;
    }
    this.#warning = undefined;
    this.#options.logger?.warn(
      {
        ...facts,
        pointsFrom: timeText(marks.raw),
        minutesFrom: timeText(marks.minute),
        hoursFrom: timeText(marks.hour),
      },
      "the time-series store is beyond its bound; what is oldest goes",
    );
    this.#moveTo(marks);
  }

  /** Points first, the oldest ones; then minutes, then hours, half of each. undefined: there is nothing to give up. */
  #marksWithRoom(oldest: number | undefined): ClassMarks | undefined {
    const { retention, leastRawMs = 0 } = this.#options;
    const nowMs = this.#clock.now();
    const now = nowMs * 1_000;
    const latest = floorToHour(now - leastRawMs * 1_000);
    if (oldest !== undefined && oldest < latest) {
      const share = Math.max(HOUR, (now - oldest) * SHARE);
      const raw = Math.max(this.#marks.raw, Math.min(latest, floorToHour(oldest + share)));
      if (raw > this.#marks.raw) return { raw, ...rolledMarks(this.#marks, retention, raw, nowMs) };
    }
    for (const each of ["minute", "hour"] as const) {
      const { raw } = this.#marks;
      const since = Math.max(this.#marks[each], raw - 3_650 * 24 * HOUR);
      if (since < raw) return { ...this.#marks, [each]: Math.max(since + HOUR, floorToHour(raw - (raw - since) / 2)) };
    }
    return undefined;
  }

  #moveTo(marks: ClassMarks): void {
    if (marks.raw === this.#marks.raw && marks.minute === this.#marks.minute && marks.hour === this.#marks.hour) return;
    this.#marks = marks;
    this.#client.call("advance", { marks }).catch(() => {});
  }
}

function floorToHour(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function timeText(micros: number): string {
  return Number.isFinite(micros) ? new Date(micros / 1_000).toISOString() : "the first";
}
