import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SeriesRow, StoreUnavailableError, textField, type TimeSeriesStore } from "@headwater/time-series";
import { eventually } from "@headwater/testkit/eventually";
import { answered, exported, seriesSuite, seriesUrl, writeRows } from "./series-suite.ts";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";

const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;
const csv = "text/csv";
const ndjson = "application/x-ndjson";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let url: string;
let devices = 0;
/** Batches of rows that the store has given, and after how many of them it fails. */
let given = 0;
let failAfter = Infinity;
/** Queries of the store that are neither finished nor left. */
let open = 0;

const device = (): string => `s-${++devices}`;
const subject = () => ({ url, store: backends.store, device });

beforeAll(async () => {
  backends = await openBackends();
  const store: TimeSeriesStore = Object.assign(Object.create(backends.store) as TimeSeriesStore, {
    async *query(query: Parameters<TimeSeriesStore["query"]>[0]) {
      open += 1;
      try {
        for await (const rows of backends.store.query(query)) {
          given += 1;
          if (given > failAfter) throw new StoreUnavailableError("the store went away in the middle");
          yield rows;
        }
      } finally {
        open -= 1;
      }
    },
    classes: (query: Parameters<TimeSeriesStore["classes"]>[0]) => backends.store.classes(query),
    usage: undefined,
    listSeries: (...asked: Parameters<TimeSeriesStore["listSeries"]>) => backends.store.listSeries(...asked),
    latestOf: (...asked: Parameters<TimeSeriesStore["latestOf"]>) => backends.store.latestOf(...asked),
    newestTimes: (measurement: string) => backends.store.newestTimes(measurement),
    latestPage: (...asked: Parameters<TimeSeriesStore["latestPage"]>) => backends.store.latestPage(...asked),
    write: (...asked: Parameters<TimeSeriesStore["write"]>) => backends.store.write(...asked),
    health: () => backends.store.health(),
    async close() {},
  });
  service = await startService({ ...backends, store, dataDir: backends.folder, ingest: { tags: ["site"] } });
  ({ url } = await service.http.listen());
});
afterAll(async () => {
  await service.app.stop();
  await service.http.close();
  await backends.close();
});

/** Read by another library, times as they are written. */
async function parquetOf(id: string, query: Readonly<Record<string, string | number>>) {
  const answer = await fetch(seriesUrl({ url }, id, query), {
    headers: { ...tokenHeader, accept: "application/vnd.apache.parquet" },
  });
  expect(answer.headers.get("content-type")).toBe("application/vnd.apache.parquet");
  const file = await answer.arrayBuffer();
  const parsers = { ...DEFAULT_PARSERS, timestampFromMicroseconds: (micros: bigint) => micros };
  const rows = (await parquetReadObjects({ file, parsers })) as { time: bigint; value: unknown }[];
  return { rows, groups: parquetMetadata(file).row_groups.length };
}

describe("a series in the embedded store", () => seriesSuite(subject));

