import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { DeviceSeries } from "../src/telemetry/device-series.ts";

it("has nothing of what is deleted and still in the store", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "headwater-device-series-"));
  const store = await openEmbeddedStore({ dataDir });
  await store.write([{ measurement: "telemetry", tags: { device: "pump" }, time: 1_000_000, fields: { v: 1 } }]);
  const owner = { device: "pump", incarnation: "all", erasedBelow: 1 } as const;
  const series = new DeviceSeries(store, []);
  for (const aggregate of [undefined, "mean", "last", "count"] as const) {
    const query = { field: "v", from: 0, to: 2_000_000, ...(aggregate !== undefined && { aggregate }) };
    for await (const rows of series.query(owner, query)) expect(rows).toEqual([]);
  }
  expect((await series.latest(owner, { limit: 10 })).values).toEqual([]);
  await store.close();
  await rm(dataDir, { recursive: true });
});
