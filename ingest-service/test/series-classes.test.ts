import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicSpecs } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { afterAll, beforeAll, expect, it } from "vitest";
import { partitions, startService, type TestService, tokenHeader } from "./service.ts";
import { writeRows } from "./series-suite.ts";

const hour = 3_600_000_000;
const day = 24 * hour;
const now = Date.now() * 1_000;
const begin = now - (now % day) - 5 * day;

let folder: string;
let service: TestService;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ingest-classes-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const dataDir = join(folder, "store");
  const young = await openEmbeddedStore({ dataDir });
  const rows = Array.from({ length: 5 * 24 * 4 }, (_, i) => [begin + (i * hour) / 4, i] as const);
  await writeRows(young, { device: "boiler" }, rows, "temperature");
  await young.close();
  const store = await openEmbeddedStore({
    dataDir,
    retention: { raw: (3 * day) / 1_000, minute: 0, hour: Infinity },
  });
  await eventually(
    () => store.isSettled(),
    (settled) => settled,
  );
  service = await startService({ log, store, dataDir: folder });
  ({ url } = await service.http.listen());
  close = async () => {
    await service.app.stop();
    await service.http.close();
    await store.close();
    await log.close();
  };
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

const ask = (query: string, accept = "application/json"): Promise<Response> =>
  fetch(
    `${url}/api/v1/devices/boiler/series?metric=temperature&from=${new Date(begin / 1_000).toISOString()}&${query}`,
    {
      headers: { ...tokenHeader, accept },
    },
  );

interface Answer {
  readonly points: [number, number][];
  readonly classes?: { class: string; from: string; to: string }[];
}

it("says from which class an answer comes, and where points begin", async () => {
  const answer = (await (await ask("window=1h&aggregate=mean")).json()) as Answer;
  expect(answer.points.slice(0, 2)).toEqual([[begin / 1_000, 1.5], [(begin + hour) / 1_000, 5.5]]); // oxfmt-ignore
  expect(answer.points).toHaveLength(5 * 24);
  const [hours, raw] = answer.classes!;
  expect(answer.classes!.map((span) => span.class)).toEqual(["hour", "raw"]);
  expect(hours!.from).toBe(new Date(begin / 1_000).toISOString().replace("Z", "000Z"));
  expect(raw!.from).toBe(hours!.to);
  expect(Date.parse(raw!.from)).toBeGreaterThan((begin + day) / 1_000);
  for (const query of ["", "window=1h&aggregate=median"]) {
    const { points, classes } = (await (await ask(query)).json()) as Answer;
    expect(classes!.map((span) => span.class)).toEqual(["raw"]);
    // At midnight a day of points goes: an answer says where its own begin.
    expect(points[0]![0]).toBe(Date.parse(classes![0]!.from));
  }
});

it("says so in a header of an export", async () => {
  const answer = await ask("window=1h&aggregate=mean", "text/csv");
  expect(answer.headers.get("headwater-classes")).toMatch(
    /^hour;from="[^"]+";to="[^"]+", raw;from="[^"]+";to="[^"]+"$/,
  );
  expect((await answer.text()).trim().split("\r\n")).toHaveLength(1 + 5 * 24);
});

it("says nothing where points answer all of it", async () => {
  const recent = await fetch(`${url}/api/v1/devices/boiler/series?metric=temperature&from=-2d`, {
    headers: tokenHeader,
  });
  expect((await recent.json()) as Answer).not.toHaveProperty("classes");
});

it("says the same of several devices or metrics, and across them", async () => {
  const from = `from=${new Date(begin / 1_000).toISOString()}`;
  const fleet = (query: string, accept = "application/json") =>
    fetch(`${url}/api/v1/telemetry/series?device=boiler&metric=temperature&${query}`, {
      headers: { ...tokenHeader, accept },
    });
  for (const query of ["window=1h&aggregate=mean", "window=1h&aggregate=mean&across=mean"]) {
    const { classes } = (await (await fleet(`${from}&${query}`)).json()) as Answer;
    expect(classes!.map((span) => span.class)).toEqual(["hour", "raw"]);
  }
  const exported = await fleet(from, "application/x-ndjson");
  expect(exported.headers.get("headwater-classes")).toMatch(/^raw;from="[^"]+";to="[^"]+"$/);
  await exported.text();
  expect((await (await fleet("from=-2d")).json()) as Answer).not.toHaveProperty("classes");
});
