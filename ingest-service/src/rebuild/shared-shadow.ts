import { type ShadowStore, StoreUnavailableError, type TimeSeriesStore } from "@headwater/time-series";
import { RebuildError } from "./rebuild-error.ts";

/** The measurement of a partition in the shadow: no two rebuilds and partitions have the same. */
export function shadowMeasurement(rebuild: string, partition: number): string {
  return `${rebuild}/${partition}`;
}

function rebuildOf(measurement: string): string {
  return measurement.slice(0, measurement.lastIndexOf("/"));
}

/** The shadow of the store that all partitions of this instance use during a rebuild. */
export class SharedShadow {
  readonly #store: TimeSeriesStore;
  #opened: Promise<ShadowStore> | undefined;
  #swept: string | undefined;
  #isClosed = false;

  constructor(store: TimeSeriesStore) {
    this.#store = store;
  }

  async open(): Promise<ShadowStore> {
    if (this.#store.openShadow === undefined) throw new RebuildError("this store has no place for a shadow");
    // A step that was under way when the service stopped would hold the shadow from the next start.
    if (this.#isClosed) throw new StoreUnavailableError("the service is being stopped");
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

  /**
   * Deletes what rebuilds have left that are over: they failed, were cancelled, or the process that had them was
   * killed. Once for each rebuild that is the last.
   */
  async sweep(last: string, isOver: (id: string) => boolean): Promise<void> {
    if (this.#opened !== undefined || this.#swept === last) return;
    this.#swept = last;
    try {
      await this.#store.sweepShadow?.((measurement) => isOver(rebuildOf(measurement)));
    } catch (error) {
      this.#swept = undefined;
      throw error;
    }
  }

  /** What is in it stays for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#take())?.close();
  }

  #take(): Promise<ShadowStore | undefined> {
    const opened = this.#opened ?? Promise.resolve(undefined);
    this.#opened = undefined;
    return opened.catch(() => undefined);
  }
}
