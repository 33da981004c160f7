import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, startService, type TestService } from "./service.ts";

const minute = 60_000_000;
const t0 = Math.floor(1_780_000_000_000_000 / (60 * minute)) * 60 * minute;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({
    ...backends,
    dataDir: backends.folder,
    ingest: { tags: ["site"], seriesPerDevice: 5000 },
  });
  const gateway = new TestGateway(backends.log);
  const events = Array.from({ length: 120 }, (_, index) =>
    gateway.event("d1", t0 + index * minute, { x: index }, { attributes: { site: index < 60 ? "north" : "south" } }),
  );
  await gateway.append(...events, gateway.event("d1", t0, { note: 'a "quoted", text' }));
  await eventually(async () => expect((await series("metric=note")).points).toHaveLength(1));
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

const iso = (micros: number) => new Date(micros / 1000).toISOString().replace("Z", "000Z");
const wide = `from=${iso(t0 - minute)}&to=${iso(t0 + 200 * minute)}`;
async function series(query: string) {
  const url = `/api/v1/devices/d1/series?${query}${query.includes("from=") ? "" : `&${wide}`}`;
  const answer = await service.request<{ metric: string; points: [number, number | string][] }>("GET", url);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

describe("any name of a metric", () => {
  const names = ["__proto__", "constructor", "a\nb", "\u2028", "a\u0000b", "x_text", "{}", "größe"];

  it("has its values in latest and series, and its name in the list", async () => {
    const gateway = new TestGateway(backends.log, { name: "names" });
    const values = Object.fromEntries(names.map((name, index) => [name, index]));
    await gateway.append(gateway.event("d-names", t0, values), gateway.event("d-names", t0 + 1, { "a\nb": "text" }));
    const latest = async (): Promise<[string, unknown][]> => {
      const { body } = await service.request<{ values: Record<string, { value: unknown }> }>(
        "GET",
        "/api/v1/devices/d-names/latest",
      );
      return Object.entries(body.values ?? {}).map(([name, { value }]) => [name, value]);
    };
    const expected = names.map((name, index) => [name, name === "a\nb" ? "text" : index]);
    await eventually(async () => expect((await latest()).toSorted()).toEqual(expected.toSorted()));
    for (const [index, name] of names.entries()) {
      const url = `/api/v1/devices/d-names/series?metric=${encodeURIComponent(name)}&${wide}&kind=number`;
      const { body } = await service.request<{ points: unknown[] }>("GET", url);
      expect(body.points).toEqual([[t0 / 1000, index]]);
    }
    const list = await service.request<{ items: { metric: string }[] }>("GET", "/api/v1/devices/d-names/metrics");
    expect([...new Set(list.body.items.map(({ metric }) => metric))].toSorted()).toEqual(names.toSorted());
    const aside = await service.request<{ items: unknown[] }>("GET", "/api/v1/quarantine?device=d-names");
    expect(aside.body.items).toEqual([]);
  });
});

describe("a device with thousands of metrics", () => {
  it("has its latest values in pages, whatever tags they carry", async () => {
    const gateway = new TestGateway(backends.log, { name: "many" });
    const names = Array.from({ length: 2300 }, (_, i) => `m${i}`);
    const values = (some: readonly string[]) => Object.fromEntries(some.map((name, i) => [name, i]));
    await gateway.append(
      gateway.event("d-many", t0, values(names.slice(0, 1500)), { attributes: { site: "north" } }),
      gateway.event("d-many", t0 + 1, values(names.slice(800)), { attributes: { site: "south" } }),
    );
    const pages = async (): Promise<string[][]> => {
      const found: string[][] = [];
      for (let cursor = ""; ;) {
        const url = `/api/v1/devices/d-many/latest${cursor}`;
        const { body } = await service.request<{ values: Record<string, unknown>; next?: string }>("GET", url);
        found.push(Object.keys(body.values));
        if (body.next === undefined) return found;
        cursor = `?cursor=${body.next}`;
      }
    };
    const found = await eventually(pages, (each) => each.flat().length === names.length);
    expect(found.flat()).toEqual(names.toSorted());
    expect(found.every((page) => page.length <= 1000)).toBe(true);
    const wrong = await service.request("GET", "/api/v1/devices/d-many/latest?cursor=!");
    expect(wrong.status).toBe(400);
  });
});

describe("a value that a later one of the same message and time replaces", () => {
  const twice = [
    { metric: "a", number: 1 },
    { metric: "a", number: 2 },
  ];
  it.each([
    ["numbers alone", twice, 1],
    ["with text beside it", [...twice, { metric: "b", text: "x" }, { metric: "b", text: "y" }], 2],
    [
      "of another time",
      [
        { metric: "a", number: 1 },
        { metric: "a", number: 2, timeDelta: 1 },
      ],
      0,
    ],
    [
      "number and text, which are two series",
      [
        { metric: "a", number: 1 },
        { metric: "a", text: "x" },
      ],
      0,
    ],
    [
      "called like what every object has",
      [
        { metric: "constructor", number: 1 },
        { metric: "toString", number: 2 },
      ],
      0,
    ],
  ])("is counted by the ledger: %s", async (name, readings, overwritten) => {
    const ledger = async (): Promise<{ overwritten: number; stored: number }> => {
      const { body } = await service.request<{ totals: { overwritten: number; stored: number } }>(
        "GET",
        "/api/v1/ledger",
      );
      return body.totals;
    };
    const before = await ledger();
    const gateway = new TestGateway(backends.log, { name: `twice ${name}` });
    await gateway.append(gateway.event(`d ${name}`, t0, {}, { readings }));
    await eventually(async () => expect((await ledger()).stored).toBe(before.stored + 1));
    expect((await ledger()).overwritten - before.overwritten).toBe(overwritten);
  });
});

describe("a series", () => {
  it("is whole, though its tags have changed on the way", async () => {
    const { metric, points } = await series("metric=x");
    expect(metric).toBe("x");
    expect(points).toEqual(Array.from({ length: 120 }, (_, index) => [(t0 + index * minute) / 1000, index]));
  });

  it("begins at from and ends before to, within its limit", async () => {
    const { points } = await series(`metric=x&from=${iso(t0 + 5 * minute)}&to=${iso(t0 + 8 * minute)}`);
    expect(points.map(([, value]) => value)).toEqual([5, 6, 7]);
    expect((await series("metric=x&limit=2")).points.map(([, value]) => value)).toEqual([0, 1]);
  });

  it.each([
    ["mean", [29.5, 89.5]],
    ["sum", [1770, 5370]],
    ["count", [60, 60]],
    ["min", [0, 60]],
    ["max", [59, 119]],
    ["first", [0, 60]],
    ["last", [59, 119]],
  ])("has windows of %s", async (aggregate, values) => {
    const { points } = await series(`metric=x&window=1h&aggregate=${aggregate}`);
    expect(points).toEqual(values.map((value, index) => [(t0 + index * 60 * minute) / 1000, value]));
  });

  it("of windows that reach over a change of tags is one", async () => {
    const { points } = await series("metric=x&window=40m&aggregate=mean");
    expect(points.map(([, value]) => value)).toEqual([19.5, 59.5, 99.5]);
  });

  it("is exported as CSV", async () => {
    const url = `/api/v1/devices/d1/series?metric=note&${wide}`;
    const { text, headers } = await service.request("GET", url, undefined, { accept: "text/csv" });
    expect(headers["content-type"]).toMatch("text/csv");
    expect(text).toBe(`time,t,value\r\n${iso(t0)},${t0 / 1000},"a ""quoted"", text"\r\n`);
  });

  it("that does not exist is empty for a known device, and unknown for another", async () => {
    expect((await service.request("GET", `/api/v1/devices/d1/series?metric=y&${wide}`)).status).toBe(404);
    await service.request("POST", "/api/v1/devices", { id: "d1" });
    expect((await series("metric=y")).points).toEqual([]);
  });

  it("whose sum no number holds has nothing there, in every format", async () => {
    const gateway = new TestGateway(backends.log);
    await gateway.append(...[0, 1].map((n) => gateway.event("d-huge", t0 + n, { huge: 1.5e308 })));
    await eventually(async () => {
      const { body } = await service.request<{ points: unknown[] }>(
        "GET",
        `/api/v1/devices/d-huge/series?metric=huge&${wide}`,
      );
      expect(body.points).toHaveLength(2);
    });
    const url = `/api/v1/devices/d-huge/series?metric=huge&aggregate=sum&window=1d&${wide}`;
    const fleet = `/api/v1/telemetry/series?device=d-huge&metric=huge&aggregate=sum&across=sum&window=1d&${wide}`;
    const as = async (path: string, accept: string) => (await service.request("GET", path, undefined, { accept })).text;
    for (const path of [url, fleet]) {
      expect(await as(path, "application/json")).toMatch(/\[\[\d+,null\]\]/);
      expect(await as(path, "application/x-ndjson")).toMatch(/"value":null\}\n$/);
      expect(await as(path, "text/csv")).toMatch(/,\r\n$/);
    }
    const { status, body } = await service.request<{ items: unknown[] }>("GET", "/api/v1/devices/d-huge/statistics");
    expect([status, body.items]).toMatchObject([200, [{ metric: "huge", count: 2, max: 1.5e308 }]]);
    expect(body.items[0], "a mean that no number holds is left out").not.toHaveProperty("mean");
  });

  it.each(["", "&kind=text"])("of texts has no mean, and the answer says so (%s)", async (kind) => {
    const url = `/api/v1/devices/d1/series?metric=note&aggregate=mean&window=1h&${wide}${kind}`;
    const { status, body } = await service.request<{ code: string; detail: string }>("GET", url);
    expect([status, body.code]).toEqual([400, "aggregate-of-text"]);
    expect(body.detail).toMatch(/Text has no mean; of text there are count, first, last/);
  });

  it.each([
    "",
    "metric=x&from=yesterday",
    "metric=x&window=5m",
    "metric=x&window=5x&aggregate=mean",
    "metric=x&aggregate=mode&window=5m",
    "metric=x&limit=0",
    "metric=x&limit=1000001",
    "metric=x&form=-1h",
  ])("is refused as ?%s", async (query) => {
    expect((await service.request("GET", `/api/v1/devices/d1/series?${query}`)).status).toBe(400);
  });
});

describe("a device", () => {
  it("has a newest value of each metric, and a list of them", async () => {
    const latest = await service.request<{ values: Record<string, { value: unknown; t: number; time: string }> }>(
      "GET",
      "/api/v1/devices/d1/latest",
    );
    const time = t0 + 119 * minute;
    expect(latest.body.values["x"]).toEqual({ value: 119, t: time / 1000, time: iso(time) });
    const { body } = await service.request<{ items: unknown }>("GET", "/api/v1/devices/d1/metrics");
    expect(body.items).toEqual([
      { metric: "note", kind: "text" },
      { metric: "x", kind: "number" },
    ]);
  });
});

it("the API describes itself", async () => {
  const { body } = await service.request<{ paths: Record<string, object> }>("GET", "/api/v1/openapi.json");
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      "/api/v1/devices",
      "/api/v1/devices/{id}",
      "/api/v1/devices/{id}/series",
      "/api/v1/devices/{id}/commands/{commandId}",
      "/api/v1/ledger",
      "/api/v1/quarantine",
    ]),
  );
});