describe("an export", () => {
  it("of a million points is whole, and waits for its reader", async () => {
    const id = device();
    const count = 1_000_000;
    const rows = Array.from({ length: count }, (_, i): SeriesRow => [t0 + i * 1_000_000, i]);
    await writeRows(backends.store, { device: id }, rows);
    given = 0;
    const headers = { ...tokenHeader, accept: csv, "accept-encoding": "identity" };
    const answer = await fetch(seriesUrl({ url }, id, {}), { headers });
    const reader = answer.body!.getReader();
    let waiting = 0;
    await eventually(async () => {
      const before = given;
      await new Promise((resolve) => setTimeout(resolve, 100));
      waiting = given;
      expect(given).toBe(before);
    });
    // Each batch is some 1,000 rows; what is under way lies in buffers of sockets.
    expect(waiting).toBeLessThan(480);
    let lines = 0;
    let tail = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const text = Buffer.from(part.value).toString("latin1");
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
      tail = (tail + text).slice(-100);
    }
    expect(lines).toBe(count + 1);
    expect(tail).toMatch(/,999999\r\n$/);
    const { points, truncated } = await answered(subject(), id, { limit: count, from: "2026-05-01" });
    expect([points.length, truncated]).toEqual([count, undefined]);
  });

  it.each([
    ["application/json", "identity"],
    [csv, "identity"],
    [ndjson, "identity"],
    [csv, "gzip"],
    ["application/json", "gzip"],
  ])("that fails in the middle is cut off, as %s in %s", async (accept, encoding) => {
    const id = device();
    await writeRows(
      backends.store,
      { device: id },
      Array.from({ length: 40_000 }, (_, i): SeriesRow => [t0 + i, i]),
    );
    given = 0;
    failAfter = 3;
    try {
      const headers = { ...tokenHeader, accept, "accept-encoding": encoding };
      const answer = await fetch(seriesUrl({ url }, id, { limit: 100_000 }), { headers });
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
      // What fails before the first row is a problem.
      failAfter = 0;
      given = 0;
      const early = await fetch(seriesUrl({ url }, id, {}), { headers });
      expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
    } finally {
      failAfter = Infinity;
    }
  });

  it("leaves no query of the store open behind it: cut by its limit, by its client, or by a HEAD", async () => {
    const id = device();
    await writeRows(
      backends.store,
      { device: id },
      Array.from({ length: 100_000 }, (_, i): SeriesRow => [t0 + i, i]),
    );
    const headers = { ...tokenHeader, "accept-encoding": "identity" };
    for (const limit of [1, 100, 20_000]) {
      for (const order of ["asc", "desc"]) await answered(subject(), id, { limit, order });
    }
    await eventually(() => expect(open).toBe(0));
    given = 0;
    const { status } = await fetch(seriesUrl({ url }, id, {}), { method: "HEAD", headers });
    await eventually(() => expect(open).toBe(0));
    expect([status, given]).toEqual([200, 1]);
    for (let i = 0; i < 10; i++) {
      const leaving = new AbortController();
      const answer = fetch(seriesUrl({ url }, id, {}), {
        headers: { ...headers, accept: csv },
        signal: leaving.signal,
      });
      if (i % 2 === 0) await (await answer).body!.getReader().read();
      else await new Promise((resolve) => setTimeout(resolve, i));
      leaving.abort();
      await answer.catch(() => undefined);
    }
    await eventually(() => expect(open).toBe(0));
  });

  it("as CSV holds no formula for a spreadsheet, and every number as it is", async () => {
    const id = device();
    const texts = [
      "=1+1",
      '=HYPERLINK("http://x","y")',
      "+1",
      "-1+2",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      "a=1",
      "",
      "'x",
      "a,b",
    ];
    await writeRows(
      backends.store,
      { device: id },
      texts.map((text, i): SeriesRow => [t0 + i, text]),
      textField("=t"),
    );
    await writeRows(backends.store, { device: id }, [[t0, -5.25], [t0 + 1, 1e300], [t0 + 2, -1e-7], [t0 + 3, 0]]); // oxfmt-ignore
    const cells = (await exported(subject(), id, csv, { metric: "=t" })).split(/,[\d.]+,/).slice(1);
    expect(cells.map((cell) => cell.replace(/\r\n(2026[^,]*)?$/, ""))).toEqual([
      "'=1+1",
      `"'=HYPERLINK(""http://x"",""y"")"`,
      "'+1",
      "'-1+2",
      "'@SUM(A1)",
      "'\t=1",
      `"'\r=1"`,
      "a=1",
      `""`,
      "'x",
      `"a,b"`,
    ]);
    const numbers = await exported(subject(), id, csv, {});
    expect(numbers.split("\r\n").map((line) => line.split(",")[2])).toEqual(["value", "-5.25", "1e+300", "-1e-7", "0", undefined]); // oxfmt-ignore
    const lines = (await exported(subject(), id, ndjson, { metric: "=t" })).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { value: string }).value)).toEqual(texts);
  });

  it("as Parquet is a file that its readers take, in row groups, to the microsecond", async () => {
    const id = device();
    const rows = Array.from({ length: 20_000 }, (_, i): SeriesRow => [t0 + i * 1_000_001, i / 4]);
    await writeRows(backends.store, { device: id }, rows);
    await writeRows(backends.store, { device: id }, [[t0 + 7, "=a\u{1f600}"]], textField("state")); // oxfmt-ignore
    const numbers = await parquetOf(id, {});
    expect(numbers.groups).toBe(3);
    expect(numbers.rows).toHaveLength(20_000);
    expect(numbers.rows[12_345]).toEqual({ time: BigInt(t0 + 12_345 * 1_000_001), value: 12_345 / 4 });
    expect((await parquetOf(id, { metric: "state" })).rows).toEqual([{ time: BigInt(t0 + 7), value: "=a\u{1f600}" }]);
    const filled = { from: "2026-05-01", to: "2026-05-03", window: "1d", aggregate: "count", fill: "null" };
    const days = await parquetOf(id, { ...filled, metric: "state", kind: "text" });
    expect(days.rows.map(({ value }) => value)).toEqual([1, null]);
    expect((await parquetOf(id, { to: "1971-01-01" })).rows).toEqual([]);
  });

  it("without points is a header, or nothing", async () => {
    const id = device();
    await service.request("POST", "/api/v1/devices", { id });
    expect(await exported(subject(), id, csv, {})).toBe("time,t,value\r\n");
    expect(await exported(subject(), id, ndjson, {})).toBe("");
    expect(await answered(subject(), id, {})).toEqual({ metric: "x", points: [] });
  });
});

