import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SeriesRow, textField } from "@headwater/time-series";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";
import { writeRows } from "./series-suite.ts";

const minute = 60_000_000;
const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;
const range = "from=2026-05-01&to=2026-05-01T01:00:00Z";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let url: string;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  ({ url } = await service.http.listen());
  const devices = [
    { id: "b-1", type: "boiler", tags: { site: "north" }, attributes: { floor: 1 } },
    { id: "b-2", type: "boiler", tags: { site: "north" }, attributes: { floor: 2 } },
    { id: "b-3", type: "boiler", tags: { site: "south" }, attributes: { floor: 2 } },
    { id: "p-1", type: "pump" },
    { id: "silent", type: "boiler" },
  ];
  for (const device of devices) await service.request("POST", "/api/v1/devices", device);
  for (const [i, { id }] of devices.slice(0, 4).entries()) {
    const rows = Array.from({ length: 60 }, (_, m): SeriesRow => [t0 + m * minute, (i + 1) * 100 + m]);
    await writeRows(backends.store, { device: id }, rows, "temperature");
    await writeRows(backends.store, { device: id }, rows.slice(0, 2), "a,b");
  }
  await writeRows(backends.store, { device: "b-1" }, [[t0 + 5, "on"], [t0 + minute, "off"]], textField("state")); // oxfmt-ignore
  await writeRows(backends.store, { device: "heard" }, [[t0, 7]], "temperature");
});
afterAll(async () => {
  await service.app.stop();
  await service.http.close();
  await backends.close();
});

interface Part {
  readonly metric: string;
  readonly device?: string;
  readonly group?: Record<string, unknown>;
  readonly devices?: number;
  readonly points: [number, number | string | null][];
  readonly truncated?: boolean;
}

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await service.request("GET", `/api/v1/telemetry/${path}`, undefined, headers);
  expect(answer.status, answer.text).toBe(200);
  return answer;
}

async function seriesOf(query: string): Promise<readonly Part[]> {
  return (JSON.parse((await get(`series?${query}`)).text) as { series: Part[] }).series;
}

