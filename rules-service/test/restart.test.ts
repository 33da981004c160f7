import { afterEach, beforeEach, expect, it } from "vitest";
import { alertTransition, events } from "@headwater/proto";
import { stateVersion } from "../src/engine/state-codec.ts";
import { CrashableLog } from "./support/crashable-log.ts";
import {
  alertEvents,
  commandEvents,
  derivingRules,
  enableRule,
  hotRule,
  platform,
  quickConfig,
  createService,
  stateRecords,
  untilLive,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { eventually } from "@headwater/testkit/eventually";
import { expectExactlyTheOracle, emitted } from "./support/oracle.ts";
import { sendWaves, steadyLoad } from "./support/waves.ts";

let on: Platform;
let running: { rules: Service; log: CrashableLog } | undefined;
const killed: { rules: Service; log: CrashableLog }[] = [];

beforeEach(async () => {
  on = await platform();
});

afterEach(async () => {
  await running?.rules.stop();
  running = undefined;
  // Killed services still have files open in this process; nothing from them reaches the log.
  for (const { log } of killed) log.rejectPending();
  await Promise.all(killed.splice(0).map(({ rules }) => rules.clear()));
  await on.close();
});

async function start(config = quickConfig): Promise<Service> {
  const log = new CrashableLog(on.log);
  const rules = await createService({ ...on, log }, config);
  running = { rules, log };
  await rules.app.start();
  return rules;
}

async function stop(): Promise<void> {
  await running!.rules.stop();
  running = undefined;
}

async function kill(): Promise<void> {
  await running!.log.crash();
  killed.push(running!);
  running = undefined;
}

it("goes on after a stop as if there had been none", async () => {
  await enableRule(await start(), hotRule("hot"));
  await sendWaves(on, 0, 10);
  await stop();
  await sendWaves(on, 10, 20);
  await start();
  await sendWaves(on, 20, 30);
  await expectExactlyTheOracle(on);
  // A clean stop leaves nothing to repeat.
  const raised = (await alertEvents(on)).filter(({ kind }) => (kind as number) === alertTransition.raised);
  expect(new Set(raised.map(({ alertId }) => alertId)).size).toBeGreaterThan(10);
});

it("leaves no claim of an owner in the state log of whom there is nothing left", async () => {
  const rules = await start();
  await enableRule(rules, hotRule("hot"));
  for (let round = 0; round < 4; round += 1) {
    await stop();
    await start();
    await eventually(async () => {
      for (const claims of await claimsLeft(on)) {
        // Of the owner by whom the rule took effect, and of the present one.
        expect(claims).toBeLessThanOrEqual(2);
      }
    });
  }
  await sendWaves(on, 0, 10);
  await expectExactlyTheOracle(on);
  await untilLive(running!.rules, "hot");
});

it("raises no second time what was open when it was killed without a checkpoint", async () => {
  const never = { ...quickConfig, checkpointMs: 3_600_000, checkpointRecords: 10_000_000 };
  await enableRule(await start(never), hotRule("hot"));
  await on.fleet.send("boiler-1", [70, 95]);
  await eventually(async () => expect(await alertEvents(on)).toHaveLength(1));
  await kill();
  await start(never);
  await on.fleet.send("boiler-1", [96, 70]);
  await eventually(async () => {
    const events = await alertEvents(on);
    expect(events.some(({ kind }) => (kind as number) === alertTransition.cleared)).toBe(true);
  });
  const found = await expectExactlyTheOracle(on);
  expect(found.alerts.size).toBe(2);
  expect(found.commands.size).toBe(1);
});

it("is the same after kills at any moment, under load", async () => {
  const rules = await start();
  await enableRule(rules, hotRule("hot"));
  await enableRule(
    rules,
    hotRule("held", { condition: { metric: "temperature", op: ">", threshold: 90, for: "5ms" } }),
  );
  for (const rule of derivingRules) await enableRule(rules, rule);
  const load = steadyLoad(on);
  for (let round = 0; round < 6; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 30 + 47 * round));
    if (round % 3 === 2) await stop();
    else await kill();
    await start();
  }
  await load.stop();
  await expectExactlyTheOracle(on);
  await eventually(async () => {
    const checkpoints = (await stateRecords(on)).filter(({ checkpoint }) => checkpoint !== null);
    expect(checkpoints.length).toBeGreaterThan(6);
  });
});

it.each(["alerts", "commands", "telemetry", "ruleState"] as const)(
  "is the same when killed right after an append to %s landed",
  async (role) => {
    const rules = await start();
    for (const rule of [hotRule("hot"), ...derivingRules]) await enableRule(rules, rule);
    let step = 0;
    for (let round = 0; round < 4; round += 1) {
      const { log } = running!;
      log.crashAfter = { topic: on.topics[role], appends: 1 + round };
      // What a busy machine reads at once it answers with one append: it goes on until there were enough of them.
      await eventually(async () => {
        await sendWaves(on, step, (step += 10));
        expect(log.crashed).toBe(true);
      });
      await kill();
      await start();
    }
    await sendWaves(on, step, step + 4);
    await expectExactlyTheOracle(on);
  },
);

