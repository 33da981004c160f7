import type { Point, TimeSeriesStore } from "@headwater/time-series";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { StoreRejectedCredentialsError, StoreUnavailableError } from "../src/errors.ts";
import { openInfluxStore } from "../src/influx/influx-store.ts";
import { makeBucket, serverFromEnvironment, type TestBucket } from "./influx-bucket.ts";
import { influxApi } from "./influx-rollups.ts";
import { type Fault, startFaultyProxy, type FaultyProxy } from "./faulty-proxy.ts";

const measurement = "telemetry";
const T0 = 1_700_000_000_000_000;
const points = Array.from({ length: 300 }, (_, i): Point => ({
  measurement,
  tags: { device: `d-${i}` },
  time: T0 + i,
  fields: { x: i, state_text: `is ${i}` },
}));
const tagSets = points.map(({ tags }) => tags);

describe("how InfluxDB is asked for latest values", () => {
  let bucket: TestBucket;
  let proxy: FaultyProxy;
  const opened: TimeSeriesStore[] = [];

  beforeAll(async () => {
    bucket = await makeBucket(serverFromEnvironment());
    proxy = await startFaultyProxy(bucket.url);
    await open().write(points);
  });
  afterEach(async () => {
    proxy.fault = () => undefined;
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => {
    await proxy?.close();
    await bucket?.remove();
  });

  function open(token = bucket.token): TimeSeriesStore {
    const store = openInfluxStore({ ...bucket, token, url: proxy.url });
    opened.push(store);
    return store;
  }
  async function latest(store: TimeSeriesStore): Promise<"in InfluxQL" | "in Flux" | "in both"> {
    proxy.requests.length = 0;
    const found = await store.latestOf(measurement, tagSets);
    expect(found.map((values) => values.toSorted((a, b) => (a.field < b.field ? -1 : 1)))).toEqual(
      points.map(({ time, fields }) => [
        { field: "state_text", time, value: fields["state_text"] },
        { field: "x", time, value: fields["x"] },
      ]),
    );
    const asked = (path: string): boolean => proxy.requests.some((request) => request.path.startsWith(path));
    const isFlux = asked("/api/v2/query");
    return asked("/query") ? (isFlux ? "in both" : "in InfluxQL") : "in Flux";
  }

  it("in InfluxQL, with a token that may read and write this bucket and nothing else", async () => {
    const api = influxApi(bucket);
    const { buckets } = await api<{ buckets: { id: string; orgID: string }[] }>(
      "GET",
      `/api/v2/buckets?name=${bucket.bucket}`,
    );
    const { id, orgID } = buckets[0]!;
    for (const actions of [["read", "write"], ["read"]]) {
      const permissions = actions.map((action) => ({ action, resource: { type: "buckets", id, orgID } }));
      const made = await api<{ id: string; token: string }>("POST", "/api/v2/authorizations", { orgID, permissions });
      expect(await latest(open(made.token))).toBe("in InfluxQL");
      await api("DELETE", `/api/v2/authorizations/${made.id}`);
    }
  });

  const asInflux = (answer: number, code: string): Fault => ({
    answer,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ code, message: `answered with ${answer}` }),
  });
  const page: Fault = { answer: 200, headers: { "content-type": "text/html" }, body: "<p>Welcome</p>" };
  const said = (error: string): Fault => ({
    answer: 200,
    headers: { "content-type": "application/json" },
    body: `{"results":[{"statement_id":0,"error":"${error}"}]}\n`,
  });
  it.each<[string, Fault]>([
    ["answers 401", asInflux(401, "unauthorized")],
    ["answers 403", asInflux(403, "forbidden")],
    ["answers 404", asInflux(404, "not found")],
    ["is not let through", { answer: 404, body: "no such page" }],
    ["is not let through and looks like a failure", { answer: 502, body: "bad gateway" }],
    ["is a page", page],
    ["is bounded", said("max-select-series limit exceeded")],
  ])("in Flux where the endpoint of version 1 %s, and is not asked again", async (_, fault) => {
    proxy.fault = (path) => (path.startsWith("/query") ? fault : undefined);
    const store = open();
    expect(await latest(store)).toBe("in both");
    expect(await latest(store)).toBe("in Flux");
  });

  it("in Flux where nobody says where the name leads", async () => {
    for (const fault of [page, asInflux(404, "not found"), asInflux(401, "unauthorized")]) {
      proxy.fault = (path) => (path.startsWith("/api/v2/dbrps") ? fault : undefined);
      expect(await latest(open())).toBe("in Flux");
    }
  });

  it("in Flux where the name leads to another bucket", async () => {
    const other = await makeBucket(serverFromEnvironment());
    const api = influxApi(bucket);
    const { buckets } = await api<{ buckets: { id: string; orgID: string }[] }>(
      "GET",
      `/api/v2/buckets?name=${other.bucket}`,
    );
    const { id: bucketID, orgID } = buckets[0]!;
    const mapping = { bucketID, orgID, database: bucket.bucket, retention_policy: "autogen", default: true };
    const { id } = await api<{ id: string }>("POST", "/api/v2/dbrps", mapping);
    expect(await latest(open())).toBe("in Flux");
    await api("DELETE", `/api/v2/dbrps/${id}?orgID=${orgID}`);
    expect(await latest(open())).toBe("in InfluxQL");
    await other.remove();
  });

  it("never with a part of an answer, and says as of Flux what is wrong", async () => {
    const whole = open();
    expect(await latest(whole)).toBe("in InfluxQL");
    proxy.fault = (path) => (path.startsWith("/query") ? { cutAfter: 100 } : undefined);
    await expect(whole.latestOf(measurement, tagSets)).rejects.toBeInstanceOf(StoreUnavailableError);
    const half = '{"results":[{"statement_id":0,"series":[{"name":"telemetry","tags":{"device":"d-1"';
    const json = { "content-type": "application/json" };
    proxy.fault = (path) => (path.startsWith("/query") ? { answer: 200, headers: json, body: half } : undefined);
    await expect(whole.latestOf(measurement, tagSets)).rejects.toThrow("broken off");
    const fewer = '{"results":[{"statement_id":0}]}\n';
    proxy.fault = (path) => (path.startsWith("/query") ? { answer: 200, headers: json, body: fewer } : undefined);
    await expect(whole.latestOf(measurement, tagSets)).rejects.toThrow("broken off");
    proxy.fault = (path) => (path.startsWith("/query") ? { answer: 503, headers: { "retry-after": "3" } } : undefined);
    await expect(whole.latestOf(measurement, tagSets)).rejects.toMatchObject({ retryAfterMs: 3_000 });
    proxy.fault = () => undefined;
    expect(await latest(whole)).toBe("in InfluxQL");
    const stranger = open("not-the-right-token");
    await expect(stranger.latestOf(measurement, tagSets)).rejects.toBeInstanceOf(StoreRejectedCredentialsError);
  });
});
