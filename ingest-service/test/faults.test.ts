import { join } from "node:path";
import { StoreRejectedCredentialsError } from "@headwater/time-series";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { FlakyStore } from "./flaky-store.ts";
import { TestGateway } from "./gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const second = 1_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let store: FlakyStore;
let gateway: TestGateway;
let services: TestService[];

beforeEach(async () => {
  backends = await openBackends();
  store = new FlakyStore(backends.store);
  gateway = new TestGateway(backends.log);
  services = [];
});
afterEach(async () => {
  store.mood = "well";
  for (const service of services) await service.app.stop();
  await backends.close();
});

async function service(name: string, ingest: Record<string, unknown> = {}): Promise<TestService> {
  const started = await startService({ log: backends.log, store, dataDir: join(backends.folder, name), ingest });
  services.push(started);
  return started;
}

/** Appends events of several devices, `from` up to `to` each, with marks between. */
async function send(from: number, to: number): Promise<void> {
  for (let index = from; index < to;) {
    // Ten rounds an append: each append is synced to disk.
    const records = [];
    for (const end = Math.min(to, index + 10); index < end; index += 1) {
      for (let device = 0; device < 8; device += 1) {
        records.push(gateway.event(`d${device}`, t0 + index * second, { x: index }));
      }
      for (let partition = 0; partition < partitions; partition += 1) records.push(gateway.mark(partition));
    }
    await gateway.append(...records);
  }
}

async function count(device: string): Promise<number> {
  const query = { measurement: "telemetry", tags: { device }, field: "x", from: t0, to: t0 + 10_000 * second };
  let rows = 0;
  for await (const pointBatch of backends.store.query(query)) rows += pointBatch.length;
  return rows;
}

async function ledger(of: TestService, query = ""): Promise<LedgerAnswer> {
  return (await of.request<LedgerAnswer>("GET", `/api/v1/ledger${query}`)).body;
}

describe("the store is away", () => {
  it("everything waits, within bounds, and is caught up on", async () => {
    const it1 = await service("one", { batchPoints: 20, queuedPoints: 40, writers: 1 });
    store.mood = "away";
    await send(0, 50);
    await eventually(() => expect(it1.app.notReady().join()).toMatch(/store is away/));
    const waiting = await ledger(it1);
    expect(waiting.totals.lag).toBeGreaterThan(300);
    store.mood = "well";
    await eventually(async () => expect(await count("d7")).toBe(50));
    const after = await ledger(it1, "?verify=true");
    expect(after, JSON.stringify(after)).toMatchObject({ balanced: true, totals: { stored: 400, lag: 0 } });
    expect(it1.app.notReady()).toEqual([]);
  });

  it("nothing is committed before the store has it", async () => {
    const it1 = await service("one");
    store.mood = "away";
    await send(0, 3);
    await eventually(() => expect(store.writes.length).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await backends.log.committed("ingest", [topics.telemetry])).toEqual([]);
    expect((await ledger(it1)).totals.stored).toBe(0);
  });

  it("a write of unknown outcome is repeated as it was before anything newer", async () => {
    const it1 = await service("one", { writers: 1 });
    await send(0, 1);
    await eventually(async () => expect(await count("d0")).toBe(1));
    store.writes.length = 0;
    store.mood = "forgetful";
    await send(1, 4);
    await eventually(async () => expect(await count("d0")).toBe(4));
    await eventually(() => expect(store.writes.length).toBeGreaterThan(1));
    expect(store.writes[1]).toEqual(store.writes[0]);
    expect(await ledger(it1, "?verify=true")).toMatchObject({ balanced: true, totals: { stored: 32, duplicate: 0 } });
  });

  it("a store that knows the service no more ends it", async () => {
    const it1 = await service("one");
    store.write = () => Promise.reject(new StoreRejectedCredentialsError("The token was revoked"));
    await send(0, 1);
    await expect(it1.app.died).rejects.toThrow(/revoked/);
  });
});

describe("two instances", () => {
  it("share the partitions and give the same ledger, also when one takes over from the other", async () => {
    const one = await service("one");
    const two = await service("two");
    await send(0, 20);
    const stored = async (instance: TestService) => {
      const answer = await ledger(instance, "?verify=true");
      expect(answer, JSON.stringify(answer)).toMatchObject({ balanced: true, totals: { lag: 0, duplicate: 0 } });
      return answer;
    };
    expect((await stored(one)).totals.stored).toBe(160);
    expect(await stored(two)).toEqual(await stored(one));
    await one.app.stop();
    await send(20, 40);
    expect((await stored(two)).totals.stored).toBe(320);
    const three = await service("three");
    await send(40, 50);
    expect(await stored(three)).toEqual(await stored(two));
    expect((await stored(three)).totals.stored).toBe(400);
    expect(await count("d3")).toBe(50);
  });

  it("an instance that lost its account counts it again from the log, quarantine included", async () => {
    const one = await service("one");
    await send(0, 5);
    const partition = gateway.partitionOf("d0");
    await backends.log.append(topics.telemetry, [{ key: "d0", partition, value: Buffer.from("rubbish") }]);
    await gateway.append(gateway.event("d0", t0 + 9 * second, { x: 1, bad: "x".repeat(70_000) }));
    await gateway.markAll();
    const before = await ledger(one);
    expect(before.totals).toMatchObject({ stored: 40, quarantined: 1, partlyStored: 1, logged: 42 });
    await one.app.stop();
    const two = await service("two");
    expect(await ledger(two)).toEqual(before);
  });

  it("a restart goes on from the account on disk", async () => {
    const one = await service("one");
    await send(0, 5);
    expect((await ledger(one)).totals.stored).toBe(40);
    await one.app.stop();
    await send(5, 10);
    const again = await service("one");
    expect(await ledger(again, "?verify=true")).toMatchObject({ balanced: true, totals: { stored: 80, duplicate: 0 } });
  });

  it("an account that is bounded begins later and says so", async () => {
    await send(0, 400);
    const one = await service("one");
    await eventually(async () => expect((await ledger(one)).totals.stored).toBe(3200));
    await one.app.stop();
    const two = await service("two", { recountRecords: 1000 });
    const answer = await ledger(two);
    expect(answer.balanced, JSON.stringify(answer.totals)).toBe(true);
    expect(answer.partitions.some(({ from }) => from > 0)).toBe(true);
    expect(answer.totals.stored).toBeLessThan(3200);
  });
});