describe("a query that cannot be meant", () => {
  const window = "window=1d&aggregate=mean";
  it.each([
    ["window=5m", "window-without-aggregate"],
    ["window=5x&aggregate=mean", "invalid-duration"],
    ["window=5&aggregate=mean", "invalid-duration"],
    ["window=1M&aggregate=mean", "invalid-duration"],
    ["window=-1d&aggregate=mean", "invalid-duration"],
    ["window=0s&aggregate=mean", "invalid-window"],
    ["window=0mo&aggregate=mean", "invalid-window"],
    ["window=101y&aggregate=mean", "invalid-window"],
    [`${window}&offset=1d`, "invalid-window"],
    [`${window}&offset=soon`, "invalid-duration"],
    ["offset=6h", "offset-without-window"],
    ["offset=6h&width=100", "offset-without-window"],
    [`${window}&width=100`, "window-and-width"],
    [`${window}&tz=Europe/Atlantis`, "invalid-time-zone"],
    ["tz=", "invalid-time-zone"],
    ["width=0", "invalid-request"],
    ["width=1.5", "invalid-request"],
    ["width=many", "invalid-request"],
    ["limit=0", "invalid-request"],
    ["limit=1000001", "invalid-request"],
    ["limit=1e3", "invalid-request"],
    ["order=newest", "invalid-request"],
    ["order=asc&order=desc", "invalid-request"],
    ["kind=text&aggregate=mean", "aggregate-of-text"],
    ["kind=text&aggregate=p95", "aggregate-of-text"],
    ["aggregate=mode", "unknown-aggregate"],
    ["aggregate=p0", "unknown-aggregate"],
    ["aggregate=p100", "unknown-aggregate"],
    ["fill=null", "fill-without-window"],
    ["fill=null&aggregate=mean", "fill-without-window"],
    [`fill=zero&${window}`, "invalid-fill"],
    [`fill=&${window}`, "invalid-fill"],
    [`fill=1e999&${window}`, "invalid-fill"],
    ["from=1970-01-01&fill=null&window=1us&aggregate=count", "too-many-windows"],
    ["aggregate=mean&unit=1h", "unit-without-rate"],
    ["unit=1h", "unit-without-rate"],
    ["aggregate=rate&unit=0s", "invalid-unit"],
    ["aggregate=rate&unit=hour", "invalid-duration"],
    ["kind=text&width=10&aggregate=mean", "aggregate-of-text"],
    ["from=2026-05-02&to=2026-05-01", "invalid-range"],
    ["from=2026-05-01T12:00", "invalid-time"],
    ["from=2026-13-01&tz=Europe/Berlin", "invalid-time"],
    ["cursor=!", "invalid-cursor"],
    [`cursor=${Buffer.from('["a","number",1,2,3,"4"]').toString("base64url")}`, "invalid-cursor"],
  ])("%s is answered with %s, and told what to do", async (query, code) => {
    const answer = await service.request<{ code: string; detail: string }>(
      "GET",
      `/api/v1/devices/anyone/series?metric=x&${query}`,
    );
    expect([answer.status, answer.body.code], answer.text).toEqual([400, code]);
    expect(answer.body.detail.length).toBeGreaterThan(20);
  });

  it("is one whose cursor is of another query", async () => {
    const id = device();
    await writeRows(backends.store, { device: id }, [[t0, 1], [t0 + 1, 2]]); // oxfmt-ignore
    const { next } = await answered(subject(), id, { limit: 1 });
    const path = `/api/v1/devices/${id}/series?cursor=${next}`;
    for (const changed of ["metric=y", "metric=x&order=desc", "metric=x&width=100", "metric=x&kind=text"]) {
      const answer = await service.request<{ code: string }>("GET", `${path}&${changed}`);
      expect([answer.status, answer.body.code]).toEqual([400, "invalid-cursor"]);
    }
    // The size of a page, its form and relative bounds may be others.
    const rest = await service.request("GET", `${path}&metric=x&from=-5m&order=asc&limit=7`, undefined, {
      accept: csv,
    });
    expect(rest.text.split("\r\n")).toHaveLength(3);
  });
});
