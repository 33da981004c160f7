import { existsSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import type { Point, TimeSeriesStore } from "@headwater/time-series";
import { describe, expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { rebuildSuite } from "./rebuild-suite.ts";
import { openBackends, startService } from "./service.ts";

describe("a range made again from the log, in the embedded store", () => {
  rebuildSuite(async () => {
    const backends = await openBackends();
    const shadows = join(backends.folder, "store", "shadow");
    return { ...backends, hasShadow: () => Promise.resolve(existsSync(shadows)) };
  });
});

/** That store, whose writes take so long, and its points in the order in which they were written. */
function slowly(store: TimeSeriesStore, ms: number): { readonly store: TimeSeriesStore; readonly written: Point[] } {
  const written: Point[] = [];
  const write = async (points: readonly Point[]) => {
    await sleep(ms);
    written.push(...points);
    return store.write(points);
  };
  const slow = new Proxy(store, {
    get(target, name) {
      const value: unknown = name === "write" ? write : Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { store: slow, written };
}

it("live data of a partition does not wait until all of its devices are replaced, and is not lost where they are", async () => {
  const minute = 60_000_000;
  const t0 = (Math.floor(Date.now() / 3_600_000) - 3) * 60 * minute;
  const backends = await openBackends();
  const gateway = new TestGateway(backends.log);
  const ids = Array.from({ length: 200 }, (_, index) => `d${index}`).filter((id) => gateway.partitionOf(id) === 0);
  const [live, ...damaged] = ids.slice(0, 11) as [string, ...string[]];
  const { store, written } = slowly(backends.store, 210);
  const service = await startService({ ...backends, store, dataDir: backends.folder });
  try {
    await gateway.append(...damaged.map((device) => gateway.event(device, t0 + minute, { a: 1 })));
    await gateway.markAll();
    type Ledger = { totals: { lag: number; stored: number }; balanced: boolean; verified?: object };
    await eventually(async () => {
      const { body } = await service.request<Ledger>("GET", "/api/v1/ledger");
      expect(body.totals).toMatchObject({ stored: damaged.length, lag: 0 });
    });
    for (const device of damaged) await backends.store.deleteRange("telemetry", { device }, t0, t0 + 60 * minute);
    written.length = 0;
    let isOver = false;
    let sent = 0;
    const sending = (async () => {
      for (; !isOver; sent += 1) {
        // One of those that are replaced goes on meanwhile, within the range.
        const other = damaged[sent % damaged.length]!;
        await gateway.append(
          gateway.event(live, t0 + sent, { a: sent }),
          gateway.event(other, t0 + 2 * minute + sent, { a: sent }),
        );
        await sleep(20);
      }
      await gateway.markAll();
    })();
    const iso = (time: number): string => new Date(time / 1000).toISOString();
    const range = { from: iso(t0), to: iso(t0 + 60 * minute) };
    const { body } = await service.request<{ id: string }>("POST", "/api/v1/rebuilds", range);
    await eventually(async () => {
      const { body: now, text } = await service.request<{ state: string }>("GET", `/api/v1/rebuilds/${body.id}`);
      expect(now.state, text).toBe("done");
    });
    isOver = true;
    await sending;
    const answer = await eventually(async () => {
      const { body: now } = await service.request<Ledger>("GET", "/api/v1/ledger?verify=true");
      expect(now.totals).toMatchObject({ stored: damaged.length + 2 * sent, lag: 0 });
      return now;
    });
    expect(answer).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
    const isReplaced = ({ time }: Point): boolean => time === t0 + minute;
    const during = written.slice(written.findIndex(isReplaced), written.findLastIndex(isReplaced));
    expect(during.filter(isReplaced)).toHaveLength(damaged.length - 1);
    expect(during.filter(({ tags }) => tags["device"] === live).length).toBeGreaterThan(0);
  } finally {
    await service.app.stop();
    await backends.close();
  }
});
