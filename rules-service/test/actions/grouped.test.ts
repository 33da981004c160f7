import { expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { actionEvents, enableRule, hotRule } from "../support/harness.ts";
import { stage } from "../support/stage.ts";

const at = stage(undefined, 4);

interface Told {
  readonly id: string;
  readonly group: Record<string, string>;
  readonly count: number;
  readonly ended: number;
  readonly more: number;
  /** "raised boiler-1" */
  readonly alerts: string[];
}

function told(): Told[] {
  return at.receiver.received.map(({ id, body: { type, data } }) => {
    expect(type).toBe("alerts.grouped");
    const alerts = data.alerts.map(
      (each: { type: string; data: { alert: { device: string } } }) =>
        `${each.type.replace("alert.", "")} ${each.data.alert.device}`,
    );
    return { id, group: data.group, count: data.count, ended: data.ended, more: data.more, alerts: alerts.toSorted() };
  });
}

/** Nothing is due before a test lets log time go on. */
const wait = 1_800_000;

function grouped(id: string, more: object = {}) {
  const action = { webhook: { url: at.url }, groupBy: ["rule"], groupWait: "30m", groupInterval: "1h", ...more };
  return hotRule(id, { actions: [action] });
}

async function actionsOf(device: string, query = ""): Promise<Record<string, unknown>[]> {
  const { items } = (await at.rules.call("GET", `/api/v1/alerts?device=${device}${query}`)).body;
  const all = items.map(({ id }: { id: string }) => at.rules.call("GET", `/api/v1/alerts/${id}/actions`));
  return ((await Promise.all(all)) as { body: { items: [] } }[]).flatMap(({ body }) => body.items);
}

/** Until so many actions of a device wait for their group. */
async function untilWaiting(device: string, count = 1, query = ""): Promise<void> {
  await eventually(async () => {
    const waiting = (await actionsOf(device, query)).filter(({ state }) => state === "waiting");
    expect(waiting).toHaveLength(count);
  });
}

async function untilTold(messages: number): Promise<void> {
  await eventually(() => expect(told()).toHaveLength(messages));
}

const devices = Array.from({ length: 6 }, (_, index) => `boiler-${index}`);

it("one message tells the alerts of every partition, and each has its outcome on record", async () => {
  await enableRule(at.rules, grouped("hot"));
  for (const device of devices) await at.on.fleet.send(device, [95]);
  for (const device of devices) await untilWaiting(device);
  expect(new Set(devices.map((device) => at.on.fleet.partitionOf(device))).size).toBeGreaterThan(1);
  at.advance(wait);
  await untilTold(1);
  const [{ id }] = told() as [Told];
  const alerts = devices.map((device) => `raised ${device}`);
  expect(told()).toEqual([{ id, group: { rule: "hot" }, count: 6, ended: 0, more: 0, alerts }]);
  for (const device of devices) {
    await eventually(async () => {
      expect(await actionsOf(device)).toMatchObject([
        { state: "succeeded", status: 204, attempts: 1, on: "raised", group: { rule: "hot" }, message: id },
      ]);
    });
  }
});

it("groups by what the device is tagged with, over rules that tell the same place", async () => {
  await at.register("n-1", { tags: { site: "north" } });
  await at.register("n-2", { tags: { site: "north" } });
  await at.register("s-1", { tags: { site: "south" } });
  const { actions } = grouped("", { groupBy: ["tags.site"] });
  await enableRule(at.rules, hotRule("hot", { actions }));
  await enableRule(at.rules, hotRule("load", { condition: { metric: "load", above: 90 }, actions }));
  for (const device of ["n-1", "n-2", "s-1", "nowhere"]) await at.on.fleet.send(device, [95]);
  await at.on.fleet.send("n-1", [95], "load");
  await untilWaiting("n-1", 2);
  for (const device of ["n-2", "s-1", "nowhere"]) await untilWaiting(device);
  // What becomes of the device takes no alert out of its group.
  await at.register("n-2", { tags: { site: "south" } });
  at.advance(wait);
  await untilTold(3);
  expect(Object.fromEntries(told().map(({ group, alerts }) => [group["tags.site"], alerts]))).toEqual({
    north: ["raised n-1", "raised n-1", "raised n-2"],
    south: ["raised s-1"],
    "": ["raised nowhere"],
  });
});

it("is silent for groupInterval after a message, and tells then what has come", async () => {
  await enableRule(at.rules, grouped("hot", { groupWait: "0s", on: ["raised", "cleared"] }));
  await at.on.fleet.send("boiler-0", [95]);
  await untilTold(1);
  await at.on.fleet.send("boiler-1", [95]);
  await at.on.fleet.send("boiler-0", [70]);
  await at.on.fleet.send("boiler-2", [95]);
  for (const device of ["boiler-0", "boiler-1", "boiler-2"]) await untilWaiting(device);
  at.advance(wait);
  // Of another group, so that whatever was due before it would have been told.
  await enableRule(at.rules, grouped("other", { groupWait: "0s" }));
  await at.on.fleet.send("boiler-3", [95]);
  await eventually(() => expect(told().some(({ group }) => group["rule"] === "other")).toBe(true));
  const ofHot = () => told().filter(({ group }) => group["rule"] === "hot");
  for (const device of ["boiler-1", "boiler-3"]) await untilWaiting(device, 1, "&rule=hot");
  expect(ofHot()).toHaveLength(1);
  at.advance(wait);
  await eventually(() => expect(ofHot()).toHaveLength(2));
  const alerts = ["cleared boiler-0", "raised boiler-1", "raised boiler-2", "raised boiler-3"];
  expect(ofHot()[1]).toMatchObject({ count: 4, ended: 1, alerts });
});

it("what begins and ends before its message is told once as ended, or not at all where ends are not answered", async () => {
  await enableRule(at.rules, grouped("both", { on: ["raised", "cleared"] }));
  await enableRule(at.rules, grouped("raises"));
  await at.on.fleet.send("boiler-0", [95, 70]);
  await at.on.fleet.send("boiler-1", [95]);
  await untilWaiting("boiler-0", 3);
  await untilWaiting("boiler-1", 2);
  // No action says of an alert that it is over where ends are not answered.
  await untilWaiting("boiler-0", 1, "&rule=raises&state=cleared");
  at.advance(wait);
  await untilTold(2);
  expect(Object.fromEntries(told().map(({ group, alerts }) => [group["rule"], alerts]))).toEqual({
    both: ["cleared boiler-0", "raised boiler-1"],
    raises: ["raised boiler-1"],
  });
  expect(await actionsOf("boiler-0", "&rule=raises")).toMatchObject([
    { state: "gave-up", attempts: 0, error: "it ended before its group was told", message: expect.any(String) },
  ]);
});

it("no message comes of a group of which nothing is left to be told", async () => {
  await enableRule(at.rules, grouped("hot"));
  await at.on.fleet.send("boiler-0", [95, 70]);
  await eventually(async () => expect(await actionsOf("boiler-0", "&state=cleared")).toHaveLength(1));
  at.advance(wait);
  await eventually(async () => {
    expect(await actionsOf("boiler-0")).toMatchObject([{ state: "gave-up", attempts: 0 }]);
  });
  await at.on.fleet.send("boiler-1", [95]);
  await untilWaiting("boiler-1");
  at.advance(wait);
  await untilTold(1);
  expect(told()).toMatchObject([{ alerts: ["raised boiler-1"] }]);
});

it("a message is retried as one, under its id, and its outcome is that of each", async () => {
  let asked = 0;
  at.receiver.answer = (_request, response) => response.writeHead((asked += 1) < 3 ? 500 : 204).end();
  await enableRule(at.rules, grouped("hot"));
  for (const device of ["boiler-0", "boiler-1"]) await at.on.fleet.send(device, [95]);
  for (const device of ["boiler-0", "boiler-1"]) await untilWaiting(device);
  at.advance(wait);
  await untilTold(3);
  expect(new Set(told().map(({ id }) => id)).size).toBe(1);
  for (const device of ["boiler-0", "boiler-1"]) {
    await eventually(async () => {
      expect(await actionsOf(device)).toMatchObject([{ state: "succeeded", attempts: 3, status: 204 }]);
    });
  }
});

it("what waits survives restarts, with its read models and without, and a replay of all alerts tells nothing", async () => {
  await enableRule(at.rules, grouped("hot"));
  await at.on.fleet.send("boiler-0", [95]);
  await untilWaiting("boiler-0");
  await at.restart(at.rules.dataDir);
  await untilWaiting("boiler-0");
  await at.restart();
  await at.on.fleet.send("boiler-1", [95]);
  for (const device of ["boiler-0", "boiler-1"]) await untilWaiting(device);
  at.advance(wait);
  await untilTold(1);
  expect(told()[0]).toMatchObject({ alerts: ["raised boiler-0", "raised boiler-1"] });
  await eventually(async () => expect(await actionsOf("boiler-1")).toMatchObject([{ state: "succeeded" }]));
  await at.rules.stop();
  const { log, topics } = at.on;
  const group = await log.consume({
    group: "rules-actions",
    topics: [topics.alerts],
    onBatch: async (batch) => void (await batch.commit(0)),
    onAssigned: (all) => Promise.resolve(all.map((each) => ({ ...each, offset: 0 }))),
  });
  await eventually(async () => {
    const committed = await log.committed("rules-actions", [topics.alerts]);
    expect(committed.some(({ offset }) => offset === 0)).toBe(true);
  });
  await group.close();
  await at.restart();
  await at.on.fleet.send("boiler-2", [95]);
  await untilWaiting("boiler-2");
  at.advance(2 * wait);
  await untilTold(2);
  expect(told()[1]).toMatchObject({ alerts: ["raised boiler-2"] });
});

it("what was sent but has no outcome is sent again under its id by whoever comes next", async () => {
  const held: (() => void)[] = [];
  at.receiver.answer = (_request, response) => held.push(() => response.writeHead(204).end());
  await enableRule(at.rules, grouped("hot"));
  await at.on.fleet.send("boiler-0", [95]);
  await untilWaiting("boiler-0");
  at.advance(wait);
  await untilTold(1);
  await at.restart();
  await untilTold(2);
  expect(new Set(told().map(({ id }) => id)).size).toBe(1);
  for (const answer of held) answer();
  await eventually(async () => expect(await actionsOf("boiler-0")).toMatchObject([{ state: "succeeded" }]));
});

it("names a part of many alerts, and counts the others", async () => {
  const many = Array.from({ length: 70 }, (_, index) => `pump-${index}`);
  await enableRule(at.rules, grouped("hot"));
  await at.on.fleet.append(many.map((device) => at.on.fleet.record(device, "temperature", 95).record));
  await eventually(async () => {
    const requests = (await actionEvents(at.on)).filter(({ requested }) => requested?.group != null);
    expect(requests).toHaveLength(70);
  });
  for (const device of many) await untilWaiting(device);
  at.advance(wait);
  await untilTold(1);
  expect(told()[0]).toMatchObject({ count: 70, more: 20 });
  expect(told()[0]!.alerts).toHaveLength(50);
});