describe("the latest values of a fleet", () => {
  interface Latest {
    readonly items: { device: string; values: Record<string, { value: unknown; t: number }> }[];
    readonly next: string | null;
  }
  const latest = async (query: string): Promise<Latest> => JSON.parse((await get(`latest?${query}`)).text) as Latest;

  it("are those of a filter, of named devices, and of named metrics", async () => {
    const { items, next } = await latest("type=boiler");
    expect(items.map(({ device, values }) => [device, Object.keys(values)])).toEqual([
      ["b-1", ["a,b", "state", "temperature"]],
      ["b-2", ["a,b", "temperature"]],
      ["b-3", ["a,b", "temperature"]],
      ["silent", []],
    ]);
    expect(next).toBeNull();
    expect(items[0]!.values["state"]).toMatchObject({ value: "off", t: (t0 + minute) / 1000 });
    expect(items[0]!.values["temperature"]).toMatchObject({ value: 159 });
    const named = await latest("device=p-1&device=heard&device=nobody&metric=temperature");
    expect(named.items.map(({ device, values }) => [device, values["temperature"]?.value])).toEqual([
      ["p-1", 459],
      ["heard", 7],
      ["nobody", undefined],
    ]);
    expect((await latest("device=p-1&device=b-1&type=pump")).items.map(({ device }) => device)).toEqual(["p-1"]);
    expect((await latest("registered=any&q=hea")).items.map(({ device }) => device)).toEqual(["heard"]);
  });

  it("come in pages", async () => {
    for (const query of ["type=boiler", "device=b-3&device=b-1&device=p-1"]) {
      const whole = (await latest(query)).items.map(({ device }) => device);
      const paged: string[] = [];
      for (let cursor = ""; ;) {
        const { items, next } = await latest(`${query}&limit=1${cursor}`);
        paged.push(...items.map(({ device }) => device));
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
      expect(paged).toEqual(whole);
    }
  });

  it("are those of as many named devices as the API's document allows", async () => {
    const thousand = Array.from({ length: 999 }, (_, i) => `device=n-${i}`).join("&");
    const { items } = await latest(`${thousand}&device=b-1&limit=1000&metric=temperature`);
    expect([items.length, items.at(-1)]).toMatchObject([1000, { device: "b-1", values: { temperature: {} } }]);
  });

  it("go on behind a named device that is no longer among those of the filter", async () => {
    await service.request("POST", "/api/v1/devices", { id: "moves", type: "boiler", tags: { site: "east" } });
    const query = "device=b-3&device=moves&device=b-1&type=boiler&limit=2";
    const { items, next } = await latest(query);
    expect(items.map(({ device }) => device)).toEqual(["b-3", "moves"]);
    await service.request("PATCH", "/api/v1/devices/moves", { type: "pump" });
    const rest = await latest(`${query}&cursor=${next}`);
    expect(rest.items.map(({ device }) => device)).toEqual(["b-1"]);
    await service.request("DELETE", "/api/v1/devices/moves");
  });

  it("are answered with 304 as long as they are the same", async () => {
    const first = await get("latest?device=b-2");
    const tag = String(first.headers["etag"]);
    const again = await service.request("GET", "/api/v1/telemetry/latest?device=b-2", undefined, {
      "if-none-match": tag,
    });
    expect([again.status, again.text]).toEqual([304, ""]);
    await writeRows(backends.store, { device: "b-2" }, [[t0 + 59 * minute, 259]], "temperature");
    const other = await get("latest?device=b-3", { "if-none-match": tag });
    expect(other.headers["etag"]).not.toBe(tag);
  });
});

describe("each device's series", () => {
  interface Page {
    readonly series: readonly Part[];
    readonly next?: string;
  }
  const page = async (query: string): Promise<Page> => JSON.parse((await get(`series?${query}`)).text) as Page;

  it("come in pages of devices, within the bounds of the first", async () => {
    for (const devices of ["type=boiler", "device=b-3&device=silent&device=b-1&device=b-2"]) {
      const query = `${devices}&metric=temperature&metric=a,b&from=2026-05-01&window=30m&aggregate=max`;
      const whole = await page(query);
      expect(whole.next).toBeUndefined();
      const paged: Part[] = [];
      for (let cursor = "", pages = 0; ; pages += 1) {
        const { series, next } = await page(`${query}&deviceLimit=1${cursor}`);
        paged.push(...series);
        if (next === undefined) {
          expect(pages).toBe(3);
          break;
        }
        cursor = `&cursor=${next}`;
      }
      const byMetric = paged.toSorted((a, b) => (a.metric === b.metric ? 0 : a.metric > b.metric ? -1 : 1));
      expect(byMetric).toEqual(whole.series);
    }
    const { next } = await page("type=boiler&metric=temperature&from=2026-05-01&deviceLimit=1");
    for (const [query, code] of [
      [`type=pump&metric=temperature&from=2026-05-01&cursor=${next}`, "invalid-cursor"],
      [`type=boiler&metric=temperature&from=2026-05-02&cursor=${next}`, "invalid-cursor"],
      ["metric=temperature&cursor=abc", "invalid-cursor"],
      ["metric=temperature&deviceLimit=1&across=mean&aggregate=mean", "no-device-pages"],
    ] as const) {
      const refused = await service.request("GET", `/api/v1/telemetry/series?${query}`);
      expect([refused.status, refused.body], query).toEqual([400, expect.objectContaining({ code })]);
    }
  });

  it("are of any number of devices: pages in JSON, all of them in an export", async () => {
    // Of twenty metrics fifty devices are a thousand series.
    const nothing = Array.from({ length: 18 }, (_, i) => `metric=nothing-${i}`).join("&");
    const nobody = Array.from({ length: 60 }, (_, i) => `device=nobody-${i}`).join("&");
    const query = `${nobody}&device=b-1&metric=temperature&metric=a,b&${nothing}&${range}`;
    const first = await page(query);
    expect(first.series).toEqual([]);
    const second = await page(`${query}&cursor=${first.next}`);
    expect([second.series.map(({ metric }) => metric), second.next]).toEqual([["temperature", "a,b"], undefined]);
    const csv = await get(`series?${query}`, { accept: "text/csv" });
    expect(csv.text.trim().split("\r\n")).toHaveLength(1 + 60 + 2);
    const paged = await service.request("GET", `/api/v1/telemetry/series?${query}&deviceLimit=5`, undefined, {
      accept: "text/csv",
    });
    expect(paged.body).toMatchObject({ code: "no-device-pages" });
  });
});

describe("series of a fleet", () => {
  it("are each device's of each metric, cut one by one", async () => {
    const parts = await seriesOf(`type=boiler&metric=temperature&metric=state&${range}&limit=2`);
    expect(parts.map(({ metric, device, truncated }) => [metric, device, truncated])).toEqual([
      ["temperature", "b-1", true],
      ["temperature", "b-2", true],
      ["temperature", "b-3", true],
      ["state", "b-1", undefined],
    ]);
    expect(parts[1]!.points).toEqual([
      [t0 / 1000, 200],
      [(t0 + minute) / 1000, 201],
    ]);
    expect(parts[3]!.points.map(([, value]) => value)).toEqual(["on", "off"]);
    const windows = await seriesOf(`device=b-1&metric=temperature&${range}&window=30m&aggregate=mean`);
    expect(windows[0]!.points.map(([, value]) => value)).toEqual([114.5, 144.5]);
  });

  it("are put together across devices, by whatever they have", async () => {
    const ask = `metric=temperature&${range}&window=30m&aggregate=mean`;
    const [mean] = await seriesOf(`type=boiler&${ask}&across=mean`);
    expect(mean).toMatchObject({ devices: 3, points: [[t0 / 1000, 214.5], [(t0 + 30 * minute) / 1000, 244.5]] }); // oxfmt-ignore
    const of = async (across: string) => (await seriesOf(`type=boiler&${ask}&across=${across}`))[0]!.points[0]![1];
    expect([await of("min"), await of("max"), await of("sum"), await of("count")]).toEqual([114.5, 314.5, 643.5, 3]);
    expect([await of("median"), await of("p25")]).toEqual([214.5, 164.5]);
    expect(await of("stddev")).toBeCloseTo(Math.sqrt(20_000 / 3), 9);
    const groups = await seriesOf(`${ask}&across=mean&by=tag:site&by=type`);
    expect(groups.map(({ group, devices, points }) => [group, devices, points[0]![1]])).toEqual([
      [{ "tag:site": "north", type: "boiler" }, 2, 164.5],
      [{ "tag:site": "south", type: "boiler" }, 1, 314.5],
      [{ "tag:site": null, type: "pump" }, 1, 414.5],
    ]);
    const floors = await seriesOf(`type=boiler&${ask}&across=max&by=attribute:floor`);
    expect(floors.map(({ group, points }) => [group, points[0]![1]])).toEqual([
      [{ "attribute:floor": 1 }, 114.5],
      [{ "attribute:floor": 2 }, 314.5],
    ]);
    const whole = await seriesOf(`type=boiler&metric=temperature&${range}&aggregate=max&across=max`);
    expect(whole[0]!.points).toEqual([[t0 / 1000, 359]]);
  });

  it("say which devices they leave out, since these have texts alone", async () => {
    const ask = async (query: string) =>
      JSON.parse((await get(`series?metric=state&metric=temperature&${range}&${query}`)).text) as Record<
        string,
        unknown
      >;
    const mean = "window=30m&aggregate=mean";
    expect((await ask(`type=boiler&${mean}`))["ofText"]).toEqual([{ metric: "state", devices: 1 }]);
    expect((await ask(`type=boiler&${mean}&across=mean`))["ofText"]).toEqual([{ metric: "state", devices: 1 }]);
    expect(await ask(`device=b-2&${mean}&across=mean`)).not.toHaveProperty("ofText");
    // Texts have these, one device after the other.
    expect(await ask("type=boiler&window=30m&aggregate=count")).not.toHaveProperty("ofText");
    expect(await ask("type=boiler&window=30m&aggregate=count&across=sum")).toHaveProperty("ofText");
    expect(await ask(`type=boiler&${mean}&deviceLimit=1`)).toMatchObject({ ofText: [{ devices: 1 }], next: expect.any(String) }); // oxfmt-ignore
  });

  it("tell gaps, and choose windows for a chart", async () => {
    const wide = "from=2026-04-30T23:00:00Z&to=2026-05-01T01:00:00Z&window=1h&aggregate=count&fill=null";
    const [gap] = await seriesOf(`type=boiler&metric=temperature&${wide}&across=sum`);
    expect(gap!.points.map(([, value]) => value)).toEqual([null, 180]);
    const { text } = await get(`series?type=boiler&metric=temperature&${range}&width=10&across=mean`);
    expect(JSON.parse(text)).toMatchObject({ window: "10m", aggregate: "mean" });
  });

  it("without devices or points are none", async () => {
    expect(await seriesOf(`type=nothing&metric=temperature&${range}`)).toEqual([]);
    expect(await seriesOf(`metric=unknown&${range}&aggregate=mean&across=mean`)).toEqual([]);
    expect((await get(`series?type=nothing&metric=x&${range}`, { accept: "text/csv" })).text).toBe(
      "time,t,metric,device,value\r\n",
    );
  });

  it("are exported whole, with a column for each fact", async () => {
    const csv = (await get(`series?metric=a,b&type=pump&${range}`, { accept: "text/csv" })).text;
    expect(csv.split("\r\n")).toEqual([
      "time,t,metric,device,value",
      `2026-05-01T00:00:00.000000Z,${t0 / 1000},"a,b",p-1,400`,
      `2026-05-01T00:01:00.000000Z,${(t0 + minute) / 1000},"a,b",p-1,401`,
      "",
    ]);
    const grouped = `series?metric=temperature&${range}&window=1h&aggregate=max&across=max&by=tag:site`;
    const lines = (await get(grouped, { accept: "application/x-ndjson" })).text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { metric: "temperature", "tag:site": "north", value: 259 },
      { metric: "temperature", "tag:site": "south", value: 359 },
      { metric: "temperature", "tag:site": "", value: 459 },
    ]);
    const asked = `${url}/api/v1/telemetry/series?type=boiler&metric=temperature&metric=state&${range}`;
    const answer = await fetch(asked, { headers: { ...tokenHeader, accept: "application/vnd.apache.parquet" } });
    const rows = await parquetReadObjects({ file: await answer.arrayBuffer() });
    expect(rows).toHaveLength(182);
    expect(rows.at(-1)).toMatchObject({ metric: "state", device: "b-1", value: null, text: "off" });
    expect(rows[61]).toMatchObject({ metric: "temperature", device: "b-2", value: 201, text: null });
  });

  it.each([
    ["metric=x&across=mean", "across-without-aggregate"],
    ["metric=x&by=type", "group-without-across"],
    ["metric=x&aggregate=mean&across=last", "unknown-across"],
    ["metric=x&aggregate=mean&across=mean&by=site", "unknown-group"],
    ["metric=x&aggregate=mean&across=mean&by=tag:", "unknown-group"],
    ["metric=x&window=1h", "window-without-aggregate"],
    ["metric=x&aggregate=mode", "unknown-aggregate"],
    ["metric=x&tz=Mars", "invalid-time-zone"],
    ["metric=x&tag=site", "invalid-tag"],
    ["aggregate=mean", "invalid-request"],
    ["metric=x&limit=0", "invalid-request"],
  ])("%s is answered with %s", async (query, code) => {
    const url = `/api/v1/telemetry/series?${query}`;
    const { status, body } = await service.request<{ code: string; detail: string }>("GET", url);
    expect([status, body.code]).toEqual([400, code]);
    expect(body.detail.length).toBeGreaterThan(20);
  });
});
