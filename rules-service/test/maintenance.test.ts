import { expect, it } from "vitest";
import { isoFromMicros, nowMicros } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { commandEvents, enableRule, hotRule } from "./support/harness.ts";
import { expectExactlyTheOracle } from "./support/oracle.ts";
import { stage } from "./support/stage.ts";

const here = stage();

const inAnHour = (): string => isoFromMicros(nowMicros() + 3_600_000_000);

async function openAlerts(): Promise<{ id: string; device: string; mutedBy: string[] }[]> {
  return (await here.rules.call("GET", "/api/v1/alerts?state=open")).body.items;
}

it("holds back what rules do on the devices that it selects, over restarts, until it is taken away", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const made = await here.rules.call("POST", "/api/v1/maintenance", {
    ...{ id: "north", name: "New pumps", selector: { ids: ["north-*"] }, to: inAnHour() },
  });
  expect(made).toMatchObject({ status: 201, body: { id: "north", name: "New pumps", state: "open", revision: 1 } });
  await here.restart();
  await eventually(async () => {
    await here.on.fleet.send("probe", [95, 70]);
    await here.on.fleet.send("north-1", [95]);
    expect(await openAlerts()).toMatchObject([{ device: "north-1", mutedBy: ["maintenance/north"] }]);
  });
  await here.on.fleet.send("south-1", [95]);
  await eventually(async () => expect(await openAlerts()).toHaveLength(2));
  const toNorth = async () => (await commandEvents(here.on)).filter(({ device }) => device === "north-1");
  await here.restart();
  await here.on.fleet.mark();
  expect(await toNorth()).toEqual([]);

  const wider = { selector: { ids: ["*"] }, to: inAnHour() };
  expect((await here.rules.call("PUT", "/api/v1/maintenance/north", wider)).body).toMatchObject({ revision: 2 });
  await eventually(async () => {
    expect((await openAlerts()).map(({ mutedBy }) => mutedBy)).toEqual([["maintenance/north"], ["maintenance/north"]]);
  });
  expect(await here.rules.call("DELETE", "/api/v1/maintenance/north")).toMatchObject({
    status: 200,
    body: { state: "ended" },
  });
  await eventually(async () => {
    expect((await openAlerts()).map(({ mutedBy }) => mutedBy)).toEqual([[], []]);
    expect(await toNorth()).toHaveLength(1);
  });
  await here.restart();
  await here.on.fleet.mark();
  await expectExactlyTheOracle(here.on);
});

it("is kept in YAML and JSON, page by page, each change on the revision that it was made on", async () => {
  const weekly = [
    "id: night",
    "selector: { tags: { site: north }, not: { types: [alarm] } }",
    "schedule: { timeZone: Europe/Berlin, weekly: [{ days: [sat, sun], from: '22:00', to: '06:00' }] }",
  ].join("\n");
  expect((await here.rules.call("POST", "/api/v1/maintenance", weekly)).status).toBe(201);
  expect((await here.rules.call("POST", "/api/v1/maintenance", weekly)).status).toBe(409);
  await here.rules.call("POST", "/api/v1/maintenance", {
    id: "a",
    from: "2020-01-01T00:00:00Z",
    to: "2020-01-02T00:00:00Z",
  });
  const first = await here.rules.call("GET", "/api/v1/maintenance?limit=1");
  expect(first.body.items).toMatchObject([{ id: "a", state: "over", definition: { from: "2020-01-01T00:00:00Z" } }]);
  const second = await here.rules.call("GET", `/api/v1/maintenance?cursor=${first.body.next}`);
  expect(second.body).toMatchObject({ items: [{ id: "night", updatedBy: "admin" }], next: null });
  const path = "/api/v1/maintenance/night";
  const { headers } = await here.rules.call("GET", path);
  const changed = { to: "2099-01-01T00:00:00Z" };
  const etag = { "if-match": String(headers["etag"]) };
  expect((await here.rules.call("PUT", path, changed, etag)).status).toBe(200);
  expect((await here.rules.call("PUT", path, { to: "2098-01-01T00:00:00Z" }, etag)).status).toBe(412);
  expect((await here.rules.call("PUT", path, changed)).body).not.toHaveProperty("position");
  expect((await here.rules.call("DELETE", path)).status).toBe(200);
  expect((await here.rules.call("DELETE", path)).status).toBe(404);
  expect((await here.rules.call("GET", path)).status).toBe(404);
  expect((await here.rules.call("POST", "/api/v1/maintenance", { id: "night", ...changed })).body.revision).toBe(3);
  // A window is no rule.
  expect((await here.rules.call("GET", "/api/v1/rules")).body.items).toEqual([]);
});

it("says what is wrong with it, and where", async () => {
  const refused = async (window: object): Promise<string[]> => {
    const { status, body } = await here.rules.call("POST", "/api/v1/maintenance", window);
    expect(status).toBe(400);
    return body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  expect(await refused({ id: "a" })).toEqual([""]);
  expect(await refused({ id: "a/b", to: "2099-01-01T00:00:00Z" })).toEqual(["/id"]);
  expect(await refused({ id: "a", from: "tomorrow", to: "2099-01-01" })).toContain("/from");
  expect(await refused({ id: "a", from: "2099-01-02T00:00:00Z", to: "2099-01-01T00:00:00Z" })).toEqual(["/to"]);
  const schedule = { timeZone: "Mars/Olympus", weekly: [{ days: ["mon"], from: "06:00", to: "07:00" }] };
  expect(await refused({ id: "a", schedule })).toEqual(["/schedule/timeZone"]);
  expect(await refused({ id: "a", to: "2099-01-01T00:00:00Z", selector: { tag: {} } })).toEqual(["/selector/tag"]);
});

it("selects by the ids and labels of rules, beside devices, over a restart", async () => {
  const window = { id: "m", rules: { ids: ["hot-*"], labels: { team: ["heating"] } }, selector: { ids: ["boiler-*"] } };
  await here.rules.call("POST", "/api/v1/maintenance", { ...window, to: inAnHour() });
  await enableRule(here.rules, hotRule("hot-1", { labels: { team: "heating" } }));
  await enableRule(here.rules, hotRule("hot-2", { labels: { team: "cooling" } }));
  await enableRule(here.rules, hotRule("cold", { labels: { team: "heating" } }));
  const mutes = async () =>
    (await here.rules.call("GET", "/api/v1/alerts?state=open")).body.items.map(
      (each: { rule: string; device: string; mutedBy: string[] }) =>
        `${each.rule} ${each.device} ${each.mutedBy.join()}`,
    ) as string[];
  await eventually(async () => {
    await here.on.fleet.send("probe", [95, 70]);
    await here.on.fleet.send("boiler-1", [95]);
    expect((await mutes()).toSorted()).toEqual(["cold boiler-1 ", "hot-1 boiler-1 maintenance/m", "hot-2 boiler-1 "]);
  });
  await here.restart();
  // A rule that comes under the window while its alert is open is held back from then on.
  await here.rules.call("PUT", "/api/v1/rules/hot-2", hotRule("hot-2", { labels: { team: "heating" } }));
  await eventually(async () => {
    await here.on.fleet.mark();
    expect((await mutes()).toSorted()).toContain("hot-2 boiler-1 maintenance/m");
  });
  const wrong = await here.rules.call("POST", "/api/v1/maintenance", { id: "n", rules: {}, to: inAnHour() });
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: "/rules" }] } });
});
