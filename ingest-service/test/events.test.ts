import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeviceEvents } from "../src/events/device-events.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

const t0 = Date.parse("2026-11-01T00:00:00Z") * 1000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;
/** Other devices of the partition of `d`. */
let neighbours: readonly string[];

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  gateway = new TestGateway(backends.log);
  neighbours = Array.from({ length: 40 }, (_, i) => `neighbour-${i}`).filter(
    (each) => gateway.partitionOf(each) === gateway.partitionOf("d"),
  );
  await service.request("POST", "/api/v1/devices", { id: "d" });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

interface Event {
  readonly offset: number;
  readonly appendedAt: string;
  readonly readings?: readonly { metric: string; value: unknown; unit?: string }[];
  readonly incarnation?: number;
  readonly problem?: string;
  readonly bytes: number;
  readonly hex: string;
}
interface Page {
  readonly items: readonly Event[];
  readonly next: string | null;
}

async function page(query = "", device = "d"): Promise<Page> {
  const answer = await service.request("GET", `/api/v1/devices/${device}/events?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text) as Page;
}

describe("the events of a device", () => {
  it("are what the log has, with types, units and bytes, the newest first, page by page", async () => {
    for (let i = 0; i < 5; i += 1) {
      const reading = { metric: "pressure", number: i, unit: "bar" };
      await backends.log.append(topics.telemetry, [
        gateway.event("d", t0 + i, { on: i % 2 === 0, name: "<b>" }),
        ...neighbours.map((each) => gateway.event(each, t0 + i, { x: i })),
        gateway.event("d", t0 + i, {}, { readings: [reading] }),
        gateway.mark(gateway.partitionOf("d")),
      ]);
    }
    const all = await page();
    expect(all.next).toBeNull();
    expect(all.items).toHaveLength(10);
    expect(all.items[0]).toMatchObject({ readings: [{ metric: "pressure", value: 4, unit: "bar" }] });
    expect(all.items[1]).toMatchObject({
      readings: [
        { metric: "on", value: true },
        { metric: "name", value: "<b>" },
      ],
    });
    // Events of devices that name no unit, and those of before there were any, have no empty one either.
    expect(all.items[1]!.readings!.filter((reading) => "unit" in reading)).toEqual([]);
    expect(Buffer.from(all.items[1]!.hex, "hex").toString("latin1")).toContain("name");
    expect(all.items.map(({ offset }) => offset)).toEqual(
      all.items.map(({ offset }) => offset).toSorted((a, b) => b - a),
    );
    const found: Event[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null; pages += 1) {
      const next: Page = await page(`limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
      expect(next.items.length).toBeLessThanOrEqual(3);
      found.push(...next.items);
      cursor = next.next;
      expect(pages).toBeLessThan(6);
    }
    expect(found).toEqual(all.items);
  });

  it("are those of a range of append times", async () => {
    const { items } = await page();
    const from = items[6]!.appendedAt;
    const later = await page(`from=${from}`);
    expect(later.items).toEqual(items.filter(({ appendedAt }) => appendedAt >= from));
    const earlier = await page(`to=${from}`);
    expect(earlier.items).toEqual(items.filter(({ appendedAt }) => appendedAt < from));
    expect((await page("from=-900d&to=-800d")).items).toEqual([]);
    expect((await service.request("GET", "/api/v1/devices/d/events?from=now&to=-1h")).status).toBe(400);
    expect((await service.request("GET", "/api/v1/devices/nobody/events")).status).toBe(404);
  });

  it("are bounded by what a page looks at and by its bytes", async () => {
    const events = new DeviceEvents({ ...{ log: backends.log, partitions, mostLookedAt: 4 }, topic: topics.telemetry });
    const owner = { device: "d", incarnation: 0 } as const;
    const range = { from: undefined, to: undefined, limit: 100 };
    const found: number[] = [];
    let before: number | undefined;
    do {
      const looked = await events.page(owner, { ...range, before });
      found.push(...looked.events.map(({ offset }) => offset));
      before = looked.next;
    } while (before !== undefined);
    expect(found).toEqual((await page()).items.map(({ offset }) => offset));

    const text = "x".repeat(200_000);
    for (let i = 0; i < 6; i += 1) {
      await backends.log.append(topics.telemetry, [gateway.event("wordy", t0 + i, { text })]);
    }
    const first = await page("", "wordy");
    expect(first.items).toHaveLength(2);
    expect(first.items[0]!.hex).toHaveLength(32 * 1024);
    expect(first.items[0]!.bytes).toBeGreaterThan(200_000);
    expect((await page(`cursor=${first.next}`, "wordy")).items).toHaveLength(2);
  });

  it("are told although one of them cannot be read", async () => {
    const key = "broken";
    const partition = gateway.partitionOf(key);
    await backends.log.append(topics.telemetry, [
      gateway.event(key, t0, { x: 1 }),
      { key, partition, value: Buffer.from("ff00ff", "hex") },
    ]);
    const { items } = await page("", key);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ hex: "ff00ff", problem: expect.any(String) });
  });

  it("are not those of an earlier device of the id, and none of one whose data was deleted", async () => {
    await service.request("POST", "/api/v1/devices", { id: "again" });
    await backends.log.append(topics.telemetry, [gateway.event("again", t0, { x: 1 })]);
    expect((await page("", "again")).items).toHaveLength(1);
    await service.request("DELETE", "/api/v1/devices/again");
    await service.request("POST", "/api/v1/devices", { id: "again" });
    expect((await page("", "again")).items).toEqual([]);
    expect((await page("incarnations=all", "again")).items).toHaveLength(1);
    await service.request("DELETE", "/api/v1/devices/again?data=delete");
    await service.request("POST", "/api/v1/devices", { id: "again" });
    expect((await page("incarnations=all", "again")).items).toEqual([]);
  });
});
