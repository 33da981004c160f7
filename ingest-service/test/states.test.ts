import { alertTransition, events } from "@headwater/proto";
import { partitionFor } from "@headwater/event-log";
import { type SeriesRow, textField } from "@headwater/time-series";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { alertPoint } from "../src/projection/alert-points.ts";
import { alertStates } from "../src/states/alert-states.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";
import { writeRows } from "./series-suite.ts";

const second = 1_000_000;
const hour = 3_600 * second;
const t0 = Date.parse("2026-05-01T00:00:00Z") * 1000;
const iso = (micros: number) => new Date(micros / 1000).toISOString().replace("Z", "000Z");

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  await service.request("POST", "/api/v1/devices", { id: "d" });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

interface States {
  readonly items: { state: unknown; from: string; to: string; open: boolean; count?: number }[];
  readonly totals: { state: unknown; intervals: number; seconds: number; count?: number }[];
  readonly truncated?: boolean;
  readonly next?: string;
}

async function states(query: string, device = "d"): Promise<States> {
  const answer = await service.request("GET", `/api/v1/devices/${device}/states?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text) as States;
}

describe("the states of a metric", () => {
  const range = `metric=door&from=${iso(t0)}&to=${iso(t0 + 10 * hour)}`;

  it("last until the next value that differs, from before the range on", async () => {
    const values: [number, string][] = [[-1, "open"], [1, "open"], [2, "shut"], [3, "shut"], [6, "open"]]; // oxfmt-ignore
    const rows = values.map(([at, value]): SeriesRow => [t0 + at * hour, value]);
    await writeRows(backends.store, { device: "d" }, rows, textField("door"));
    const { items, totals } = await states(range);
    expect(items).toEqual([
      { state: "open", from: iso(t0), to: iso(t0 + 2 * hour), open: false, count: 1 },
      { state: "shut", from: iso(t0 + 2 * hour), to: iso(t0 + 6 * hour), open: false, count: 2 },
      { state: "open", from: iso(t0 + 6 * hour), to: iso(t0 + 10 * hour), open: true, count: 1 },
    ]);
    expect(totals).toEqual([
      { state: "open", intervals: 2, seconds: 6 * 3600, count: 2 },
      { state: "shut", intervals: 1, seconds: 4 * 3600, count: 2 },
    ]);
    const cut = await states(`${range}&window=4h`);
    expect(cut.items.map(({ state, from, to, count }) => [state, from, to, count])).toEqual([
      ["open", iso(t0), iso(t0 + 2 * hour), 1],
      ["shut", iso(t0 + 2 * hour), iso(t0 + 4 * hour), 2],
      ["shut", iso(t0 + 4 * hour), iso(t0 + 6 * hour), 0],
      ["open", iso(t0 + 6 * hour), iso(t0 + 8 * hour), 1],
      ["open", iso(t0 + 8 * hour), iso(t0 + 10 * hour), 0],
    ]);
    expect(cut.totals.map(({ state, seconds, count }) => [state, seconds, count])).toEqual([
      ["open", 6 * 3600, 2],
      ["shut", 4 * 3600, 2],
    ]);
    const first = await states(`${range}&limit=1`);
    expect(first).toMatchObject({ truncated: true, next: iso(t0 + 2 * hour) });
    expect((await states(`metric=door&from=${first.next}&to=${iso(t0 + 10 * hour)}`)).items).toEqual(items.slice(1));
  });

  it("are those of numbers and booleans, too, and none of what was never sent", async () => {
    const rows = [1, 1, 0, 1].map((value, i): SeriesRow => [t0 + i * hour, value]);
    await writeRows(backends.store, { device: "d" }, rows, "fan");
    const { totals } = await states(`metric=fan&from=${iso(t0)}&to=${iso(t0 + 4 * hour)}`);
    expect(totals).toEqual([
      { state: 1, intervals: 2, seconds: 3 * 3600, count: 3 },
      { state: 0, intervals: 1, seconds: 3600, count: 1 },
    ]);
    expect(await states("metric=nothing&from=-1d")).toEqual({ device: "d", items: [], totals: [] });
    expect((await service.request("GET", "/api/v1/devices/nobody/states?metric=x")).status).toBe(404);
  });
});

describe("the presence of a device", () => {
  it("is in intervals, whatever its gateway told twice", async () => {
    const now = Math.floor(Date.now() / 1000) * second;
    const told = async (session: string, what: object, at: number) => {
      const value = events.presence.encode({ device: "d", session, gateway: "g1", at, ...what });
      const partition = partitionFor("d", partitions);
      await backends.log.append(topics.presence, [{ key: "d", partition, value, headers: {} }]);
    };
    await told("a", { connected: {} }, now - 4 * hour);
    await told("a", { connected: {} }, now - 3.9 * hour);
    await told("a", { disconnected: { reason: "keep-alive" } }, now - 3 * hour);
    await told("b", { connected: {} }, now - hour);
    await told("a", { disconnected: { reason: "client" } }, now - hour / 2);
    const query = `of=presence&from=${iso(now - 3.5 * hour)}&to=${iso(now)}`;
    await eventually(async () => expect((await states(query)).items).toHaveLength(3));
    const { items } = await states(query);
    expect(items).toEqual([
      { state: "connected", from: iso(now - 3.5 * hour), to: iso(now - 3 * hour), open: false, gateway: "g1" },
      {
        ...{ state: "disconnected", from: iso(now - 3 * hour), to: iso(now - hour), open: false },
        ...{ gateway: "g1", reason: "keep-alive" },
      },
      { state: "connected", from: iso(now - hour), to: iso(now), open: true, gateway: "g1" },
    ]);
  });
});

describe("the alerts of a device", () => {
  it("are in intervals from raised to cleared, by their severity", async () => {
    const point = (alertId: string, kind: number, transition: number, at: number, severity: string) =>
      alertPoint(
        events.alert.decode(
          events.alert.encode({ alertId, device: "d", rule: "hot", kind, transition, at, severity, raisedAt: t0 }),
        ),
      );
    await backends.store.write([
      point("a1", alertTransition.raised, 1, t0 + hour, "warning"),
      point("a1", alertTransition.escalated, 2, t0 + 2 * hour, "critical"),
      point("a1", alertTransition.acknowledged, 3, t0 + 2.5 * hour, "critical"),
      point("a1", alertTransition.cleared, 4, t0 + 3 * hour, "critical"),
      point("a2", alertTransition.raised, 1, t0 + 5 * hour, "warning"),
    ]);
    const query = `of=alerts&from=${iso(t0 + 1.5 * hour)}&to=${iso(t0 + 6 * hour)}`;
    expect((await states(query)).items).toEqual([
      {
        ...{ state: "critical", from: iso(t0 + 1.5 * hour), to: iso(t0 + 3 * hour), open: false },
        ...{ alert: "a1", rule: "hot" },
      },
      {
        ...{ state: "warning", from: iso(t0 + 5 * hour), to: iso(t0 + 6 * hour), open: true },
        ...{ alert: "a2", rule: "hot" },
      },
    ]);
    expect((await states(`of=alerts&from=${iso(t0 + 3 * hour)}&to=${iso(t0 + 4 * hour)}`)).items).toEqual([]);
    // Of more transitions than are looked at the newest count, and a range that needs the others is refused.
    const range = { from: t0 + 1.5 * hour, to: t0 + 6 * hour, limit: 100 };
    await expect(alertStates(backends.store, "d", range, 1)).rejects.toMatchObject({ code: "too-many-values" });
    expect(await alertStates(backends.store, "d", { ...range, from: t0 + 5 * hour }, 1)).toMatchObject([
      { alert: "a2", from: t0 + 5 * hour, open: true },
    ]);
  });
});

it.each([
  ["from=-1h", "metric-missing"],
  ["of=presence&metric=x", "metric-of-others"],
  ["of=alerts&window=1h", "window-of-states"],
  ["of=weather", "invalid-request"],
  ["metric=x&window=5x", "invalid-duration"],
  ["metric=x&from=now&to=-1h", "invalid-range"],
  ["metric=x&limit=0", "invalid-request"],
])("states?%s is answered with %s", async (query, code) => {
  const { status, body } = await service.request<{ code: string }>("GET", `/api/v1/devices/d/states?${query}`);
  expect([status, body.code]).toEqual([400, code]);
});
