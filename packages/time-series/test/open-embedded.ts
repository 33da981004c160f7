import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { EmbeddedStoreOptions } from "@headwater/time-series/embedded";
import type { TimeSeriesStore } from "@headwater/time-series";

/** For the process that the contract suite kills. */
export function openStore(options: EmbeddedStoreOptions): Promise<TimeSeriesStore> {
  return openEmbeddedStore(options);
}
