import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SeriesRow, TimeSeriesStore } from "@headwater/time-series";
import { openInfluxStore } from "@headwater/time-series/influx";
import { exported, seriesSuite, writeRows } from "./series-suite.ts";
import { openBackends, startService, type TestService } from "./service.ts";

const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let store: TimeSeriesStore;
let service: TestService;
let url: string;
let devices = 0;
const used: string[] = [];

function device(): string {
  const id = `series-${process.pid}-${Date.now()}-${++devices}`;
  used.push(id);
  return id;
}
const subject = () => ({ url, store, device });

beforeAll(async () => {
  const { HEADWATER_INFLUX_URL, HEADWATER_INFLUX_ORG, HEADWATER_INFLUX_BUCKET, HEADWATER_INFLUX_TOKEN } = process.env;
  if (HEADWATER_INFLUX_URL === undefined)
    throw new RangeError("HEADWATER_INFLUX_URL is not set: npm run servers -- start");
  store = openInfluxStore({
    url: HEADWATER_INFLUX_URL,
    org: HEADWATER_INFLUX_ORG ?? "",
    bucket: HEADWATER_INFLUX_BUCKET ?? "",
    token: HEADWATER_INFLUX_TOKEN ?? "",
  });
  backends = await openBackends();
  service = await startService({ ...backends, store, dataDir: backends.folder, ingest: { tags: ["site"] } });
  ({ url } = await service.http.listen());
});
afterAll(async () => {
  for (const id of used) await store.deleteRange("telemetry", { device: id }, 0, t0 * 2);
  await service?.app.stop();
  await service?.http.close();
  await store?.close();
  await backends?.close();
});

describe("a series in InfluxDB", () => seriesSuite(subject));

it("an export of 300,000 points is whole, oldest and newest first", async () => {
  const id = device();
  const rows = Array.from({ length: 300_000 }, (_, i): SeriesRow => [t0 + i * 1_000_000, i]);
  await writeRows(store, { device: id }, rows);
  for (const order of ["asc", "desc"]) {
    const lines = (await exported(subject(), id, "text/csv", { order })).trimEnd().split("\r\n");
    expect(lines).toHaveLength(300_001);
    const values = lines.slice(1).map((line) => Number(line.split(",")[2]));
    expect(values.findIndex((value, i) => value !== (order === "asc" ? i : 299_999 - i))).toBe(-1);
  }
});
