import { eventually } from "@headwater/testkit/eventually";
import { retentionContract } from "@headwater/time-series/contract";
import { afterEach, describe, expect, it } from "vitest";
import { openInfluxStore } from "../src/influx/influx-store.ts";
import type { TimeSeriesStore } from "../src/time-series-store.ts";
import { makeBucket, serverFromEnvironment } from "./influx-bucket.ts";
import { influxApi, removeRollups } from "./influx-rollups.ts";

const open: { store: TimeSeriesStore; remove: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { store, remove } of open.splice(0)) {
    await store.close();
    await remove();
  }
});

const day = 86_400_000;

describe("retention in InfluxDB", () => {
  retentionContract(async () => {
    const { remove, ...options } = await makeBucket(serverFromEnvironment());
    const kept: { store: TimeSeriesStore; remove: () => Promise<void> } = {
      store: openInfluxStore(options),
      async remove() {
        await removeRollups(options);
        await remove();
      },
    };
    open.push(kept);
    return {
      store: kept.store,
      async age(retention) {
        await kept.store.close();
        const store = openInfluxStore({ ...options, retention });
        kept.store = store;
        expect(await store.setUp()).toEqual([]);
        return store;
      },
    };
  });
});

describe("setting roll-ups of InfluxDB up", () => {
  const retention = { raw: 30 * day, minute: 100 * day, hour: Infinity };

  it("makes buckets and a task, and makes nothing twice", async () => {
    const { remove, ...options } = await makeBucket(serverFromEnvironment());
    const store = openInfluxStore({ ...options, retention });
    open.push({ store, remove: () => removeRollups(options).then(remove) });
    expect(await store.setUp()).toEqual([]);
    expect(await store.setUp()).toEqual([]);
    const api = influxApi(options);
    const kept = async (name: string): Promise<unknown> => {
      const { buckets } = await api<{ buckets: { retentionRules: { everySeconds: number }[] }[] }>(
        "GET",
        `/api/v2/buckets?org=${options.org}&name=${name}`,
      );
      return buckets.map(({ retentionRules }) => retentionRules[0]?.everySeconds ?? 0);
    };
    expect(await kept(options.bucket)).toEqual([(38 * day) / 1_000]);
    expect(await kept(`${options.bucket}-minute`)).toEqual([(108 * day) / 1_000]);
    expect(await kept(`${options.bucket}-hour`)).toEqual([0]);
    const { tasks } = await api<{ tasks: { id: string; status: string }[] }>(
      "GET",
      `/api/v2/tasks?org=${options.org}&name=${encodeURIComponent(`headwater roll-ups of ${options.bucket}`)}`,
    );
    expect(tasks).toEqual([expect.objectContaining({ status: "active" })]);
    // The task itself runs, too.
    const run = await api<{ id: string }>("POST", `/api/v2/tasks/${tasks[0]!.id}/runs`, {});
    await eventually(async () => {
      const { status } = await api<{ status: string }>("GET", `/api/v2/tasks/${tasks[0]!.id}/runs/${run.id}`);
      expect(status).toBe("success");
    });
    expect(await store.setUp()).toEqual([]);
    // The run has ended before its task knows of it.
    await eventually(async () => {
      const { lastRunStatus } = await api<{ lastRunStatus?: string }>("GET", `/api/v2/tasks/${tasks[0]!.id}`);
      expect(lastRunStatus).toBe("success");
    });
  });

  it("says exactly what the token may not do, and stores and answers all the same", async () => {
    const { remove, ...options } = await makeBucket(serverFromEnvironment());
    const api = influxApi(options);
    const { buckets } = await api<{ buckets: { id: string; orgID: string }[] }>(
      "GET",
      `/api/v2/buckets?org=${options.org}&name=${options.bucket}`,
    );
    const { id, orgID } = buckets[0]!;
    const resource = { type: "buckets", id, orgID };
    const permissions = ["read", "write"].map((action) => ({ action, resource }));
    const least = await api<{ id: string; token: string }>("POST", "/api/v2/authorizations", { orgID, permissions });
    const store = openInfluxStore({ ...options, token: least.token, retention });
    open.push({
      store,
      async remove() {
        await api("DELETE", `/api/v2/authorizations/${least.id}`);
        await remove();
      },
    });
    expect(await store.setUp()).toEqual([
      expect.stringMatching(
        /may not make the bucket .*-minute: give it "write buckets" .*influx bucket create --name .*-minute --retention 2592h/,
      ),
    ]);
    const time = Date.now() * 1_000;
    expect(await store.write([{ measurement: "m", tags: { device: "d" }, time, fields: { v: 1 } }])).toEqual({
      refused: [],
    });
    expect(await store.latest("m", { device: "d" })).toEqual([{ field: "v", time, value: 1 }]);
  });
});
