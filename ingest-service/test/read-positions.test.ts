import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { openBackends, startService, type TestService, topics } from "./service.ts";

const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

async function written(device: string, values: Record<string, number | string>, at: number): Promise<string> {
  const gateway = new TestGateway(backends.log, { name: `g-${device}-${at}` });
  const [position] = await backends.log.append(topics.telemetry, [gateway.event(device, at, values)]);
  const { topic, partition, baseOffset } = position!;
  return `${topic}/${partition}/${baseOffset}`;
}

describe("a read after a write of telemetry", () => {
  it("has what was written, on every route", async () => {
    const device = "after-1";
    const paths = [
      `devices/${device}/latest?`,
      `devices/${device}/series?metric=x&from=2026-05-01&`,
      `devices/${device}/metrics?`,
      `devices/${device}/statistics?`,
      `telemetry/latest?device=${device}&`,
      `telemetry/series?device=${device}&metric=x&from=2026-05-01&`,
    ];
    for (const [i, path] of paths.entries()) {
      const after = await written(device, { x: i + 1000, [`only-${i}`]: i }, t0 + i);
      const { status, text } = await service.request("GET", `/api/v1/${path}after=${encodeURIComponent(after)}`);
      expect([path, status, text.includes(path.includes("metrics") ? `only-${i}` : `${i + 1000}`)]).toEqual([path, 200, true]); // oxfmt-ignore
    }
  });

  it("has it where devices are found by what they have sent", async () => {
    const at = (i: number) => new Date(t0 / 1000 + i * 1000).toISOString();
    const paths = ["devices?", "telemetry/latest?", "telemetry/series?metric=x&from=2026-05-01&"];
    for (const [i, path] of [...paths, ...paths].entries()) {
      const device = `sender-${i}`;
      const filter = `registered=any&lastSeenAfter=${at(i)}&q=sender`;
      const url = `/api/v1/${path}${filter}&limit=1000`;
      // So that there is an answer of a moment ago.
      expect((await service.request("GET", url)).text).not.toContain(device);
      const after = await written(device, { x: i }, t0 + i * 1_000_000);
      const { status, text } = await service.request("GET", `${url}&after=${encodeURIComponent(after)}`);
      expect([path, status, text.includes(device)]).toEqual([path, 200, true]);
    }
  });

  it("answers 400 for what was never written, and for what is no position", async () => {
    for (const [after, code] of [
      [`${topics.telemetry}/0/99999`, "unknown-position"],
      [`${topics.telemetry}/99/0`, "unknown-position"],
      ["nowhere.v1/0/0", "unknown-position"],
      ["x", "invalid-position"],
    ] as const) {
      const url = `/api/v1/telemetry/latest?after=${encodeURIComponent(after)}`;
      const { status, body } = await service.request<{ code: string }>("GET", url);
      expect([status, body.code]).toEqual([400, code]);
    }
  });
});

describe("statistics of a device", () => {
  it("say of each metric how many points there are, which, and of how many metrics", async () => {
    await written("stats", { x: 4, note: "a" }, t0);
    await written("stats", { x: -1 }, t0 + 1_000_000);
    const after = await written("stats", { x: 6, note: "b", y: 1 }, t0 + 2_000_000);
    const read = async (query: string) => {
      const url = `/api/v1/devices/stats/statistics?after=${encodeURIComponent(after)}&${query}`;
      const answer = await service.request("GET", url);
      expect(answer.status, answer.text).toBe(200);
      return JSON.parse(answer.text) as { series: number; items: Record<string, unknown>[]; next: string | null };
    };
    const { series, items, next } = await read("");
    expect([series, next]).toEqual([3, null]);
    expect(items.map(({ metric, kind, count }) => [metric, kind, count])).toEqual([
      ["note", "text", 2],
      ["x", "number", 3],
      ["y", "number", 1],
    ]);
    expect(items[0]).toMatchObject({ first: { value: "a" }, last: { value: "b", t: (t0 + 2_000_000) / 1000 } });
    expect(items[0]).not.toHaveProperty("mean");
    expect(items[1]).toMatchObject({ first: { value: 4 }, last: { value: 6 }, min: -1, max: 6, mean: 3 });
    const part = await read("metric=x&from=2026-05-01T00:00:01Z&to=2026-05-01T00:00:02Z");
    expect(part.items).toMatchObject([{ metric: "x", count: 1, min: -1, max: -1 }]);
    expect((await read("metric=x&to=1990-01-01")).items).toEqual([{ metric: "x", kind: "number", count: 0 }]);
    const names: unknown[] = [];
    for (let cursor = ""; ;) {
      const page = await read(`limit=1${cursor}`);
      names.push(...page.items.map(({ metric }) => metric));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(names).toEqual(["note", "x", "y"]);
    expect((await service.request("GET", "/api/v1/devices/nobody/statistics")).status).toBe(404);
    expect((await service.request("GET", "/api/v1/devices/stats/statistics?from=now&to=-1h")).status).toBe(400);
  });

  it("leave a mean out whose sum no number holds", async () => {
    await written("vast", { x: 1.7e308 }, t0);
    const after = await written("vast", { x: 1.7e308 }, t0 + 1_000_000);
    const url = `/api/v1/devices/vast/statistics?after=${encodeURIComponent(after)}`;
    const { items } = (await service.request<{ items: object[] }>("GET", url)).body;
    expect(items).toMatchObject([{ metric: "x", count: 2, min: 1.7e308, max: 1.7e308 }]);
    expect(items[0]).not.toHaveProperty("mean");
  });
});
