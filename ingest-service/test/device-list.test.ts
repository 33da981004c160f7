import { events } from "@headwater/proto";
import { partitionFor } from "@headwater/event-log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

const second = 1_000_000;
const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;
const iso = (micros: number) => new Date(micros / 1000).toISOString().replace("Z", "000Z");

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  const gateway = new TestGateway(backends.log);
  const devices = [
    { id: "a-1", type: "boiler", tags: { site: "north" }, attributes: { floor: 2, model: "Über 9" } },
    { id: "a-2", type: "boiler", tags: { site: "south", line: "a:b" }, attributes: { floor: 3 } },
    { id: "b-1", type: "pump", tags: { site: "north" }, attributes: { spare: true } },
    { id: "c-1" },
    { id: "\u{1f600}", type: "pump" },
    { id: "\uff5e", type: "pump" },
  ];
  for (const device of devices) await service.request("POST", "/api/v1/devices", device);
  await gateway.append(
    gateway.event("a-1", t0 + 3 * second, { x: 1 }),
    gateway.event("a-2", t0 + second, { x: 1, state: "on" }),
    gateway.event("b-1", t0 + 2 * second, { state: "off" }),
    gateway.event("heard", t0 + 4 * second, { x: 1 }),
  );
  await presence("a-1", "s1", { connected: {} }, t0 + 5 * second);
  await presence("b-1", "s1", { connected: {} }, t0);
  await presence("b-1", "s2", { connected: {} }, t0 + second / 2);
  // The end of an old session, told late.
  await presence("b-1", "s1", { disconnected: { reason: "taken-over" } }, t0 + second);
  await presence("a-2", "s1", { connected: {} }, t0 - second);
  await presence("a-2", "s1", { disconnected: { reason: "keep-alive" } }, t0);
  // What one of them has sent may be in the store before the rest is.
  await eventually(async () => {
    const { items } = await list("sort=lastSeen&registered=any");
    const seen = items.map(({ id, lastSeen }) => [id, lastSeen]).filter(([, time]) => time !== undefined);
    expect(seen).toEqual([
      ["a-2", iso(t0 + second)],
      ["b-1", iso(t0 + 2 * second)],
      ["heard", iso(t0 + 4 * second)],
      ["a-1", iso(t0 + 5 * second)],
    ]);
  });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

/** Resolves when lists know of it. */
async function presence(device: string, session: string, what: object, at: number): Promise<void> {
  const value = events.presence.encode({ device, session, gateway: "g1", at, ...what });
  const [range] = await backends.log.append(topics.presence, [
    { key: device, partition: partitionFor(device, partitions), value, headers: {} },
  ]);
  const { topic, partition, baseOffset } = range!;
  await list(`limit=1&after=${encodeURIComponent(`${topic}/${partition}/${baseOffset}`)}`);
}

interface List {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
  readonly total?: number;
}

async function list(query: string): Promise<List> {
  const { status, text } = await service.request("GET", `/api/v1/devices?${query}`);
  expect(status, text).toBe(200);
  return JSON.parse(text) as List;
}

async function ids(query: string): Promise<unknown[]> {
  return (await list(query)).items.map(({ id }) => id);
}

