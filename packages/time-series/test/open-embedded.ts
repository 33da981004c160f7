import { openEmbeddedStore, type EmbeddedStoreOptions, type TimeSeriesStore } from "@headwater/time-series";

/** For the process that the contract suite kills. */
export function openStore(options: EmbeddedStoreOptions): Promise<TimeSeriesStore> {
  return openEmbeddedStore(options);
}
