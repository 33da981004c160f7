import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";
import { writeRows } from "./series-suite.ts";

const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;

interface Body {
  readonly code?: string;
  readonly items: readonly { readonly id: string; readonly device: string }[];
  readonly series: readonly { readonly device: string }[];
  readonly next: string | null;
}

describe("a device group", () => {
  let backends: Awaited<ReturnType<typeof openBackends>>;
  let service: TestService;
  beforeEach(async () => {
    backends = await openBackends();
    service = await startService({ ...backends, dataDir: backends.folder });
    const devices = [
      { id: "b-1", type: "boiler", tags: { site: "north" }, attributes: { floor: 1 } },
      { id: "b-2", type: "boiler", tags: { site: "north" }, attributes: { floor: 2 } },
      { id: "b-3", type: "boiler", tags: { site: "south" }, attributes: { floor: 2 } },
      { id: "p-1", type: "pump", tags: { site: "north" } },
    ];
    for (const device of devices) await service.request("POST", "/api/v1/devices", device);
    for (const { id } of devices) await writeRows(backends.store, { device: id }, [[t0, 7]], "temperature");
    await writeRows(backends.store, { device: "heard" }, [[t0, 7]], "temperature");
  });
  afterEach(async () => {
    await service.app.stop();
    await service.http.close();
    await backends.close();
  });

  async function save(id: string, filter: unknown, headers: Record<string, string> = {}) {
    const answer = await service.http.inject({
      ...{ method: "PUT", url: `/api/v1/groups/${id}`, payload: { filter } },
      headers: { ...tokenHeader, ...headers },
    });
    return { status: answer.statusCode, etag: answer.headers["etag"], body: answer.json() as Record<string, unknown> };
  }
  const get = (path: string) => service.request<Body>("GET", `/api/v1/${path}`);
  async function devices(query: string): Promise<string[]> {
    const { status, body, text } = await get(`devices?${query}`);
    expect(status, text).toBe(200);
    return body.items.map(({ id }) => id);
  }

  it("chooses the devices of lists, exports, latest values and series, as they are then", async () => {
    expect((await save("north-boilers", { type: "boiler", tag: ["site:north"] })).status).toBe(200);
    expect(await devices("group=north-boilers")).toEqual(["b-1", "b-2"]);
    await service.request("PATCH", "/api/v1/devices/b-1", { tags: { site: "south" } });
    await service.request("POST", "/api/v1/devices", { id: "b-4", type: "boiler", tags: { site: "north" } });
    expect(await devices("group=north-boilers")).toEqual(["b-2", "b-4"]);
    const latest = (await get("telemetry/latest?group=north-boilers")).body;
    expect(latest.items.map(({ device }) => device)).toEqual(["b-2", "b-4"]);
    const series = await get("telemetry/series?group=north-boilers&metric=temperature&from=2026-05-01&to=2026-05-02");
    expect(series.body.series.map(({ device }) => device)).toEqual(["b-2"]);
    const exported = await service.request("GET", "/api/v1/exports/devices?group=north-boilers", undefined, {
      accept: "text/csv",
    });
    expect(exported.text.split("\r\n").map((line) => line.split(",")[0])).toEqual(["id", "b-2", "b-4", ""]);
    const named = "telemetry/latest?device=b-4&device=p-1&group=north-boilers";
    expect((await get(named)).body.items).toMatchObject([{ device: "b-4" }]);
  });

  it("goes together with further parameters, but not with one that it has itself", async () => {
    await save("north", { tag: ["site:north"], registered: "true" });
    expect(await devices("group=north&type=boiler&attribute=floor:2")).toEqual(["b-2"]);
    expect(await devices("group=north&tag=site:south")).toEqual([]);
    const twice = await get("devices?group=north&registered=any");
    expect([twice.status, twice.body.code]).toEqual([400, "filter-of-group"]);
    await save("heard", { registered: "any" });
    expect(await devices("group=heard&q=he")).toEqual(["heard"]);
    const exported = await service.request("GET", "/api/v1/exports/devices?group=heard");
    expect(exported.text).not.toContain("heard");
  });

  it("is listed, changed on its revision, forgotten, and kept over a restart", async () => {
    const first = await save("a", { q: "b-" });
    expect(first).toMatchObject({ etag: '"1"', body: { id: "a", filter: { q: "b-" }, updatedBy: "admin" } });
    expect((await save("a", { q: "b-" })).body["position"]).toBeUndefined();
    expect((await save("a", { q: "p-" }, { "if-match": '"7"' })).status).toBe(412);
    expect((await save("a", { q: "p-" }, { "if-match": '"1"' })).etag).toBe('"2"');
    await save("b", {});
    const page = (await get("groups?limit=1")).body;
    expect(page.items).toMatchObject([{ id: "a" }]);
    expect((await get(`groups?cursor=${page.next}`)).body).toMatchObject({ items: [{ id: "b" }], next: null });
    await service.app.stop();
    await service.http.close();
    service = await startService({ ...backends, dataDir: backends.folder });
    expect((await get("groups/a")).body).toMatchObject({ filter: { q: "p-" } });
    expect((await service.request("DELETE", "/api/v1/groups/a")).status).toBe(200);
    for (const [answer, code] of [
      [await service.request("DELETE", "/api/v1/groups/a"), "group-unknown"],
      [await get("groups/a"), "group-unknown"],
      [await get("devices?group=a"), "unknown-device-group"],
    ] as const) {
      expect(answer.body).toMatchObject({ code });
    }
    expect((await save("a", { q: "b-" })).etag).toBe('"4"');
  });

  it("is refused if its filter could not be asked for", async () => {
    for (const filter of [
      { tag: ["north"] },
      { lastSeenAfter: "yesterday-ish" },
      { registered: "false", type: "boiler" },
      { group: "other" },
      { typ: "boiler" },
    ]) {
      expect((await save("a", filter)).status, JSON.stringify(filter)).toBe(400);
    }
    expect((await save("-a", {})).status).toBe(400);
    expect((await get("groups")).body.items).toEqual([]);
  });
});
