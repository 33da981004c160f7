import { expect, it } from "vitest";
import { openInfluxStore } from "../src/influx/influx-store.ts";
import { makeBucket, serverFromEnvironment } from "./influx-bucket.ts";
import { influxApi, removeRollups } from "./influx-rollups.ts";

const day = 86_400_000;
const atOnce = Array.from({ length: 8 });

it("instances that need its bucket for the first time at once all have it", async () => {
  const { remove, ...options } = await makeBucket(serverFromEnvironment());
  const stores = atOnce.map(() => openInfluxStore(options));
  try {
    const shadows = await Promise.all(stores.map((store) => store.openShadow!()));
    await Promise.all(shadows.map((shadow) => shadow.close()));
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    const api = influxApi(options);
    const { buckets } = await api<{ buckets: { id: string }[] }>(
      "GET",
      `/api/v2/buckets?name=${options.bucket}-shadow`,
    );
    for (const { id } of buckets) await api("DELETE", `/api/v2/buckets/${id}`);
    await remove();
  }
});

it("instances that set roll-ups up at once are all told that nothing is missing", async () => {
  const { remove, ...options } = await makeBucket(serverFromEnvironment());
  const retention = { raw: 30 * day, minute: 100 * day, hour: Infinity };
  const stores = atOnce.map(() => openInfluxStore({ ...options, retention }));
  try {
    const missing = await Promise.all(stores.map((store) => store.setUp()));
    expect(missing).toEqual(stores.map(() => []));
    expect(await stores[0]!.setUp()).toEqual([]);
    const name = encodeURIComponent(`headwater roll-ups of ${options.bucket}`);
    const { tasks } = await influxApi(options)<{ tasks: { status: string }[] }>(
      "GET",
      `/api/v2/tasks?org=${encodeURIComponent(options.org)}&name=${name}`,
    );
    expect(tasks.filter(({ status }) => status === "active")).toHaveLength(1);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await removeRollups(options);
    await remove();
  }
});
