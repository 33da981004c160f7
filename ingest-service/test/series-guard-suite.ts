import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway, type Values } from "./gateway.ts";
import type { Backends } from "./rebuild-suite.ts";
import { startService, type TestService } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const second = 1_000_000;

/** The guard against series without end, on any store. */
export function seriesGuardSuite(open: () => Promise<Omit<Backends, "hasShadow">>): void {
  let backends: Omit<Backends, "hasShadow">;
  let service: TestService;
  let gateway: TestGateway;

  beforeEach(async () => {
    backends = await open();
    gateway = new TestGateway(backends.log);
  });
  afterEach(async () => {
    await service.app.stop();
    await backends.close();
  });

  async function start(ingest: Record<string, unknown>): Promise<void> {
    service = await startService({ ...backends, dataDir: backends.folder, ingest });
  }

  interface Entry {
    readonly device: string;
    readonly cause: string;
    readonly reason: string;
    readonly stage: string;
    readonly metrics: readonly string[];
  }

  async function entries(): Promise<readonly Entry[]> {
    return (await service.request<{ items: Entry[] }>("GET", "/api/v1/quarantine?limit=1000")).body.items;
  }
  async function metricsOf(device: string): Promise<readonly string[]> {
    const answer = await service.request<{ values: Record<string, unknown> }>(
      "GET",
      `/api/v1/devices/${device}/latest`,
    );
    return Object.keys(answer.body.values ?? {}).sort();
  }
  async function ledger(): Promise<LedgerAnswer> {
    return (await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true")).body;
  }
  /** m0, m1, …: from, up to but without to. */
  function values(from: number, to: number): Values {
    return Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`m${from + index}`, from + index]));
  }

  describe("a device may have so many series", () => {
    it("and what is beyond goes to quarantine under that reason, the rest of its message is stored", async () => {
      await start({ seriesPerDevice: 3 });
      await gateway.append(
        gateway.event("wild", t0, values(0, 2)),
        gateway.event("wild", t0 + second, values(0, 5)),
        gateway.event("wild", t0 + 2 * second, values(5, 9)),
        gateway.event("tame", t0, values(0, 3)),
      );
      await gateway.markAll();
      const answer = await eventually(async () => {
        const now = await ledger();
        expect(now.totals).toMatchObject({ stored: 2, partlyStored: 1, quarantined: 1, lag: 0 });
        return now;
      });
      expect(answer, JSON.stringify(answer)).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
      expect(await metricsOf("wild")).toEqual(["m0", "m1", "m2"]);
      expect(await metricsOf("tame")).toEqual(["m0", "m1", "m2"]);
      const aside = await entries();
      expect(aside.map(({ device, cause, stage, metrics }) => ({ device, cause, stage, metrics }))).toEqual([
        { device: "wild", cause: "series-per-device", stage: "store", metrics: [] },
        { device: "wild", cause: "series-per-device", stage: "store", metrics: ["m3", "m4"] },
      ]);
      expect(aside[0]!.reason).toContain("HEADWATER_INGEST_SERIES_PER_DEVICE");
      expect(service.app.warnings!()).toEqual([expect.stringContaining('device "wild"')]);
      const metrics = await service.request("GET", "/metrics");
      expect(metrics.text).toMatch(
        /headwater_ingest_beyond_series_limit_total\{device="wild",limit="series-per-device".*\} 6/,
      );
    });

    it("of text and numbers alike, and a metric of both is one", async () => {
      await start({ seriesPerDevice: 2 });
      await gateway.append(
        gateway.event("d", t0, { a: 1, b: "text" }),
        gateway.event("d", t0 + second, { a: "text", b: 2, c: "more" }),
      );
      await eventually(async () => expect(await entries()).toHaveLength(1));
      expect((await entries())[0]!.metrics).toEqual(["c"]);
      expect((await ledger()).balanced).toBe(true);
    });

    it("which an attribute of the device raises, for it alone", async () => {
      await start({ seriesPerDevice: 2 });
      const { status } = await service.request("POST", "/api/v1/devices", {
        id: "big",
        attributes: { seriesLimit: 4 },
      });
      expect(status).toBe(201);
      await gateway.append(gateway.event("big", t0, values(0, 6)), gateway.event("small", t0, values(0, 6)));
      await eventually(async () => expect(await entries()).toHaveLength(2));
      expect([await metricsOf("big"), await metricsOf("small")]).toEqual([
        ["m0", "m1", "m2", "m3"],
        ["m0", "m1"],
      ]);
    });

    it("also after a restart, with and without the file of accounts", async () => {
      await start({ seriesPerDevice: 3 });
      await gateway.append(gateway.event("d", t0, values(0, 2)));
      await eventually(async () => expect(await metricsOf("d")).toHaveLength(2));
      for (const forget of [false, true]) {
        await service.app.stop();
        if (forget)
          for (const end of ["", "-wal", "-shm"])
            rmSync(join(backends.folder, "ingest", `accounts.db${end}`), { force: true });
        await start({ seriesPerDevice: 3 });
        const before = (await entries()).length;
        await gateway.append(gateway.event("d", t0 + second, values(0, 9)));
        await eventually(async () => expect(await entries()).toHaveLength(before + 1));
        expect(await metricsOf("d")).toEqual(["m0", "m1", "m2"]);
        expect((await ledger()).balanced).toBe(true);
      }
    });

    it("and has room again when its data is deleted", async () => {
      await start({ seriesPerDevice: 2 });
      await service.request("POST", "/api/v1/devices", { id: "d" });
      await gateway.append(gateway.event("d", t0, values(0, 2)));
      await eventually(async () => expect(await metricsOf("d")).toHaveLength(2));
      await service.request("DELETE", "/api/v1/devices/d?data=delete");
      await service.request("POST", "/api/v1/devices", { id: "d" });
      await gateway.append(gateway.event("d", t0 + second, values(10, 12), { incarnation: 1 }));
      await eventually(async () => expect(await metricsOf("d")).toEqual(["m10", "m11"]));
      expect(await entries()).toEqual([]);
    });

    // Offsets are committed at once, or not before the service stops: then series are let go of before they are kept.
    it.each([10, 60_000])(
      "and has room again once the store has let go of what it had, also after a restart (commits every %d ms)",
      async (commitMs) => {
        await start({ seriesPerDevice: 2, commitMs });
        await gateway.append(gateway.event("d", t0, values(0, 2)), gateway.event("other", t0, values(0, 2)));
        await eventually(async () => expect(await metricsOf("d")).toHaveLength(2));
        // As when points have outlived the retention.
        await backends.store.deleteRange("telemetry", { device: "d" }, t0, t0 + second);
        await gateway.append(gateway.event("d", t0 + second, values(2, 4)));
        // What was refused shows that they are to be looked for; what comes after that finds room.
        let n = 2;
        await eventually(async () => {
          await gateway.append(gateway.event("d", t0 + n * second, values(2, 4)));
          n += 1;
          expect(await metricsOf("d")).toEqual(["m2", "m3"]);
        });
        await service.app.stop();
        await start({ seriesPerDevice: 2 });
        const before = (await entries()).length;
        await gateway.append(
          gateway.event("d", t0 + n * second, values(0, 4)),
          gateway.event("other", t0 + n * second, values(0, 4)),
        );
        await gateway.markAll();
        await eventually(async () => {
          const there = await entries();
          const facts = [await metricsOf("d"), await metricsOf("other"), there.map(({ metrics }) => metrics)];
          expect(there, JSON.stringify(facts)).toHaveLength(before + 2);
        });
        expect([await metricsOf("d"), await metricsOf("other")]).toEqual([
          ["m2", "m3"],
          ["m0", "m1"],
        ]);
        await eventually(async () => {
          const { body } = await service.request<LedgerAnswer>("GET", "/api/v1/ledger");
          expect(body).toMatchObject({ balanced: true, totals: { lag: 0 } });
        });
      },
    );

    it("and what the store still has is not let go of, however often the limit is reached", async () => {
      await start({ seriesPerDevice: 2 });
      await gateway.append(gateway.event("d", t0, values(0, 2)));
      for (let round = 1; round < 4; round += 1) {
        await gateway.append(gateway.event("d", t0 + round * second, values(0, 4)));
        await eventually(async () => expect(await entries()).toHaveLength(round));
      }
      expect(await metricsOf("d")).toEqual(["m0", "m1"]);
    });

    it("at a hundred thousand in ten messages", async () => {
      await start({});
      const wild = Array.from({ length: 10 }, (_, message) =>
        gateway.event("wild", t0 + message * second, values(message * 10_000, (message + 1) * 10_000)),
      );
      for (const record of wild) await gateway.append(record);
      await gateway.append(gateway.event("tame", t0, values(0, 3)));
      await gateway.markAll();
      const answer = await eventually(async () => {
        const now = await ledger();
        expect(now.totals).toMatchObject({ stored: 1, partlyStored: 1, quarantined: 9, lag: 0 });
        return now;
      });
      expect(answer).toMatchObject({ balanced: true, verified: { mismatched: 0, stored: 2003 } });
      expect(await metricsOf("tame")).toHaveLength(3);
    });
  });

  describe("a store may have so many series", () => {
    it("of all devices together, and known ones go on", async () => {
      await start({ seriesPerStore: 10 });
      for (let device = 0; device < 4; device += 1) {
        await gateway.append(gateway.event(`d${device}`, t0, values(0, 4)));
        await gateway.append(gateway.event(`d${device}`, t0 + second, values(0, 4)));
      }
      await gateway.markAll();
      const answer = await eventually(async () => {
        const now = await ledger();
        expect(now.totals.lag).toBe(0);
        return now;
      });
      expect(answer).toMatchObject({ balanced: true, verified: { mismatched: 0, series: 10, stored: 20 } });
      expect(new Set((await entries()).map(({ cause }) => cause))).toEqual(new Set(["series-per-store"]));
    });

    it("with those that it had before anybody counted", async () => {
      const points = values(0, 5);
      await backends.store.write([
        { measurement: "telemetry", tags: { device: "old" }, time: t0, fields: points as never },
      ]);
      await start({ seriesPerStore: 6 });
      await gateway.append(gateway.event("old", t0 + second, values(0, 5)), gateway.event("new", t0, values(0, 3)));
      await eventually(async () => expect(await entries()).toHaveLength(1));
      expect(await metricsOf("new")).toEqual(["m0"]);
      expect(await metricsOf("old")).toHaveLength(5);
    });

    it("and there is room again once it has let go of some", async () => {
      await start({ seriesPerStore: 6 });
      await gateway.append(gateway.event("gone", t0, values(0, 3)), gateway.event("kept", t0, values(0, 3)));
      await eventually(async () => expect(await metricsOf("kept")).toHaveLength(3));
      await eventually(async () => expect(await metricsOf("gone")).toHaveLength(3));
      await backends.store.deleteRange("telemetry", { device: "gone" }, t0, t0 + second);
      let n = 1;
      await eventually(async () => {
        await gateway.append(gateway.event("new", t0 + n * second, values(0, 4)));
        n += 1;
        expect(await metricsOf("new")).toEqual(["m0", "m1", "m2"]);
      });
      expect(new Set((await entries()).map(({ cause }) => cause))).toEqual(new Set(["series-per-store"]));
    });
  });

  describe("so many series may begin in a minute of the log", () => {
    it("whoever counts, and whenever", async () => {
      await start({ newSeriesPerMinute: 1_000_000 });
      await service.app.stop();
      // Ten devices of one partition begin 3 series each, within one minute of the log but for luck of one border.
      const devices = Array.from({ length: 400 }, (_, index) => `d${index}`).filter(
        (id) => gateway.partitionOf(id) === 0,
      );
      for (const device of devices.slice(0, 10)) await gateway.append(gateway.event(device, t0, values(0, 3)));
      await gateway.markAll();
      await start({ newSeriesPerMinute: 7 });
      const first = await eventually(async () => {
        const now = await ledger();
        expect(now.totals.lag).toBe(0);
        return now;
      });
      expect(first.balanced).toBe(true);
      // 7 of one minute; where a minute ended between two devices, up to 7 of each.
      expect(first.verified!.series).toBeGreaterThanOrEqual(7);
      expect(first.verified!.series).toBeLessThanOrEqual(14);
      expect(new Set((await entries()).map(({ cause }) => cause))).toEqual(new Set(["new-series-rate"]));
    });
  });
}
