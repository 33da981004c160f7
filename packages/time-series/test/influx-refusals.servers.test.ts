import { StoreRejectedCredentialsError, StoreUnavailableError } from "../src/errors.ts";
import { openInfluxStore } from "../src/influx/influx-store.ts";
import type { Point, SeriesRow, TimeSeriesStore } from "@headwater/time-series";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeBucket, serverFromEnvironment, type TestBucket } from "./influx-bucket.ts";
import { startFaultyProxy, type FaultyProxy } from "./faulty-proxy.ts";

const tags = { device: "d1" };

/** An error in InfluxDB's own form. */
function asInflux(answer: number, code: string) {
  return {
    answer,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ code, message: `answered with ${answer}` }),
  };
}

describe("what InfluxDB refuses", () => {
  let bucket: TestBucket;
  let proxy: FaultyProxy;
  let store: TimeSeriesStore;
  let tests = 0;
  let measurement = "";

  beforeAll(async () => {
    bucket = await makeBucket(serverFromEnvironment());
    proxy = await startFaultyProxy(bucket.url);
    store = openInfluxStore({ ...bucket, url: proxy.url });
  });
  afterEach(() => {
    proxy.fault = () => undefined;
    proxy.requests.length = 0;
  });
  afterAll(async () => {
    await store.close();
    await proxy.close();
    await bucket.remove();
  });

  const points = (count: number, time = 1_700_000_000_000_000): Point[] => {
    measurement = `refusals-${++tests}`;
    return Array.from({ length: count }, (_, i) => ({ measurement, tags, time: time + i, fields: { value: i } }));
  };
  const rows = async (from: TimeSeriesStore = store): Promise<SeriesRow[]> => {
    const all: SeriesRow[] = [];
    for await (const chunk of from.query({ measurement, tags, field: "value", from: 0, to: 4e15 })) all.push(...chunk);
    return all;
  };
  const writes = (): number => proxy.requests.filter(({ path }) => path.startsWith("/api/v2/write")).length;

  it("halves a write that is too large until it fits, in order", async () => {
    proxy.fault = (path, body) =>
      path.includes("/write") && body.length > 5_000 ? asInflux(413, "request too large") : undefined;
    const written = points(1_000);
    expect(await store.write(written)).toEqual({ refused: [] });
    expect(await rows()).toEqual(written.map(({ time, fields }) => [time, fields["value"]]));
    expect(writes()).toBeGreaterThan(8);
  });

  it("names a single point that is too large, and stores the others", async () => {
    proxy.fault = (path, body) =>
      path.includes("/write") && body.length > 5_000 ? asInflux(413, "request too large") : undefined;
    const written = points(10);
    written[7] = { ...(written[7] as Point), fields: { value: 7, note_text: "x".repeat(6_000) } };
    const { refused } = await store.write(written);
    expect(refused).toEqual([{ index: 7, reason: expect.stringContaining("413") as string }]);
    expect((await rows()).map(([, value]) => value)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9]);
  });

  it("names points whose field someone else gave another type, with the server's reason", async () => {
    const written = points(200);
    const foreign = await fetch(`${bucket.url}/api/v2/write?org=${bucket.org}&bucket=${bucket.bucket}&precision=us`, {
      method: "POST",
      headers: { authorization: `Token ${bucket.token}` },
      body: `${measurement},device=other taken=1i 1700000000000000`,
    });
    expect(foreign.status).toBe(204);
    const bad = [0, 3, 77, 78, 199];
    for (const i of bad) written[i] = { ...(written[i] as Point), fields: { taken: 0.5 } };
    // The same time twice: the later value has to stay, whatever the halving does.
    written[150] = { ...(written[10] as Point), fields: { value: -1 } };
    const { refused } = await store.write(written);
    expect(refused.map(({ index }) => index)).toEqual(bad);
    for (const { reason } of refused) expect(reason).toMatch(/field type conflict.*"taken"/);
    const stored = new Map(await rows());
    expect(stored.size).toBe(200 - bad.length - 1);
    expect(stored.get(written[10]?.time as number)).toBe(-1);
  });

  it("names points older than the bucket keeps, and asks once for a whole backlog of them", async () => {
    const { remove, ...options } = await makeBucket(serverFromEnvironment(), 24 * 60 * 60);
    const short = openInfluxStore({ ...options, url: proxy.url });
    try {
      const old = points(500, 1_600_000_000_000_000);
      const { refused } = await short.write(old);
      expect(refused.map(({ index }) => index)).toEqual(old.map((_, i) => i));
      expect(refused[0]?.reason).toMatch(/retention/);
      expect(writes()).toBe(1);
      const now = Date.now() * 1_000;
      const mixed = old.map((point, i) => (i % 100 === 50 ? { ...point, time: now + i } : point));
      const second = await short.write(mixed);
      expect(second.refused).toHaveLength(495);
      expect(await rows(short)).toEqual([50, 150, 250, 350, 450].map((i) => [now + i, i]));
    } finally {
      await short.close();
      await remove();
    }
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
  ])("stops at credentials that are answered with %i", async (status, code) => {
    proxy.fault = () => asInflux(status, code);
    await expect(store.write(points(1))).rejects.toBeInstanceOf(StoreRejectedCredentialsError);
    await expect(rows()).rejects.toBeInstanceOf(StoreRejectedCredentialsError);
  });

  it("stops at a wrong token, and never tells it", async () => {
    const token = "not-the-right-token";
    const stranger = openInfluxStore({ ...bucket, token });
    const attempts = [
      () => stranger.write(points(1)),
      () => stranger.health(),
      () => rows(stranger),
      () => stranger.latest("m", {}),
      () => stranger.deleteRange("m", {}, 0, 1),
    ];
    for (const attempt of attempts) {
      const error = await attempt().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(StoreRejectedCredentialsError);
      expect(JSON.stringify(error) + String(error)).not.toContain(token);
    }
    await stranger.close();
  });

  it("waits for a bucket that is not there, and names it", async () => {
    const lost = openInfluxStore({ ...bucket, bucket: "no-such-bucket" });
    const error: unknown = await lost.write(points(1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toMatch(/no-such-bucket.*deleted or renamed.*HEADWATER_INFLUX_BUCKET.*headwater rebuild/);
    await expect(lost.health()).rejects.toBeInstanceOf(StoreUnavailableError);
    await lost.close();
  });
});
