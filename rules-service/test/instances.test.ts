import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { events } from "@headwater/proto";
import { CrashableLog } from "./support/crashable-log.ts";
import {
  enableRule,
  hotRule,
  platform,
  createService,
  quickConfig,
  stateRecords,
  untilLive,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { eventually } from "@headwater/testkit/eventually";
import { expectExactlyTheOracle, emitted } from "./support/oracle.ts";
import { sendWaves, steadyLoad } from "./support/waves.ts";

let on: Platform;
const members: { rules: Service; log: CrashableLog }[] = [];

beforeEach(async () => {
  on = await platform(4);
});

afterEach(async () => {
  for (const { log } of members) if (log.crashed) log.rejectPending();
  await Promise.all(members.splice(0).map(({ rules, log }) => (log.crashed ? rules.clear() : rules.stop())));
  await on.close();
});

async function join(config = quickConfig, more = {}): Promise<{ rules: Service; log: CrashableLog }> {
  const log = new CrashableLog(on.log);
  const rules = await createService({ ...on, log }, config, silentLogger, {}, undefined, more);
  const member = { rules, log };
  members.push(member);
  await rules.app.start();
  return member;
}

it("shares the partitions, and either answers for all of them", async () => {
  const a = await join();
  const b = await join();
  await enableRule(a.rules, hotRule("hot"));
  await untilLive(b.rules, "hot");
  await sendWaves(on, 0, 10);
  const { alerts } = await expectExactlyTheOracle(on);
  expect(alerts.size).toBeGreaterThan(8);
  await eventually(async () => {
    const lists = await Promise.all([a, b].map(({ rules }) => rules.call("GET", "/api/v1/alerts")));
    expect(lists[0]!.body.items).toEqual(lists[1]!.body.items);
    expect(lists[0]!.body.items.length).toBe([...alerts.keys()].filter((key) => key.endsWith("/1")).length);
  });
});

it("writes a checkpoint of a partition before it moves to a member that joins", async () => {
  const seldom = { ...quickConfig, checkpointMs: 3_600_000, checkpointRecords: 10_000_000 };
  // However slow the disk is.
  const a = await join(seldom, { handOverMs: 60_000 });
  await enableRule(a.rules, hotRule("hot"));
  const before = new Map((await on.log.positions(on.topics.telemetry)).map(({ partition, end }) => [partition, end]));
  await sendWaves(on, 0, 10);
  await expectExactlyTheOracle(on);
  const told = (await on.log.positions(on.topics.alerts)).filter(({ end }) => end > 0);
  await join();
  const moved = await eventually(async () => {
    const records = await stateRecords(on);
    const found = told.flatMap(({ partition }) => {
      const ofIt = records.filter((each) => each.partition === partition);
      const claim = ofIt.findLastIndex((each) => each.claim !== null);
      const first = ofIt.findIndex((each) => each.claim !== null);
      return claim === first ? [] : [{ partition, records: ofIt.slice(0, claim) }];
    });
    expect(found).not.toEqual([]);
    return found;
  });
  for (const { partition, records } of moved) {
    const last = records.findLast(({ checkpoint }) => checkpoint !== null)!.checkpoint!;
    expect(last.offset).toBeGreaterThan(before.get(partition)!);
  }
});

it("is the same while members come, go and are killed under load", async () => {
  const a = await join();
  await enableRule(a.rules, hotRule("hot"));
  const load = steadyLoad(on);
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(100);
  const b = await join();
  await pause(150);
  await a.log.crash();
  await pause(150);
  const c = await join();
  await b.rules.call("PUT", "/api/v1/rules/hot", hotRule("hot", { severity: "warning" }));
  await pause(150);
  await b.rules.stop();
  await pause(100);
  await untilLive(c.rules, "hot");
  await load.stop();
  await expectExactlyTheOracle(on);
});

it("says nothing any more once another has claimed the partition, though its group has not said so", async () => {
  const a = await join();
  await enableRule(a.rules, hotRule("hot"));
  await on.fleet.send("boiler", [70]);
  // Another owner claims the partition, as after a long pause of this process; an append that fails makes this process
  // check its ownership.
  const partition = on.fleet.partitionOf("boiler");
  const claim = events.ruleState.encode({ claim: { instance: "another" } });
  await on.log.append(on.topics.ruleState, [{ key: "claim/another", value: claim, partition }]);
  a.log.failNext = on.topics.alerts;
  await on.fleet.send("boiler", [95]);
  await eventually(() => expect(a.rules.app.notReady()).toContainEqual(expect.stringContaining("another instance")));
  expect((await emitted(on)).alerts.size).toBe(0);
  await a.log.crash();
  await join();
  await expectExactlyTheOracle(on);
  expect((await emitted(on)).alerts.size).toBe(1);
});

it("joins its group again where a claim that no member wrote goes on standing", async () => {
  // A standstill of this length is noticed, and waited out twenty times.
  const a = await join({ ...quickConfig, stallMs: 100 });
  await enableRule(a.rules, hotRule("hot"));
  const partition = on.fleet.partitionOf("boiler");
  const claim = events.ruleState.encode({ claim: { instance: "nobody" } });
  await on.log.append(on.topics.ruleState, [{ key: "claim/nobody", value: claim, partition }]);
  a.log.failNext = on.topics.alerts;
  await on.fleet.send("boiler", [95]);
  await eventually(() => expect(a.rules.app.notReady()).toContainEqual(expect.stringContaining("another instance")));
  await eventually(async () => expect((await emitted(on)).alerts.size).toBe(1));
  await eventually(() => expect(a.rules.app.notReady()).toEqual([]));
  await expectExactlyTheOracle(on);
});
