import { afterEach, beforeEach, expect, it } from "vitest";
import { alertTransition } from "@headwater/proto";
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
import { sendWaves, steadyLoad } from "./support/waves.ts";

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

it("raises what is still open once, with its true time, and nothing that was over", async () => {
  const [, raisedAt] = await on.fleet.send("open", [70, 95, 96, 97]);
  await on.fleet.send("over", [95, 60]);
  await on.fleet.mark();
  await enableRule(rules, hotRule("hot"));
  const [raised, ...others] = await eventually(async () => {
    const events = await alertEvents(on);
    expect(events.length).toBeGreaterThan(0);
    return events;
  });
  expect(others).toEqual([]);
  expect(raised).toMatchObject({ device: "open", kind: alertTransition.raised, raisedAt, at: raisedAt });
  await on.fleet.send("open", [98]);
  await on.fleet.send("open", [60]);
  const { alerts } = await eventually(async () => {
    const found = await expectExactlyTheOracle(on);
    expect(found.alerts.size).toBe(2);
    return found;
  });
  expect(alerts.has(`${raised!.alertId}/2`)).toBe(true);
});

it("keeps an episode that a revision still finds open, under the same id", async () => {
  await enableRule(rules, hotRule("hot"));
  await on.fleet.send("boiler", [70, 99]);
  const [raised] = await eventually(async () => {
    const events = await alertEvents(on);
    expect(events).toHaveLength(1);
    return events;
  });
  await rules.call("PUT", "/api/v1/rules/hot", hotRule("hot", { name: "Still hot" }));
  await untilLive(rules, "hot");
  await on.fleet.send("boiler", [60]);
  await eventually(async () => {
    const events = await alertEvents(on);
    expect(events.map(({ alertId, transition }) => [alertId, transition])).toEqual([
      [raised!.alertId, 1],
      [raised!.alertId, 2],
    ]);
  });
  await expectExactlyTheOracle(on);
});

it("warms rules under load, several with one scan, and a restart repeats exactly that", async () => {
  await sendWaves(on, 0, 40);
  const load = steadyLoad(on);
  for (const id of ["a", "b", "c"]) await rules.call("POST", "/api/v1/rules", hotRule(id));
  await Promise.all(["a", "b", "c"].map((id) => rules.call("POST", `/api/v1/rules/${id}/enable`)));
  for (const id of ["a", "b", "c"]) await untilLive(rules, id);
  await rules.stop();
  rules = await startService(on);
  const cooler = { metric: "temperature", op: ">", threshold: 85, clearBelow: 80 };
  await rules.call("PUT", "/api/v1/rules/b", hotRule("b", { condition: cooler }));
  await untilLive(rules, "b");
  await load.stop();
  await expectExactlyTheOracle(on);
  const effectives = (await stateRecords(on)).flatMap(({ effective }) => effective ?? []);
  const ofRules = effectives.filter(({ topic }) => topic === on.topics.rules);
  expect(ofRules.length).toBe(4 * on.partitions);
  for (const { warmFrom, fromOffset } of ofRules) expect(warmFrom).toBeLessThan(fromOffset);
});

it("does not warm a revision whose condition is the same", async () => {
  await sendWaves(on, 0, 20);
  await enableRule(rules, hotRule("hot"));
  await rules.call("PUT", "/api/v1/rules/hot", hotRule("hot", { severity: "warning" }));
  await untilLive(rules, "hot");
  await sendWaves(on, 20, 24);
  await expectExactlyTheOracle(on);
  const effectives = (await stateRecords(on)).flatMap(({ effective }) => effective ?? []);
  const ofRules = effectives.filter(({ topic }) => topic === on.topics.rules);
  expect(ofRules.filter(({ warmFrom, fromOffset }) => warmFrom === fromOffset)).toHaveLength(on.partitions);
});

it("never takes up what was overtaken while it warmed", async () => {
  await sendWaves(on, 0, 30);
  await rules.call("POST", "/api/v1/rules", hotRule("hot"));
  await rules.call("POST", "/api/v1/rules/hot/enable");
  await rules.call("POST", "/api/v1/rules/hot/disable");
  await rules.call("PUT", "/api/v1/rules/hot", hotRule("hot", { severity: "warning" }));
  await rules.call("POST", "/api/v1/rules/hot/enable");
  await untilLive(rules, "hot");
  await sendWaves(on, 30, 34);
  await expectExactlyTheOracle(on);
  const { body } = await rules.call("GET", "/api/v1/rules/hot");
  expect(body.partitions.map(({ revision }: { revision: number }) => revision)).toEqual([2, 2]);
});
