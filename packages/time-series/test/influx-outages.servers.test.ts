import { eventually } from "@headwater/testkit/eventually";
import { StoreUnavailableError } from "../src/errors.ts";
import { UnknownOutcomeError } from "@headwater/core";
import { openInfluxStore } from "../src/influx/influx-store.ts";
import type { Point, SeriesRow, TimeSeriesStore } from "@headwater/time-series";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startInflux, type Influx } from "../../../scripts/servers/influx.ts";
import { startFaultyProxy, type FaultyProxy } from "./faulty-proxy.ts";

const tags = { device: "d1" };
/** What has to be answered is waited for on a busy machine, too; what never is answered is given up early. */
const PATIENT_MS = 60_000;
const HASTY_MS = 600;
/** A reader's pauses are longer, and the server's are shorter than this. */
const READING_MS = 4_000;

describe("when InfluxDB is away", () => {
  let dataDir: string;
  let influx: Influx;
  let proxy: FaultyProxy;
  let store: TimeSeriesStore;
  const opened: TimeSeriesStore[] = [];
  let tests = 0;
  let measurement = "";

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "headwater-influx-"));
    influx = await startInflux({ dataDir });
    proxy = await startFaultyProxy(influx.url);
  });
  afterEach(async () => {
    proxy.fault = () => undefined;
    for (const each of opened.splice(0)) await each.close();
  });
  afterAll(async () => {
    await proxy?.close();
    await influx?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const open = (url: string, timeoutMs = PATIENT_MS): TimeSeriesStore => {
    const { org, bucket, token } = influx;
    store = openInfluxStore({ url, org, bucket, token, timeoutMs, queryTimeoutMs: timeoutMs });
    opened.push(store);
    return store;
  };
  const points = (count: number): Point[] => {
    measurement = `outages-${++tests}`;
    const time = 1_700_000_000_000_000;
    return Array.from({ length: count }, (_, i) => ({ measurement, tags, time: time + i, fields: { value: i } }));
  };
  const rows = async (): Promise<SeriesRow[]> => {
    const all: SeriesRow[] = [];
    for await (const chunk of store.query({ measurement, tags, field: "value", from: 0, to: 4e15 })) all.push(...chunk);
    return all;
  };
  const writeInPieces = async (written: readonly Point[]): Promise<void> => {
    for (let at = 0; at < written.length; at += 2_000) await store.write(written.slice(at, at + 2_000));
  };

  it("does not know what became of a write to a server that hangs, and can repeat it", async () => {
    open(influx.url);
    const written = points(100);
    await store.write(written.slice(0, 50));
    influx.kill("SIGSTOP");
    open(influx.url, HASTY_MS);
    const began = performance.now();
    try {
      await expect(store.write(written)).rejects.toBeInstanceOf(UnknownOutcomeError);
      await expect(rows()).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.latest(measurement, tags)).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.health()).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.deleteRange(measurement, tags, 0, 1)).rejects.toBeInstanceOf(UnknownOutcomeError);
      expect(performance.now() - began).toBeLessThan(PATIENT_MS);
    } finally {
      influx.kill("SIGCONT");
    }
    open(influx.url);
    await eventually(async () => expect(await store.health().then(() => "up", String)).toBe("up"));
    expect(await store.write(written)).toEqual({ refused: [] });
    expect(await rows()).toEqual(rowsOf(written));
  });

  it("says that nothing was stored by a server that is down, and finds it again, with all that had resolved", async () => {
    open(influx.url);
    const written = points(100);
    await store.write(written.slice(0, 60));
    influx.kill("SIGKILL");
    const reason = async (): Promise<string> =>
      store.write(written).then(
        () => "stored",
        (error: Error) => error.constructor.name,
      );
    // The first may still meet the dying connection.
    await eventually(async () => expect(await reason()).toBe(StoreUnavailableError.name));
    await expect(rows()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.health()).rejects.toBeInstanceOf(StoreUnavailableError);
    influx = await startInflux({ dataDir, port: influx.port });
    await store.health();
    expect(await rows()).toEqual(rowsOf(written.slice(0, 60)));
    expect(await store.write(written)).toEqual({ refused: [] });
    expect(await rows()).toEqual(rowsOf(written));
  });

  it.each([
    [429, "3", 3_000],
    [503, "7", 7_000],
    [503, undefined, undefined],
  ])("waits as told by %i with Retry-After %s", async (answer, retryAfter, expected) => {
    open(proxy.url);
    const headers: Record<string, string> = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    proxy.fault = () => ({ answer, headers });
    const error: unknown = await store.write(points(1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as StoreUnavailableError).retryAfterMs).toBe(expected);
  });

  it.each([500, 502, 504])("does not know what became of a write that is answered with %i", async (answer) => {
    open(proxy.url);
    proxy.fault = () => ({ answer, body: "internal" });
    await expect(store.write(points(1))).rejects.toBeInstanceOf(UnknownOutcomeError);
    await expect(rows()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it("says of a full disk that somebody has to make room", async () => {
    open(proxy.url);
    const message = "unexpected error writing points to database: write 0000.wal: no space left on device";
    const headers = { "content-type": "application/json; charset=utf-8" };
    proxy.fault = () => ({ answer: 500, headers, body: JSON.stringify({ code: "internal error", message }) });
    await expect(store.write(points(1))).rejects.toThrow(/no space left.*make room, then restart influxd/);
  });

  it("does not know what became of a write whose answer was lost: it may be stored", async () => {
    open(proxy.url);
    proxy.fault = (path) => (path.includes("/write") ? "lose the answer" : undefined);
    const written = points(10);
    await expect(store.write(written)).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(await rows()).toEqual(rowsOf(written));
  });

  it("never takes a part of an answer for all of it", async () => {
    open(proxy.url);
    const written = points(50_000);
    await writeInPieces(written);
    expect(await rows()).toHaveLength(written.length);
    proxy.fault = (path) => (path.includes("/query") ? { cutAfter: 200_000 } : undefined);
    await expect(rows()).rejects.toBeInstanceOf(StoreUnavailableError);
    proxy.fault = (path) => (path.includes("/query") ? { stallAfter: 200_000 } : undefined);
    open(proxy.url, HASTY_MS);
    await expect(rows()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it("does not hurry a reader who takes longer than the time-out", async () => {
    open(influx.url);
    const written = points(50_000);
    await writeInPieces(written);
    open(influx.url, READING_MS);
    let read = 0;
    let waits = 0;
    for await (const chunk of store.query({ measurement, tags, field: "value", from: 0, to: 4e15 })) {
      read += chunk.length;
      if (waits++ < 2) await new Promise((resolve) => setTimeout(resolve, READING_MS * 1.5));
    }
    expect(read).toBe(written.length);
  });
});

function rowsOf(written: readonly Point[]): unknown[] {
  return written.map(({ time, fields }) => [time, fields["value"]]);
}