it("applies rules and what people did at the offsets where they first took effect", async () => {
  const never = { ...quickConfig, checkpointMs: 3_600_000, checkpointRecords: 10_000_000 };
  const rules = await start(never);
  await enableRule(rules, hotRule("hot"));
  await sendWaves(on, 0, 6);
  await rules.call(
    "PUT",
    "/api/v1/rules/hot",
    hotRule("hot", { condition: { metric: "temperature", op: ">", threshold: 96.5 } }),
  );
  await untilLive(rules, "hot");
  await sendWaves(on, 6, 12);
  const open = await eventually(async () => {
    const { body } = await rules.call("GET", "/api/v1/alerts?state=active");
    expect(body.items.length).toBeGreaterThan(0);
    return body.items as { id: string }[];
  });
  await rules.call("POST", `/api/v1/alerts/${open[0]!.id}/clear`);
  await sendWaves(on, 12, 18);
  await rules.call("POST", "/api/v1/rules/hot/disable");
  await sendWaves(on, 18, 24);
  await eventually(async () => {
    const effectives = (await stateRecords(on)).filter(({ effective }) => effective?.topic === on.topics.rules);
    expect(effectives).toHaveLength(3 * on.partitions);
  });
  const before = (await stateRecords(on)).flatMap(({ effective }) => effective ?? []);
  await kill();
  // Everything is replayed from the start, control events included.
  await start(never);
  await sendWaves(on, 24, 26);
  await expectExactlyTheOracle(on);
  const after = (await stateRecords(on)).flatMap(({ effective }) => effective ?? []);
  const ofRules = (all: typeof after) => all.filter(({ topic }) => topic === on.topics.rules);
  expect(ofRules(after)).toEqual(ofRules(before));
});

it("comes to the same by a replay where it finds a state that is cut off", async () => {
  await enableRule(await start(), hotRule("hot"));
  await sendWaves(on, 0, 10);
  await expectExactlyTheOracle(on);
  const before = (await emitted(on)).alerts.size;
  await stop();
  await addState({ version: stateVersion, state: Buffer.from([0xff, 0xff]) });
  await untilLive(await start(), "hot");
  await sendWaves(on, 10, 20);
  const { alerts } = await expectExactlyTheOracle(on);
  expect(alerts.size).toBeGreaterThan(before);
});

it.each([
  ["an earlier", stateVersion - 1],
  ["a later", stateVersion + 1],
])(
  "tells once of what is open, and of nothing that is over, where %s version wrote its states",
  async (_name, version) => {
    await enableRule(await start(), hotRule("hot"));
    await on.fleet.send("over", [70, 95, 60, 95, 60]);
    await on.fleet.send("open", [70, 95]);
    await eventually(async () => expect(await alertEvents(on)).toHaveLength(5));
    await stop();
    await addState({ version, state: Buffer.from("other") });
    const commands = (await commandEvents(on)).length;
    for (const _ of ["the first start", "a start after its checkpoint"]) {
      await start();
      await eventually(async () => {
        const told = (await alertEvents(on)).slice(5).map(({ device, kind }) => [device, kind]);
        expect(told).toEqual([["open", alertTransition.raised]]);
      });
      await stop();
      expect(await alertEvents(on)).toHaveLength(6);
      expect(await commandEvents(on)).toHaveLength(commands + 1);
    }
    // It is warm after that: the episode ends where its condition does.
    await start();
    await on.fleet.send("open", [60]);
    await eventually(async () => {
      expect((await alertEvents(on)).slice(6)).toMatchObject([{ device: "open", kind: alertTransition.cleared }]);
    });
  },
);

/** A state in each partition, written by its last owner. */
async function addState(of: { version: number; state: Buffer }): Promise<void> {
  for (let partition = 0; partition < on.partitions; partition += 1) {
    const records = (await stateRecords(on)).filter((record) => record.partition === partition);
    const ownerEpoch = records.findLast(({ claim }) => claim !== null)!.offset;
    const state = { rule: "hot", device: "strange", covers: 1, ...of };
    const value = events.ruleState.encode({ ownerEpoch, state });
    await on.log.append(on.topics.ruleState, [{ key: `state/${ownerEpoch}/3/hot/strange`, value, partition }]);
  }
}

/** How many claims of each partition a compaction would leave. */
async function claimsLeft({ log, topics, partitions }: Platform): Promise<number[]> {
  return Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const claims = new Set<string>();
      for await (const { records } of log.read(topics.ruleState, partition)) {
        for (const { key, value } of records) {
          const name = Buffer.from(key!).toString();
          if (!name.startsWith("claim/")) continue;
          if (value === null) claims.delete(name);
          else claims.add(name);
        }
      }
      return claims.size;
    }),
  );
}
