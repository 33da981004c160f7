import { openInfluxStore } from "../src/influx/influx-store.ts";
import type { InfluxStoreOptions } from "@headwater/time-series/influx";
import type { TimeSeriesStore } from "@headwater/time-series";

/** For the process that the contract suite kills. */
export async function openStore(options: InfluxStoreOptions): Promise<TimeSeriesStore> {
  return openInfluxStore(options);
}
