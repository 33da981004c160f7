import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import type { EventLog } from "@headwater/event-log";
import type { SeriesRef, SeriesRow, TimeSeriesStore } from "@headwater/time-series";
import { TestGateway } from "./gateway.ts";
import { partitions, startService, type TestService } from "./service.ts";

const hour = 3_600_000_000;
const minute = hour / 60;
const second = minute / 60;
export const t0 = Math.floor(1_780_000_000_000_000 / hour) * hour;
const devices = Array.from({ length: 8 }, (_, index) => `d${index}`);
const damaged = { from: t0 + 4 * hour, to: t0 + 5 * hour };

export interface Backends {
  readonly folder: string;
  readonly log: EventLog;
  readonly store: TimeSeriesStore;
  /** Whether points of that measurement are in the shadow. */
  hasShadow(measurement: string): Promise<boolean>;
  close(): Promise<void>;
}

interface RebuildShown {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly missing: number;
  readonly altered: number;
  readonly added: number;
  readonly written: number;
  readonly deleted: number;
  readonly values: number;
  readonly progress: number;
  readonly partitions: readonly { step: string; values: number; checksum: string; storedChecksum: string }[];
}

/** What both stores have to show of a range that is made again. */
export function rebuildSuite(open: () => Promise<Backends>): void {
  let backends: Backends;
  let service: TestService;
  let gateway: TestGateway;

  beforeEach(async () => {
    backends = await open();
    gateway = new TestGateway(backends.log);
    service = await startService({ ...backends, dataDir: backends.folder });
  });
  afterEach(async () => {
    await service.app.stop();
    await backends.close();
  });

  /** Ten hours of a number and a text each five minutes, with corrections among them. */
  async function fill(): Promise<void> {
    for (const device of devices) {
      const events = Array.from({ length: 120 }, (_, n) =>
        gateway.event(device, t0 + n * 5 * minute, { temperature: n / 7, mode: `m${n % 3}`, on: n % 2 === 0 }),
      );
      const corrections = [3, 50, 53].map((n) => gateway.event(device, t0 + n * 5 * minute, { temperature: -n }));
      await gateway.append(...events, ...corrections);
    }
    await projected();
  }

  async function projected(): Promise<void> {
    await gateway.markAll();
    await eventually(async () => {
      const { body } = await service.request<{ totals: { lag: number } }>("GET", "/api/v1/ledger");
      expect(body.totals.lag).toBe(0);
    });
  }

  async function contents(from: number, to: number): Promise<Map<string, readonly SeriesRow[]>> {
    const { store } = backends;
    const all = new Map<string, readonly SeriesRow[]>();
    const known = await store.listSeries("telemetry");
    for (const series of known) {
      const rows: SeriesRow[] = [];
      for await (const chunk of store.query({ ...series, from, to })) rows.push(...chunk);
      if (rows.length > 0) all.set(JSON.stringify([series.tags, series.field]), rows);
    }
    return new Map([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  async function harm(): Promise<void> {
    const { store } = backends;
    const tags = { device: "d1" };
    await store.deleteRange("telemetry", { device: "d0" }, damaged.from, damaged.from + 20 * minute);
    await store.deleteRange("telemetry", { device: "d5" }, damaged.from, damaged.to);
    const point = (time: number, fields: Record<string, number | string>, of: SeriesRef["tags"] = tags) => ({
      ...{ measurement: "telemetry", tags: of, time, fields },
    });
    const written = await store.write([
      point(damaged.from + 10 * minute, { temperature: 999, mode_text: "wrong" }),
      point(damaged.from + 12 * minute, { temperature: 1, mode_text: "added" }),
      point(damaged.to - second, { temperature: 1 }),
      point(damaged.from + minute, { pressure: 5 }, { device: "d2" }),
      point(damaged.from + minute, { temperature: 5 }, { device: "ghost" }),
      point(damaged.from + 5 * minute, { temperature: 5 }, { device: "d3", site: "x" }),
    ]);
    expect(written.refused).toEqual([]);
  }

  async function start(range = damaged, more: object = {}) {
    const iso = (time: number): string => new Date(time / 1000).toISOString();
    return service.request<RebuildShown>("POST", "/api/v1/rebuilds", {
      ...{ from: iso(range.from), to: iso(range.to), ...more },
    });
  }

  async function ended(id: string): Promise<RebuildShown> {
    return eventually(async () => {
      const { body, text } = await service.request<RebuildShown>("GET", `/api/v1/rebuilds/${id}`);
      expect(["done", "failed"], text).toContain(body.state);
      return body;
    });
  }

  async function rebuilt(range = damaged, more: object = {}): Promise<RebuildShown> {
    const answer = await start(range, more);
    expect(answer.status, answer.text).toBe(202);
    return ended(answer.body.id);
  }

  async function verified(): Promise<{ balanced: boolean; verified: { mismatched: number } }> {
    return (
      await service.request<{ balanced: boolean; verified: { mismatched: number } }>(
        "GET",
        "/api/v1/ledger?verify=true",
      )
    ).body;
  }

  it("makes an hour of ten equal to the log, and touches no other", async () => {
    await fill();
    const whole = await contents(t0, t0 + 10 * hour);
    const before = await contents(t0, damaged.from);
    const after = await contents(damaged.to, t0 + 10 * hour);
    await harm();
    expect((await verified()).balanced).toBe(false);
    const done = await rebuilt();
    // 3 fields x 4 times of d0, 3 x 12 of d5.
    expect(done).toMatchObject({ state: "done", missing: 48, altered: 2, added: 6, progress: 1, values: 288 });
    expect(done.written).toBeGreaterThanOrEqual(50);
    expect(done.deleted).toBe(6);
    expect(done.partitions).toHaveLength(partitions);
    expect(await contents(t0, damaged.from)).toEqual(before);
    expect(await contents(damaged.to, t0 + 10 * hour)).toEqual(after);
    expect(await contents(t0, t0 + 10 * hour)).toEqual(whole);
    expect(await verified()).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
    const again = await rebuilt();
    expect(again).toMatchObject({ state: "done", missing: 0, altered: 0, added: 0, written: 0, deleted: 0 });
    expect(again.partitions.every(({ checksum, storedChecksum }) => checksum === storedChecksum)).toBe(true);
  });

  it("takes in what comes meanwhile, and goes on behind every step that a stop cuts off", async () => {
    await fill();
    const whole = await contents(t0, t0 + 10 * hour);
    await harm();
    const { body } = await start();
    for (let n = 0; n < 6; n += 1) {
      // Corrections of the range itself, while it is made again.
      await gateway.append(gateway.event("d1", damaged.from + 10 * minute, { temperature: n }));
      await service.app.stop();
      service = await startService({ ...backends, dataDir: backends.folder });
    }
    expect(await ended(body.id)).toMatchObject({ state: "done" });
    await projected();
    const rows = await contents(t0, t0 + 10 * hour);
    const key = JSON.stringify([{ device: "d1" }, "temperature"]);
    const corrected = whole
      .get(key)!
      .map(([time, value]): SeriesRow => [time, time === damaged.from + 10 * minute ? 5 : value]);
    expect(rows).toEqual(new Map(whole).set(key, corrected));
    expect(await verified()).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
  });

  it("brings back nothing that was set aside or deleted with its device, and what was re-driven it keeps", async () => {
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder, ingest: { seriesPerDevice: 2 } });
    const at = damaged.from + minute;
    await gateway.append(
      gateway.event("d1", at, { a: 1, b: 2, c: 3 }),
      gateway.event("d1", at + second, { a: 1, b: 2, c: 4 }),
      gateway.event("d2", at, { a: 1, b: 2, c: 3 }),
      gateway.event("d2", at + second, { a: 7 }),
    );
    expect((await service.request("POST", "/api/v1/devices", { id: "gone" })).status).toBe(201);
    await gateway.append(gateway.event("gone", at, { a: 1 }));
    await projected();
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder });
    const asked = await service.request("POST", "/api/v1/quarantine/redrive", { device: "d1" });
    expect(asked.status).toBe(202);
    expect((await service.request("DELETE", "/api/v1/devices/gone?data=delete")).status).toBe(200);
    const before = await eventually(async () => {
      // The points are there a moment before the entries say so.
      const { body } = await service.request<{ items: { state: string }[] }>("GET", "/api/v1/quarantine?device=d1");
      expect(body.items.map(({ state }) => state)).toEqual(["redriven", "redriven"]);
      const rows = await contents(damaged.from, damaged.to);
      expect([...rows.keys()].filter((key) => key.includes("gone"))).toEqual([]);
      expect(rows.get(JSON.stringify([{ device: "d1" }, "c"]))).toHaveLength(2);
      return rows;
    });
    const account = (await verified()) as unknown as { totals: object };
    await backends.store.deleteRange("telemetry", { device: "d1" }, damaged.from, damaged.to);
    await backends.store.deleteRange("telemetry", { device: "d2" }, damaged.from, damaged.to);
    expect(await rebuilt()).toMatchObject({ state: "done", missing: 9 });
    expect(await contents(damaged.from, damaged.to)).toEqual(before);
    expect(await verified()).toEqual(account);
  });

  it("refuses a range of which the store has more than the log, unless it is forced", async () => {
    await fill();
    const tags = { device: "of-an-older-log" };
    const old = Array.from({ length: 300 }, (_, n) => ({
      ...{ measurement: "telemetry", tags, time: damaged.from + n * second, fields: { temperature: n } },
    }));
    await backends.store.write(old);
    const before = await contents(t0, t0 + 10 * hour);
    const refused = await rebuilt();
    expect(refused).toMatchObject({ state: "failed", added: 300, written: 0, deleted: 0 });
    expect(refused.reason).toMatch(/300 values.*force/);
    expect(await contents(t0, t0 + 10 * hour)).toEqual(before);
    expect(await rebuilt(damaged, { force: true })).toMatchObject({ state: "done", deleted: 300 });
  });

  it("leaves nothing behind of one that failed, also where it was killed before it could tidy up", async () => {
    await fill();
    await backends.store.write(
      Array.from({ length: 300 }, (_, n) => ({
        ...{ measurement: "telemetry", tags: { device: "old" }, time: damaged.from + n * second, fields: { t: n } },
      })),
    );
    const failed = await rebuilt();
    expect(failed.state).toBe("failed");
    await service.app.stop();
    const name = `${failed.id}/1`;
    const left = await backends.store.openShadow!();
    // A deletion that the stopped service had asked for may come to its end in the store only now.
    await eventually(async () => {
      await left.write([{ measurement: name, tags: { device: "d1" }, time: damaged.from, fields: { t: 1 } }]);
      expect(await backends.hasShadow(name)).toBe(true);
    });
    await left.close();
    service = await startService({ ...backends, dataDir: backends.folder });
    await eventually(async () => expect(await backends.hasShadow(name)).toBe(false));
    expect(await rebuilt(damaged, { force: true })).toMatchObject({ state: "done", deleted: 300 });
    await eventually(async () => expect(await backends.hasShadow(name)).toBe(false));
  });

  it("is one at a time, can be cancelled, and wants a range", async () => {
    await fill();
    const answers = await Promise.all([start(), start({ from: t0, to: t0 + hour }), start()]);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses[0]).toBe(202);
    expect(statuses.every((status) => status === 202 || status === 409)).toBe(true);
    // Who asks for what somebody else asks for at this moment gets the same answer.
    const ids = [answers[0], answers[2]].filter(({ status }) => status === 202).map(({ body }) => body.id);
    expect(ids).toHaveLength(answers[1].status === 202 ? 0 : 2);
    expect(new Set(ids).size).toBeLessThanOrEqual(1);
    await eventually(async () => {
      const { body } = await service.request<{ items: RebuildShown[] }>("GET", "/api/v1/rebuilds");
      expect(body.items.map(({ state }) => state).filter((state) => state !== "done")).toEqual([]);
    });
    const id = answers.find(({ status }) => status === 202)!.body.id;
    expect((await service.request("POST", `/api/v1/rebuilds/${id}/cancel`)).body).toMatchObject({ state: "done" });
    expect((await start({ from: t0, to: t0 })).status).toBe(400);
    expect((await service.request("GET", "/api/v1/rebuilds/nobody")).status).toBe(404);
  });
}
