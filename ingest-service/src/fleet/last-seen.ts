import { sharedTurn } from "@headwater/core";
import type { NewestTime, TimeSeriesStore } from "@headwater/time-series";
import { incarnationOfTags } from "../projection/erase.ts";
import { telemetryMeasurement } from "../projection/telemetry-points.ts";
import { tagsOfDevice } from "../telemetry/device-series.ts";

/** Milliseconds for which an answer of the store counts, and so many times as long as it took. */
const leastAge = 1_000;
const patience = 5;
const timesASlice = 5_000;

/** A device of those that have had the same id. */
export interface OneOfAnId {
  readonly id: string;
  readonly incarnation: number;
}

/** The newest times of a fleet, by device and which of its id it is. */
export class SeenTimes {
  readonly #times = new Map<string, number>();
  /** Of every device that has sent anything, also those that are deleted. */
  readonly devices = new Map<string, readonly number[]>();

  static async of(newest: readonly NewestTime[]): Promise<SeenTimes> {
    const seen = new SeenTimes();
    for (const [i, { tags, time }] of newest.entries()) {
      seen.#add(tags["device"] ?? "", incarnationOfTags(tags), time);
      if (i % timesASlice === timesASlice - 1) await sharedTurn();
    }
    return seen;
  }

  /** µs; undefined: it has sent nothing. */
  of(device: string, incarnation: number): number | undefined {
    return this.#times.get(`${incarnation}/${device}`);
  }

  #add(device: string, incarnation: number, time: number): void {
    const key = `${incarnation}/${device}`;
    const known = this.#times.get(key);
    if (known === undefined) this.devices.set(device, [...(this.devices.get(device) ?? []), incarnation]);
    if (known === undefined || time > known) this.#times.set(key, time);
  }
}

/**
 * When devices have sent last. The store knows it, whoever projected what they sent, so nothing is written for it with
 * each message. It is asked at most every second for the whole fleet, however many readers there are, but for those who
 * have waited for what was stored: for them one after the other.
 */
export class LastSeen {
  readonly #store: Pick<TimeSeriesStore, "newestTimes" | "latestOf">;
  readonly #hasTags: boolean;
  #seen: Promise<SeenTimes> | undefined;
  #next: Promise<SeenTimes> | undefined;
  #isExpired = false;
  #staleAt = 0;

  /** `tagNames`: stamped tags, of which a device's points may have any. */
  constructor(store: Pick<TimeSeriesStore, "newestTimes" | "latestOf">, tagNames: readonly string[]) {
    this.#store = store;
    this.#hasTags = tagNames.length > 0;
  }

  /** Of these devices alone, in their order; undefined: it has sent nothing. */
  async of(devices: readonly OneOfAnId[]): Promise<readonly (number | undefined)[]> {
    if (this.#hasTags) {
      const seen = await this.all();
      return devices.map(({ id, incarnation }) => seen.of(id, incarnation));
    }
    const tagSets = devices.map(({ id, incarnation }) => tagsOfDevice(id, incarnation));
    const latest = await this.#store.latestOf(telemetryMeasurement, tagSets);
    return latest.map((values) =>
      values.length === 0 ? undefined : values.reduce((most, { time }) => Math.max(most, time), -Infinity),
    );
  }

  /** What is stored by now is to be in the next answer. */
  expire(): void {
    this.#isExpired = true;
  }

  all(): Promise<SeenTimes> {
    if (this.#isExpired) {
      this.#isExpired = false;
      this.#next ??= this.#afterThisOne();
    }
    if (this.#next !== undefined) return this.#next;
    if (this.#seen !== undefined && performance.now() < this.#staleAt) return this.#seen;
    return this.#renew();
  }

  /** An answer that is under way may have been asked too early; all who come until it is there share the one after. */
  async #afterThisOne(): Promise<SeenTimes> {
    await this.#seen?.catch(() => undefined);
    this.#next = undefined;
    return this.#renew();
  }

  #renew(): Promise<SeenTimes> {
    this.#staleAt = Infinity;
    const asked = this.#ask();
    this.#seen = asked;
    return asked;
  }

  async #ask(): Promise<SeenTimes> {
    const start = performance.now();
    try {
      return await SeenTimes.of(await this.#store.newestTimes(telemetryMeasurement));
    } finally {
      const now = performance.now();
      this.#staleAt = now + Math.max(leastAge, patience * (now - start));
    }
  }
}
