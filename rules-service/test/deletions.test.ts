import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import type { PartitionPositions } from "@headwater/event-log";
import { events, telemetryHeaders, type RuleStateRecord } from "@headwater/proto";
import { CrashableLog } from "./support/crashable-log.ts";
import {
  alertEvents,
  createService,
  enableRule,
  hotRule,
  platform,
  stateRecords,
  type Platform,
  type Service,
} from "./support/harness.ts";

/** The oldest telemetry that retention is taken to have left. */
let telemetryStart = 0;

class ShortLog extends CrashableLog {
  override async positions(topic: string): Promise<readonly PartitionPositions[]> {
    const found = await super.positions(topic);
    return topic === on.topics.telemetry ? found.map((each) => ({ ...each, start: telemetryStart })) : found;
  }
}

let on: Platform;
let running: { rules: Service; log: CrashableLog };
const killed: { rules: Service; log: CrashableLog }[] = [];

beforeEach(async () => {
  on = await platform(1);
  telemetryStart = 0;
  await start();
});

afterEach(async () => {
  await running.rules.stop();
  for (const { log } of killed) log.rejectPending();
  await Promise.all(killed.splice(0).map(({ rules }) => rules.clear()));
  await on.close();
});

async function start(): Promise<void> {
  const log = new ShortLog(on.log);
  const rules = await createService({ ...on, log });
  running = { rules, log };
  await rules.app.start();
}

/** By then no telemetry is left from before what has taken effect so far. */
async function restart(): Promise<void> {
  const before = await stateRecords(on);
  const claims = before.filter(({ claim }) => claim !== null).length;
  telemetryStart = Math.max(0, ...before.map(({ effective }) => effective?.fromOffset ?? 0));
  await running.rules.stop();
  await start();
  // Its first checkpoint, after which it removes what nobody needs.
  await eventually(async () => {
    const records = await stateRecords(on);
    const own = records.findLastIndex(({ claim }) => claim !== null);
    expect(records.filter(({ claim }) => claim !== null).length).toBe(claims + 1);
    expect(records.slice(own).some(({ checkpoint }) => checkpoint !== null)).toBe(true);
  });
}

type DeviceInput = Parameters<typeof events.device.encode>[0];

async function device(id: string, revision: number, what: DeviceInput): Promise<void> {
  const value = events.device.encode({ id, revision, writeId: `${id}-${revision}`, ...what });
  await on.log.append(on.topics.devices, [{ key: id, value }]);
}

/** The effectives of what came from a topic that the state log still has. */
async function effectivesLeft(topic: string): Promise<NonNullable<RuleStateRecord["effective"]>[]> {
  const left = new Map<string, NonNullable<RuleStateRecord["effective"]>>();
  for await (const { records } of on.log.read(on.topics.ruleState, 0)) {
    for (const { key, value } of records) {
      const name = Buffer.from(key!).toString();
      const { effective } = value === null ? { effective: null } : events.ruleState.decode(value);
      if (effective?.topic === topic) left.set(name, effective);
      else left.delete(name);
    }
  }
  return [...left.values()];
}

/** Names of the devices whose effectives the state log still has. */
async function devicesLeft(): Promise<string[]> {
  return (await effectivesLeft(on.topics.devices)).map(({ record }) => events.device.decode(record).id);
}

let n = 0;

async function send(id: string, incarnation: number, value: number): Promise<void> {
  const receivedAt = Date.now() * 1000;
  const identity = { gateway: "gateway-2", epoch: 9, n: (n += 1), receivedAt, eventTime: receivedAt };
  const readings = [{ metric: "temperature", number: value }];
  const event = events.telemetry.encode({ ...identity, device: id, incarnation, readings });
  await on.log.append(on.topics.telemetry, [{ key: id, value: event, headers: telemetryHeaders.event }]);
}

async function raisedOf(): Promise<string[]> {
  return (await alertEvents(on)).map(({ device: id }) => id);
}

it("leaves nothing of a deleted device in the state log, and still tells it from the next one of its id", async () => {
  await enableRule(running.rules, hotRule("hot"));
  await device("gone", 1, { type: "boiler" });
  await device("here", 1, { type: "boiler" });
  await eventually(async () => expect((await devicesLeft()).toSorted()).toEqual(["gone", "here"]));
  await device("gone", 2, { deleted: true, incarnation: 1 });
  await eventually(async () => expect((await devicesLeft()).toSorted()).toEqual(["gone", "gone", "here"]));
  // The second start knows from the checkpoint of the first that it took effect.
  await restart();
  await restart();
  await eventually(async () => expect(await devicesLeft()).toEqual(["here"]));
  for (const round of [1, 2]) {
    // What the deleted one had sent comes late; then what is heard of its id since.
    await send("gone", 0, 95);
    await send("gone", 1, 96);
    await send("gone", 1, 60);
    await eventually(async () => expect((await raisedOf()).length).toBe(2 * round));
    const values = (await alertEvents(on)).map(({ value }) => value);
    expect(values).not.toContain(95);
    await restart();
    expect(await devicesLeft()).toEqual(["here"]);
  }
});

