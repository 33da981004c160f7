import { afterEach, beforeEach, expect, it } from "vitest";
import { events } from "@headwater/proto";
import {
  alertEvents,
  enableRule,
  hotRule,
  platform,
  startService,
  stateRecords,
  untilLive,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { eventually } from "@headwater/testkit/eventually";
import { expectExactlyTheOracle } from "./support/oracle.ts";

let on: Platform;
let rules: Service;

beforeEach(async () => {
  on = await platform();
  rules = await startService(on);
});

afterEach(async () => {
  await rules.stop();
  await on.close();
});

type DeviceEvent = ReturnType<typeof events.device.decode>;
type DeviceInput = Parameters<typeof events.device.encode>[0];

async function device(id: string, revision: number, what: DeviceInput): Promise<void> {
  const value = events.device.encode({ id, revision, writeId: `${id}-${revision}-${Math.random()}`, ...what });
  await on.log.append(on.topics.devices, [{ key: id, value }]);
}

async function effectiveDevices(): Promise<DeviceEvent[]> {
  return (await stateRecords(on)).flatMap(({ effective }) =>
    effective?.topic === on.topics.devices ? [events.device.decode(effective.record)] : [],
  );
}

async function untilEffective(count: number): Promise<DeviceEvent[]> {
  return eventually(async () => {
    const found = await effectiveDevices();
    expect(found).toHaveLength(count);
    return found;
  });
}

it("lets devices in and out of a rule's selector, at the same offsets after a restart", async () => {
  await enableRule(rules, hotRule("hot", { selector: { types: ["boiler"], tags: { site: ["north"] } } }));
  await on.fleet.send("kettle", [95]);
  await device("kettle", 1, { type: "boiler", tags: { site: "north" } });
  await untilEffective(1);
  await on.fleet.send("kettle", [96, 60]);
  await device("kettle", 2, { type: "boiler", tags: { site: "south" } });
  await untilEffective(2);
  await on.fleet.send("kettle", [97, 60]);
  const first = await expectExactlyTheOracle(on);
  expect(first.alerts.size).toBe(2);

  await rules.stop();
  await on.fleet.send("kettle", [98]);
  rules = await startService(on);
  await device("kettle", 3, { deleted: true });
  await untilEffective(3);
  await on.fleet.send("kettle", [60]);
  expect((await expectExactlyTheOracle(on)).alerts).toEqual(first.alerts);
});

it("takes up only who won among concurrent writes, and no credentials", async () => {
  await device("kettle", 1, { type: "boiler", credentials: [{ id: "c", kind: "token", hash: Buffer.from("secret") }] });
  await device("kettle", 1, { type: "loser" });
  await device("kettle", 2, { type: "winner" });
  await device("kettle", 2, { type: "loser" });
  await device("kettle", 1, { type: "loser" });
  // Another device after them shows that all of them were read.
  const last = ["a", "b", "c", "d", "e"].find((id) => on.fleet.partitionOf(id) === on.fleet.partitionOf("kettle"))!;
  await device(last, 1, { type: "last" });
  await eventually(async () => {
    const found = await effectiveDevices();
    expect(found.at(-1)!.id).toBe(last);
  });
  const found = (await effectiveDevices()).filter(({ id }) => id === "kettle");
  // A state that was replaced while it waited may be missing.
  expect(found.at(-1)!.type).toBe("winner");
  expect(found.map(({ type }) => type)).not.toContain("loser");
  expect(found.flatMap(({ credentials }) => credentials)).toEqual([]);
});

it("takes up devices that were written while nobody evaluated, before what came after them", async () => {
  await enableRule(rules, hotRule("hot", { selector: { types: ["boiler"] } }));
  await rules.stop();
  await device("kettle", 1, { type: "boiler" });
  rules = await startService(on);
  await untilEffective(1);
  await on.fleet.send("kettle", [95]);
  await eventually(async () => expect(await alertEvents(on)).toHaveLength(1));
  await expectExactlyTheOracle(on);
});

it("skips what is no telemetry, counts it, and goes on", async () => {
  await enableRule(rules, hotRule("hot"));
  const partition = on.fleet.partitionOf("kettle");
  await on.log.append(on.topics.telemetry, [
    { key: "kettle", partition, value: Buffer.from([0xff, 0xff, 0xff]) },
    { key: "kettle", partition, value: null },
  ]);
  await on.fleet.send("kettle", [95]);
  await eventually(async () => expect(await alertEvents(on)).toHaveLength(1));
  const metrics = await rules.http.inject({
    method: "GET",
    url: "/metrics",
    headers: { authorization: "Bearer 0123456789abcdef0123456789abcdef" },
  });
  expect(metrics.body).toMatch(/headwater_rules_undecodable_total\{service="rules"\} [2-9]/);
  expect(metrics.body).toMatch(/headwater_rules_alerts_raised_total\{service="rules"\} 1/);
});

it("goes on beside a rule that it cannot read, names it in health, and takes the revision that mends it", async () => {
  const event = events.rule.encode({
    rule: "strange",
    sequence: 1,
    writeId: "w",
    created: { revision: 1, schema: 1, definition: '{"id":"strange","condition":{"metric":"m","op":"=>"}}' },
  });
  await on.log.append(on.topics.rules, [{ key: "strange", value: event }]);
  await enableRule(rules, hotRule("hot"));
  expect(rules.app.warnings!()).toEqual([expect.stringMatching(/rules\.v1: 1 record was skipped.*strange/)]);
  expect((await rules.call("POST", "/api/v1/rules/strange/enable")).status).toBe(200);
  expect((await rules.call("GET", "/api/v1/rules/strange")).body.state).toBe("warming");
  expect((await rules.call("PUT", "/api/v1/rules/strange", hotRule("strange"))).status).toBe(200);
  await untilLive(rules, "strange");
  await on.fleet.send("kettle", [95]);
  await eventually(async () => expect(await alertEvents(on)).toHaveLength(2));
});

it("keeps a live rule as it was when something writes a revision that cannot be read", async () => {
  await enableRule(rules, hotRule("hot"));
  const revised = { revision: 2, schema: 99, definition: '{"id":"hot"}' };
  const event = events.rule.encode({ rule: "hot", sequence: 3, writeId: "w", revised });
  await on.log.append(on.topics.rules, [{ key: "hot", value: event }]);
  await eventually(() => expect(rules.app.warnings!()).toEqual([expect.stringMatching(/schema 99/)]));
  await on.fleet.send("kettle", [95]);
  await eventually(async () => expect((await alertEvents(on)).map(({ revision }) => revision)).toEqual([1]));
});
