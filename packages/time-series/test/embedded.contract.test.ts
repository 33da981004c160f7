import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { EmbeddedStoreOptions } from "@headwater/time-series/embedded";
import { timeSeriesContract, type StoreUnderTest } from "@headwater/time-series/contract";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

function embedded(options: Omit<EmbeddedStoreOptions, "dataDir">): () => Promise<StoreUnderTest> {
  return async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "headwater-time-series-"));
    const argument: EmbeddedStoreOptions = { ...options, dataDir };
    let store = await openEmbeddedStore(argument);
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store.close();
        store = await openEmbeddedStore(argument);
        return store;
      },
      inOtherProcess: { module: new URL("open-embedded.ts", import.meta.url).href, argument },
      async dispose() {
        await store.close();
        await rm(dataDir, { recursive: true });
      },
    };
  };
}

timeSeriesContract("embedded", embedded({}));
timeSeriesContract(
  "embedded, moving what it has to chunks all the time",
  embedded({ headCapacity: 250, flushAfterMs: 1 }),
);
