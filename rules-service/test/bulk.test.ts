import { expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { alertEvents, enableRule, hotRule } from "./support/harness.ts";
import { stage } from "./support/stage.ts";

const at = stage();

interface Item {
  readonly id: string;
  readonly status: number;
  readonly code?: string;
}

async function raised(devices: readonly string[]): Promise<Map<string, string>> {
  await at.on.fleet.append(devices.map((device) => at.on.fleet.record(device, "temperature", 95).record));
  return eventually(async () => {
    const { items } = (await at.rules.call("GET", "/api/v1/alerts?limit=1000")).body;
    expect(items).toHaveLength(devices.length);
    return new Map(items.map(({ device, id }: { device: string; id: string }) => [device, id]));
  });
}

async function statesOf(): Promise<Record<string, number>> {
  const { items } = (await at.rules.call("GET", "/api/v1/alerts?limit=1000")).body;
  const counts: Record<string, number> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

it("does it to each of the ids and answers for each, in their order, whatever becomes of the others", async () => {
  await enableRule(at.rules, hotRule("hot"));
  const alerts = await raised(["a", "b", "c"]);
  const [a, b, c] = ["a", "b", "c"].map((device) => alerts.get(device)!);
  await at.rules.call("POST", `/api/v1/alerts/${b}/acknowledge`);
  const body = { ids: [a, "nothing", b, c], comment: "seen" };
  const answer = await at.rules.call("POST", "/api/v1/alerts/acknowledge", body, { "idempotency-key": "k1" });
  expect(answer).toMatchObject({ status: 200, body: { done: 2, refused: 2, next: null } });
  expect(answer.body.items).toEqual([
    { id: a, status: 200, position: expect.any(String) },
    { id: "nothing", status: 404, code: "alert-unknown", detail: expect.any(String) },
    { id: b, status: 409, code: "conflict", detail: expect.stringContaining("acknowledged already, by admin") },
    { id: c, status: 200, position: expect.any(String) },
  ]);
  // What has been answered is answered again, and not done again.
  const before = (await alertEvents(at.on)).length;
  const again = await at.rules.call("POST", "/api/v1/alerts/acknowledge", body, { "idempotency-key": "k1" });
  expect(again.body).toEqual(answer.body);
  expect(await alertEvents(at.on)).toHaveLength(before);
  expect((await at.rules.call("GET", `/api/v1/alerts/${a}`)).body).toMatchObject({
    state: "acknowledged",
    comment: "seen",
  });
});

it("does all that people do to what fits a filter, open alerts alone unless it says otherwise", async () => {
  await enableRule(at.rules, hotRule("hot"));
  await raised(["a", "b", "c"]);
  const all = async (verb: string, more: object) => {
    const { status, body } = await at.rules.call("POST", `/api/v1/alerts/${verb}`, { filter: {}, ...more });
    return [status, body.done, body.refused] as const;
  };
  expect(await all("assign", { assignee: "ann" })).toEqual([200, 3, 0]);
  expect(await all("comment", { comment: "a valve", filter: { device: "a" } })).toEqual([200, 1, 0]);
  expect(await all("snooze", { for: "2h", filter: { assignee: "ann" } })).toEqual([200, 3, 0]);
  expect(await all("unsnooze", { filter: { rule: "hot", severity: "critical" } })).toEqual([200, 3, 0]);
  expect(await all("clear", { filter: { device: "b" } })).toEqual([200, 1, 0]);
  expect(await all("acknowledge", {})).toEqual([200, 2, 0]);
  expect(await all("acknowledge", {})).toEqual([200, 0, 2]);
  expect(await all("acknowledge", { filter: { state: "active" } })).toEqual([200, 0, 0]);
  expect(await statesOf()).toEqual({ acknowledged: 2, cleared: 1 });
});

it("does five hundred at a time, and goes on where it ended", async () => {
  await enableRule(at.rules, hotRule("hot"));
  await raised(Array.from({ length: 620 }, (_, index) => `d-${index}`));
  const first = await at.rules.call("POST", "/api/v1/alerts/acknowledge", { filter: {} });
  expect(first.body).toMatchObject({ done: 500, refused: 0 });
  const body = { filter: {}, cursor: first.body.next };
  const second = await at.rules.call("POST", "/api/v1/alerts/acknowledge", body);
  expect(second.body).toMatchObject({ done: 120, refused: 0, next: null });
  const ids = [...first.body.items, ...second.body.items].map(({ id }: Item) => id);
  expect(new Set(ids).size).toBe(620);
  expect(await statesOf()).toEqual({ acknowledged: 620 });
});

it.each([
  ["alerts/acknowledge", {}, "exactly one of ids and filter"],
  ["alerts/acknowledge", { ids: ["a"], filter: {} }, "exactly one of ids and filter"],
  ["alerts/acknowledge", { ids: ["a"], cursor: "b" }, "is for a filter"],
  ["alerts/acknowledge", { ids: [] }, ""],
  ["alerts/acknowledge", { ids: ["a", "a"] }, ""],
  ["alerts/acknowledge", { ids: Array.from({ length: 501 }, String) }, "500"],
  ["alerts/acknowledge", { filter: { devce: "a" } }, "devce"],
  ["alerts/acknowledge", { filter: { from: "soon" } }, "soon"],
  ["alerts/clear", { filter: { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" } }, "later than"],
  ["alerts/assign", { ids: ["a"] }, "assignee"],
  ["alerts/snooze", { ids: ["a"] }, "exactly one of `for` and `until`"],
  ["rules/enable", { ids: ["a"], filter: {} }, "exactly one of ids and filter"],
  ["rules/enable", { filter: { labels: { team: 1 } } }, ""],
])("POST %s %j is refused", async (path, body, why) => {
  const answer = await at.rules.call("POST", `/api/v1/${path}`, body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(why);
});

it("switches rules by their ids, wildcards, labels and states", async () => {
  for (const [id, team] of [
    ["boiler-1", "heat"],
    ["boiler-2", "heat"],
    ["boiler-3", "cold"],
    ["pump-1", "heat"],
  ] as const) {
    await at.rules.call("POST", "/api/v1/rules", hotRule(id, { labels: { team } }));
  }
  const states = async () =>
    (await at.rules.call("GET", "/api/v1/rules")).body.items.map(
      ({ id, state }: { id: string; state: string }) => `${id} ${state === "warming" ? "live" : state}`,
    );
  const enabled = await at.rules.call("POST", "/api/v1/rules/enable", {
    filter: { ids: ["boiler-*"], labels: { team: ["heat", "water"] }, state: "draft" },
  });
  expect(enabled.body).toMatchObject({ done: 2, refused: 0, next: null });
  expect(await states()).toEqual(["boiler-1 live", "boiler-2 live", "boiler-3 draft", "pump-1 draft"]);
  const shadow = await at.rules.call("POST", "/api/v1/rules/shadow", { ids: ["pump-1", "none", "boiler-1"] });
  expect(shadow.body.items).toMatchObject([{ status: 200 }, { status: 404, code: "rule-unknown" }, { status: 200 }]);
  const again = await at.rules.call("POST", "/api/v1/rules/shadow", { ids: ["pump-1"] });
  expect(again.body.items).toEqual([{ id: "pump-1", status: 200 }]);
  expect((await at.rules.call("POST", "/api/v1/rules/disable", { filter: {} })).body).toMatchObject({ done: 4 });
  expect(await states()).toEqual(["boiler-1 disabled", "boiler-2 disabled", "boiler-3 draft", "pump-1 disabled"]);
});
