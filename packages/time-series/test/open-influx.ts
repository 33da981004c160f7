import { openInfluxStore, type InfluxStoreOptions, type TimeSeriesStore } from "@headwater/time-series";

/** For the process that the contract suite kills. */
export async function openStore(options: InfluxStoreOptions): Promise<TimeSeriesStore> {
  return openInfluxStore(options);
}