it("takes a registration and a deletion up that were written while nobody evaluated", async () => {
  await enableRule(running.rules, hotRule("hot"));
  await device("before", 1, { type: "boiler" });
  await device("before", 2, { deleted: true, incarnation: 1 });
  await restart();
  await restart();
  await eventually(async () => expect(await devicesLeft()).toEqual([]));
  await running.rules.stop();
  await device("before", 3, { type: "boiler", incarnation: 1 });
  await device("after", 1, { type: "boiler" });
  await device("after", 2, { deleted: true, incarnation: 1 });
  await start();
  await eventually(async () => expect((await devicesLeft()).toSorted()).toEqual(["after", "before"]));
  await send("before", 0, 95);
  await send("after", 0, 95);
  await send("before", 1, 96);
  await eventually(async () => expect(await raisedOf()).toEqual(["before"]));
});

it("brings no snooze back of a device that was deleted and made anew, wherever a removal is cut off", async () => {
  await enableRule(running.rules, hotRule("hot"));
  await device("d", 1, { type: "boiler" });
  await eventually(async () => expect(await devicesLeft()).toEqual(["d"]));
  await send("d", 0, 95);
  const [alert] = await eventually(async () => {
    const { body } = await running.rules.call("GET", "/api/v1/alerts?state=active");
    expect(body.items).toHaveLength(1);
    return body.items as { id: string }[];
  });
  const { status } = await running.rules.call("POST", `/api/v1/alerts/${alert!.id}/snooze`, { for: "3h" });
  expect(status).toBeLessThan(300);
  telemetryStart = Math.max(0, ...(await stateRecords(on)).map(({ effective }) => effective?.fromOffset ?? 0));
  await device("d", 2, { deleted: true, incarnation: 1 });
  await device("d", 3, { type: "boiler", incarnation: 1 });
  await eventually(async () => expect((await raisedOf()).length).toBeGreaterThanOrEqual(3));
  for (let round = 1; round <= 3; round += 1) {
    running.log.crashAfter = { topic: on.topics.ruleState, appends: round };
    await running.log.crash();
    killed.push(running);
    await start();
    running.log.crashAfter = { topic: on.topics.ruleState, appends: round };
    await Promise.race([
      eventually(() => expect(running.log.crashed).toBe(true)),
      new Promise((resolve) => setTimeout(resolve, 500)),
    ]);
    await running.log.crash();
    killed.push(running);
    await start();
  }
  await send("d", 1, 97);
  const raised = await eventually(async () => {
    const { body } = await running.rules.call("GET", "/api/v1/alerts?state=active");
    expect(body.items).toHaveLength(1);
    return body.items as Record<string, unknown>[];
  });
  expect(raised[0]!["mutedBy"] ?? []).toEqual([]);
  expect(raised[0]!["snoozedUntil"] ?? null).toBeNull();
});

it("leaves nothing of rules and maintenance windows that are no more, and begins with both anew under their ids", async () => {
  const { call } = running.rules;
  const window = { id: "north", selector: { ids: ["*"] }, to: new Date(Date.now() + 3_600_000).toISOString() };
  await enableRule(running.rules, hotRule("stays"));
  await enableRule(running.rules, hotRule("gone"));
  expect((await call("POST", "/api/v1/maintenance", window)).status).toBe(201);
  await eventually(async () => expect(await effectivesLeft(on.topics.rules)).toHaveLength(3));
  await send("d", 0, 95);
  const muted = async () => {
    const { body } = await running.rules.call("GET", "/api/v1/alerts?state=active");
    return (body.items as { rule: string; mutedBy: string[] }[])
      .map(({ rule, mutedBy }) => `${rule} ${mutedBy.join()}`)
      .toSorted();
  };
  await eventually(async () => expect(await muted()).toEqual(["gone maintenance/north", "stays maintenance/north"]));
  expect((await call("DELETE", "/api/v1/rules/gone")).status).toBeLessThan(300);
  expect((await call("DELETE", "/api/v1/maintenance/north")).status).toBe(200);
  await eventually(async () => expect(await muted()).toEqual(["stays "]));
  await restart();
  await eventually(async () => expect(await effectivesLeft(on.topics.rules)).toHaveLength(1));
  // Nor does a start say again that either is gone.
  await restart();
  expect(await effectivesLeft(on.topics.rules)).toHaveLength(1);
  expect(await muted()).toEqual(["stays "]);

  expect((await running.rules.call("POST", "/api/v1/maintenance", window)).status).toBe(201);
  await enableRule(running.rules, hotRule("gone"));
  await eventually(async () => expect(await muted()).toContain("stays maintenance/north"));
  await send("e", 0, 95);
  const all = ["gone maintenance/north", "stays maintenance/north", "stays maintenance/north"];
  await eventually(async () =>
    expect((await muted()).filter((each) => each !== "")).toEqual(expect.arrayContaining(all)),
  );
  await restart();
  expect(await effectivesLeft(on.topics.rules)).toHaveLength(3);
});
