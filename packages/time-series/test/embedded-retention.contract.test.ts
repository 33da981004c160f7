import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { retentionContract } from "@headwater/time-series/contract";
import { afterEach, describe } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { TimeSeriesStore } from "../src/time-series-store.ts";

const open: { store: TimeSeriesStore; dataDir: string }[] = [];
afterEach(async () => {
  for (const { store, dataDir } of open.splice(0)) {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

describe("retention of the embedded store", () => {
  retentionContract(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "headwater-retention-"));
    const kept = { store: await openEmbeddedStore({ dataDir }), dataDir };
    open.push(kept);
    return {
      store: kept.store,
      async age(retention) {
        await kept.store.close();
        const store = await openEmbeddedStore({ dataDir, retention });
        kept.store = store;
        await eventually(
          () => store.isSettled(),
          (settled) => settled,
        );
        return store;
      },
    };
  });
});
