import { afterEach, beforeEach, expect, it } from "vitest";
import { rulesConfig, type RulesConfig } from "../src/config.ts";
import { alertTransition } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { CrashableLog } from "./support/crashable-log.ts";
import { HastenedLog } from "./support/hastened-log.ts";
import {
  alertEvents,
  createService,
  derivingRules,
  enableRule,
  hotRule,
  platform,
  quickConfig,
  stateRecords,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { emitted, expectExactlyTheOracle } from "./support/oracle.ts";
import { steadyLoad } from "./support/waves.ts";

/** Only what a start, a stop or too much to go through again asks for. */
const seldom = { ...quickConfig, checkpointMs: 3_600_000, checkpointRecords: 10_000_000, replayMs: 3_600_000 };
const rules = [
  hotRule("hot"),
  hotRule("held", { condition: { metric: "temperature", op: ">", threshold: 90, for: "5ms" } }),
  hotRule("mean", {
    condition: { metric: "temperature", window: { over: "5s" }, aggregate: "mean", above: 77, clearBelow: 76 },
  }),
  hotRule("silent", { condition: { absent: "1s" } }),
  ...derivingRules,
];

let on: Platform;
let running: { service: Service; log: CrashableLog } | undefined;
const killed: { service: Service; log: CrashableLog }[] = [];

beforeEach(async () => {
  on = await platform();
});

afterEach(async () => {
  await running?.service.stop();
  running = undefined;
  for (const { log } of killed) log.rejectPending();
  await Promise.all(killed.splice(0).map(({ service }) => service.clear()));
  await on.close();
});

async function start(config: Partial<RulesConfig>): Promise<Service> {
  const log = new CrashableLog(on.log);
  const service = await createService({ ...on, log }, config);
  running = { service, log };
  await service.app.start();
  return service;
}

async function kill(): Promise<void> {
  await running!.log.crash();
  killed.push(running!);
  running = undefined;
}

async function checkpoints(): Promise<number> {
  return (await stateRecords(on)).filter(({ checkpoint }) => checkpoint !== null).length;
}

it("goes on exactly where much has to be gone through again, after each of several kills", async () => {
  const service = await start(seldom);
  for (const rule of rules) await enableRule(service, rule);
  const load = steadyLoad(on);
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 400 + 150 * round));
    await kill();
    await start(seldom);
  }
  // However long a busy machine takes to send that much.
  await eventually(async () => {
    const { alerts, derived } = await emitted(on);
    expect([alerts.size > 20, derived.size > 20]).toEqual([true, true]);
  });
  await load.stop();
  await expectExactlyTheOracle(on);
});

it("goes on exactly where one restart follows the other before a checkpoint is whole", async () => {
  const service = await start(seldom);
  for (const rule of rules) await enableRule(service, rule);
  const load = steadyLoad(on);
  for (let round = 0; round < 10; round += 1) {
    running!.log.crashAfter = { topic: on.topics.ruleState, appends: 3 + (round % 4) };
    const { log } = running!;
    // Claims and first checkpoints; where they are all that is appended, the kill comes from outside.
    await Promise.race([
      eventually(() => expect(log.crashed).toBe(true)),
      new Promise((resolve) => setTimeout(resolve, 20 * round)),
    ]);
    await kill();
    await start(seldom);
  }
  await load.stop();
  await expectExactlyTheOracle(on);
});

it("tells of a gateway that has fallen silent and is back, over a kill after each", async () => {
  const log = new HastenedLog(on.log, 100);
  on = { ...on, log };
  const toldOf = async (transition: number): Promise<void> =>
    eventually(async () => {
      const told = (await alertEvents(on)).filter(({ device }) => device === "gateway-1");
      expect(told.map(({ kind }) => kind)).toContain(transition);
    });
  const service = await start(seldom);
  for (const rule of rules) await enableRule(service, rule);
  await steadyLoad(on).stop();
  log.hasten();
  await toldOf(alertTransition.raised);
  await kill();
  await start(seldom);
  const load = steadyLoad(on);
  await toldOf(alertTransition.cleared);
  await kill();
  await start(seldom);
  await load.stop();
  await expectExactlyTheOracle(on);
});

it("writes a checkpoint where a restart would take too long over what came since the last", async () => {
  const service = await start({ ...seldom, replayMs: 40 });
  for (const rule of rules) await enableRule(service, rule);
  const before = await checkpoints();
  const load = steadyLoad(on);
  await eventually(async () => expect(await checkpoints()).toBeGreaterThan(before + 2));
  await kill();
  await start(seldom);
  await load.stop();
  await expectExactlyTheOracle(on);
});

it("commits how far it is, beyond its last checkpoint", async () => {
  const service = await start(seldom);
  await enableRule(service, hotRule("hot"));
  const load = steadyLoad(on);
  const { group } = rulesConfig(seldom);
  await eventually(async () => {
    const committed = await on.log.committed(group, [on.topics.telemetry]);
    const records = await stateRecords(on);
    for (const { partition, offset } of committed) {
      const last = records.findLast((each) => each.partition === partition && each.checkpoint !== null);
      expect(offset).toBeGreaterThan(last!.checkpoint!.offset + 20);
    }
    expect(committed).toHaveLength(on.partitions);
  });
  await load.stop();
});
