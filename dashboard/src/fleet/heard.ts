import { live } from "../data/live.ts";
import { onEachSecond } from "../time/seconds.ts";

/** What the live stream tells of the whole fleet: who was heard when, and how much comes in. */
export class Heard {
  readonly #seen = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  #count = 0;
  #second = 0;
  rate = 0;
  readonly #topics: string;

  /** @param topics what of the live stream may be read */
  constructor(topics: string) {
    this.#topics = topics;
  }

  /** When a device was last heard since the page is open (milliseconds since the epoch). */
  of(id: string): number | undefined {
    return this.#seen.get(id);
  }

  /** Changes once a second, whatever happens in it: figures that can be read. */
  get second(): number {
    return this.#second;
  }

  listen(onDevices: () => void): () => void {
    const stopHearing = live.listen(
      `topics=${this.#topics}`,
      (events) => {
        const now = Date.now();
        let isChanged = false;
        for (const { topic, data } of events) {
          if (topic === "devices") isChanged = true;
          else {
            this.#count += 1;
            this.#seen.set((data as { device: string }).device, now);
          }
        }
        if (isChanged) onDevices();
        // What was registered after the list was asked for and before the connection was there, nobody told.
      },
      onDevices,
    );
    const stopCounting = onEachSecond(() => {
      this.rate = this.#count;
      this.#count = 0;
      this.#second += 1;
      for (const watcher of this.#watchers) watcher();
    });
    return () => {
      stopHearing();
      stopCounting();
    };
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };
}
