import type { ShadowStore, TimeSeriesStore } from "@headwater/time-series";
import { RebuildError } from "./rebuild-error.ts";

/** The shadow of the store that all partitions of this instance use during a rebuild. */
export class SharedShadow {
  readonly #store: TimeSeriesStore;
  #opened: Promise<ShadowStore> | undefined;

  constructor(store: TimeSeriesStore) {
    this.#store = store;
  }

  async open(): Promise<ShadowStore> {
    if (this.#store.openShadow === undefined) throw new RebuildError("this store has no place for a shadow");
    this.#opened ??= this.#store.openShadow();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** The rebuild is over. */
  async discard(): Promise<void> {
    const opened = this.#take();
    await (await opened)?.discard();
  }

  /** What is in it stays for the next start. */
  async close(): Promise<void> {
    await (await this.#take())?.close();
  }

  #take(): Promise<ShadowStore | undefined> {
    const opened = this.#opened ?? Promise.resolve(undefined);
    this.#opened = undefined;
    return opened.catch(() => undefined);
  }
}