describe("devices", () => {
  it.each(["", "&registered=any"])(
    "are listed without when they were seen, if that is not asked for%s",
    async (more) => {
      const { items } = await list(`lastSeen=false${more}`);
      expect(items.map(({ id }) => id)).toEqual(await ids(more.slice(1)));
      expect(items[0]).toMatchObject({ id: "a-1", connected: true, connectedAt: iso(t0 + 5 * second) });
      for (const item of items) expect(item).not.toHaveProperty("lastSeen");
    },
  );

  it.each([
    ["type=boiler", ["a-1", "a-2"]],
    ["tag=site:north", ["a-1", "b-1"]],
    ["tag=site:north&type=pump", ["b-1"]],
    ["tag=line:a:b", ["a-2"]],
    ["attribute=floor:2", ["a-1"]],
    ["attribute=floor:2&attribute=model:%C3%9Cber%209", ["a-1"]],
    ["attribute=spare:true", ["b-1"]],
    ["attribute=spare:false", []],
    ["q=%C3%BCBER", ["a-1"]],
    ["q=SITE", ["a-1", "a-2", "b-1"]],
    ["q=%25", []],
    ["connected=true", ["a-1", "b-1"]],
    ["connected=false", ["a-2", "c-1", "\uff5e", "\u{1f600}"]],
    ["connected=false&registered=any", ["a-2", "c-1", "heard", "\uff5e", "\u{1f600}"]],
    [`lastSeenAfter=${iso(t0 + 2 * second)}`, ["a-1", "b-1"]],
    [`lastSeenBefore=${iso(t0 + 2 * second)}`, ["a-2", "c-1", "\uff5e", "\u{1f600}"]],
    [`lastSeenAfter=${iso(t0 + second)}&lastSeenBefore=${iso(t0 + 3 * second)}`, ["a-2", "b-1"]],
    ["registered=false", ["heard"]],
    ["registered=false&q=EAR", ["heard"]],
    ["registered=any", ["a-1", "a-2", "b-1", "c-1", "heard", "\uff5e", "\u{1f600}"]],
    ["registered=any&type=pump", ["b-1", "\uff5e", "\u{1f600}"]],
    ["sort=lastSeen&order=desc&registered=any&limit=4", ["a-1", "heard", "b-1", "a-2"]],
    ["sort=lastSeen", ["c-1", "\uff5e", "\u{1f600}", "a-2", "b-1", "a-1"]],
    ["sort=type&order=desc", ["\u{1f600}", "\uff5e", "b-1", "a-2", "a-1", "c-1"]],
    ["sort=createdAt&order=desc&limit=2", ["\uff5e", "\u{1f600}"]],
  ])("%s", async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it("say whether and since when they are connected, and when they were seen", async () => {
    const { items } = await list("sort=id&registered=any");
    expect(items[0]).toMatchObject({
      registered: true,
      connected: true,
      connectedAt: iso(t0 + 5 * second),
      lastSeen: iso(t0 + 5 * second),
    });
    expect(items[1]).toMatchObject({ connected: false, disconnectedAt: iso(t0), lastSeen: iso(t0 + second) });
    expect(items[2]).toMatchObject({ connected: true, connectedAt: iso(t0 + second / 2) });
    expect(items[3]).toMatchObject({ connected: false });
    expect(items[3]).not.toHaveProperty("lastSeen");
    expect(items[4]).toEqual({ id: "heard", registered: false, connected: false, lastSeen: iso(t0 + 4 * second) });
  });

  it("are counted on all pages, and paged in any order without one twice or left out", async () => {
    for (const sort of ["id", "type", "createdAt", "updatedAt", "lastSeen"]) {
      for (const order of ["asc", "desc"]) {
        const query = `sort=${sort}&order=${order}&registered=any&count=true`;
        const whole = await list(query);
        expect([whole.total, whole.next]).toEqual([7, null]);
        const paged: unknown[] = [];
        for (let cursor = ""; ;) {
          const page = await list(`${query}&limit=2${cursor}`);
          expect(page.total).toBe(7);
          paged.push(...page.items.map(({ id }) => id));
          if (page.next === null) break;
          cursor = `&cursor=${page.next}`;
        }
        expect(paged).toEqual(whole.items.map(({ id }) => id));
      }
    }
    // Not counted, in the order of ids: whatever is registered or heard behind a full page is not looked at.
    for (const limit of [1, 2, 3, 4, 5, 6]) {
      const paged: unknown[] = [];
      for (let cursor = ""; ;) {
        const page = await list(`registered=any&limit=${limit}${cursor}`);
        paged.push(...page.items.map(({ id }) => id));
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(paged).toEqual(["a-1", "a-2", "b-1", "c-1", "heard", "\uff5e", "\u{1f600}"]);
    }
    expect((await list("type=boiler&count=true&limit=1")).total).toBe(2);
    expect(await list("")).not.toHaveProperty("total");
  });

  it.each([
    ["tag=site", "invalid-tag"],
    ["attribute=floor", "invalid-attribute"],
    ["attribute=:2", "invalid-attribute"],
    ["connected=maybe", "invalid-request"],
    ["registered=maybe", "invalid-request"],
    ["registered=false&type=pump", "unregistered-filter"],
    ["registered=false&attribute=floor:2", "unregistered-filter"],
    ["lastSeenBefore=yesterday", "invalid-time"],
    ["sort=size", "invalid-request"],
    ["order=up", "invalid-request"],
    ["q=", "invalid-request"],
    ["limit=0", "invalid-request"],
    ["limit=1001", "invalid-request"],
    ["cursor=x", "invalid-cursor"],
  ])("%s is answered with %s", async (query, code) => {
    const { status, body } = await service.request<{ code: string; detail: string }>("GET", `/api/v1/devices?${query}`);
    expect([status, body.code]).toEqual([400, code]);
    expect(body.detail.length).toBeGreaterThan(20);
  });

  it("go on with a cursor only in the order that gave it", async () => {
    const { next } = await list("limit=1");
    const { body } = await service.request<{ code: string }>("GET", `/api/v1/devices?sort=type&cursor=${next}`);
    expect(body.code).toBe("invalid-cursor");
  });

  it.each(["type=pump", "registered=any", "tag=site:north", "q=a", "limit=2&connected=false"])(
    "do not go on with a cursor where %s is new",
    async (query) => {
      const { next } = await list("limit=1");
      const { status, body } = await service.request<{ code: string; detail: string }>(
        "GET",
        `/api/v1/devices?${query}&cursor=${next}`,
      );
      expect([status, body.code]).toEqual([400, "invalid-cursor"]);
      expect(body.detail).toContain("of another query");
    },
  );

  it("go on with a cursor whatever the page's size is, and whether it is counted", async () => {
    const { next } = await list("limit=1&type=pump");
    const { items, total } = await list(`limit=2&type=pump&count=true&lastSeen=false&cursor=${next}`);
    expect([items.length, total]).toEqual([2, 3]);
  });
});

describe("devices by name", () => {
  const asPeopleSort = ["hall-1", "hall-2", "hall-2a", "hall-02b", "hall-9", "hall-10", "hall-100"];

  beforeAll(async () => {
    for (const id of asPeopleSort.filter((each) => each !== "hall-9").toReversed()) {
      await service.request("POST", "/api/v1/devices", { id, type: "hall" });
    }
    // Heard, and never registered.
    const gateway = new TestGateway(backends.log, { name: "g2" });
    await gateway.append(gateway.event("hall-9", t0, { x: 1 }));
    await eventually(async () => expect(await ids("registered=any&q=hall")).toContain("hall-9"));
  });

  it("are in the order in which people sort, forwards and back", async () => {
    expect(await ids("registered=any&q=hall&sort=name")).toEqual(asPeopleSort);
    expect(await ids("registered=any&q=hall&sort=name&order=desc")).toEqual(asPeopleSort.toReversed());
    expect(await ids("type=hall&sort=id")).toEqual(asPeopleSort.filter((id) => id !== "hall-9").toSorted());
  });

  it.each(["asc", "desc"])("come page by page without one twice or left out (%s)", async (order) => {
    for (const limit of [1, 2, 3, 6, 7]) {
      const paged: unknown[] = [];
      for (let cursor = ""; ;) {
        const page = await list(`registered=any&q=hall&sort=name&order=${order}&limit=${limit}${cursor}`);
        paged.push(...page.items.map(({ id }) => id));
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(paged).toEqual(order === "asc" ? asPeopleSort : asPeopleSort.toReversed());
    }
  });
});
