import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { StoreReader } from "./readers/reader.ts";

const histogram = () => createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });

/** When messages of a few devices are on the log and can be read back, from when they were due. */
export class Probes {
  /** Microseconds until the log had them, by its own time. */
  readonly logged = histogram();
  /** Microseconds until a query showed them: asked over and over. */
  readonly stored = histogram();
  readonly #store: StoreReader | undefined;
  readonly #now: () => number;
  /** Not shown by a query yet. */
  readonly #open = new Map<string, { seq: number; due: number }[]>();
  /** When messages were due that the log has not shown yet, and when it had those that nobody has told of yet. */
  readonly #dues = new Map<string, number>();
  readonly #arrivals = new Map<string, number>();
  readonly #devices = new Set<string>();
  #measuredFrom = Infinity;
  #isStopped = false;
  #ended: Promise<void> = Promise.resolve();

  /** `now`: milliseconds since the epoch. */
  constructor(store: StoreReader | undefined, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Of messages that were due before `measuredFrom` no latency is counted. */
  start(measuredFrom: number): void {
    this.#measuredFrom = measuredFrom;
    if (this.#store !== undefined) this.#ended = this.#ask(this.#store);
  }

  sent(device: string, seq: number, due: number): void {
    this.#devices.add(device);
    const open = this.#open.get(device) ?? [];
    this.#open.set(device, open);
    if (this.#store !== undefined) open.push({ seq, due });
    const key = `${device}\0${seq}`;
    const at = this.#arrivals.get(key);
    if (at === undefined) this.#dues.set(key, due);
    else this.#record(key, due, at);
  }

  /** `at`: milliseconds since the epoch, on the log's clock. */
  arrived(device: string, seq: number, at: number): void {
    // The first message of a device may be here before anybody has said that it is a probe.
    if (!this.#devices.has(device) && seq > 1) return;
    const key = `${device}\0${seq}`;
    const due = this.#dues.get(key);
    if (due === undefined) this.#arrivals.set(key, at);
    else this.#record(key, due, at);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  #record(key: string, due: number, at: number): void {
    this.#dues.delete(key);
    this.#arrivals.delete(key);
    this.#count(this.logged, at, due);
  }

  #count(histogram: RecordableHistogram, at: number, due: number): void {
    if (due >= this.#measuredFrom) histogram.record(Math.max(1, Math.round((at - due) * 1_000)));
  }

  async #ask(store: StoreReader): Promise<void> {
    while (!this.#isStopped) {
      const asked = [...this.#open].filter(([, open]) => open.length > 0).map(([id]) => id);
      if (asked.length > 0) {
        const latest = await store.latest(asked).catch(() => new Map<string, number>());
        this.#show(latest, this.#now());
      }
      await new Promise((resolve) => setTimeout(resolve, store.pauseMs));
    }
  }

  #show(latest: ReadonlyMap<string, number>, now: number): void {
    for (const [device, newest] of latest) {
      const open = this.#open.get(device);
      if (open === undefined || Number.isNaN(newest)) continue;
      const left = open.filter(({ seq, due }) => {
        if (seq > newest) return true;
        this.#count(this.stored, now, due);
        return false;
      });
      this.#open.set(device, left);
    }
  }
}
