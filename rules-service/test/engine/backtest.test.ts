import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { Device } from "@headwater/aggregates";
import { alertTransition, events, type AlertInput, type TelemetryInput } from "@headwater/proto";
import { PartitionBacktest } from "../../src/backtests/evaluation/partition-backtest.ts";
import type { Side, TriedEpisode } from "../../src/backtests/tried-episode.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { all, at as timeAt, Collected, LogWriter, ruleOf, type Entry } from "./harness.ts";
import { definition } from "./definitions.ts";
import { devices, registrations, steps, withBeginning, write } from "./histories.ts";

/** Rules are in effect from then on; the log's clock runs alone before. */
const rulesFrom = timeAt(1);
const sides: readonly Side[] = ["tried", "against"];

/** What a live engine tells of the episodes that are open at the start of a range, or change within it. */
function toldLive(
  rules: readonly RuleDefinition[],
  log: readonly Entry[],
  from: number,
  registered: readonly (Device | undefined)[],
): unknown[] {
  const engine = createPartitionEngine(0, { ownsGateway: () => true });
  const effects = new Collected();
  registered.forEach((device, index) => engine.applyDevice(devices[index]!, device, 0, effects));
  let areInEffect = false;
  const apply = ({ record, at }: Entry): void => {
    if (!areInEffect && at.appendTime >= rulesFrom) {
      areInEffect = true;
      rules.forEach((rule, index) => {
        all(engine.applyRule({ rule: sides[index]!, revision: 1, mode: "live", definition: rule }, effects));
      });
    }
    engine.applyRecord(record, at, effects);
    for (const { alert } of effects.take()) if (alert !== undefined) episodes.set(alert.alertId!, alert);
  };
  const episodes = new Map<string, AlertInput>();
  for (const entry of log) if (entry.at.appendTime < from) apply(entry);
  for (const [id, { clearedAt }] of episodes) if (clearedAt !== 0) episodes.delete(id);
  for (const entry of log) if (entry.at.appendTime >= from) apply(entry);
  return inOrder(
    [...episodes.values()].map(({ rule, device, severity, raisedAt, clearedAt, kind, cause }) => ({
      ...{ side: rule, device, severity, raisedAt, clearedAt: clearedAt === 0 ? undefined : clearedAt },
      retracted: kind === alertTransition.cleared && cause === "retracted",
    })),
  );
}

/** The same of a backtest, which is handed bytes, in packs. */
function toldByBacktest(
  rules: readonly RuleDefinition[],
  log: readonly Entry[],
  from: number,
  registered: readonly (Device | undefined)[],
  pack: number,
  release: number,
): unknown[] {
  const tried = rules.map((rule, index) => ({ side: sides[index]!, definition: rule }));
  const backtest = new PartitionBacktest({ partition: 0, partitions: 1, rules: tried, rulesFrom, from }, release);
  backtest.applyDevices(registered.map((device, index) => ({ id: devices[index]!, device, incarnation: 0 })));
  const episodes = new Map<string, TriedEpisode>();
  const take = (): void => {
    for (const episode of backtest.takeTold()) episodes.set(episode.id, episode);
  };
  for (const [index, { record, at }] of log.entries()) {
    backtest.apply(events.telemetry.encode(record as TelemetryInput), at.offset, at.appendTime);
    if (index % pack === 0) take();
  }
  backtest.finish();
  take();
  expect(backtest.counts).toMatchObject({ undecodable: 0, failed: 0 });
  return inOrder([...episodes.values()].map(shown));
}

function shown({ side, device, severity, raisedAt, clearedAt, retracted }: TriedEpisode): object {
  return { side, device, severity, raisedAt, clearedAt, retracted };
}

function inOrder(episodes: readonly object[]): unknown[] {
  return episodes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

it("a backtest tells what a live engine tells, whatever the history and wherever the range begins", () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(definition, { minLength: 1, maxLength: 2 }),
      steps(),
      registrations,
      fc.nat({ max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 30 }),
      (rules, life, registered, begin, pack, release) => {
        const log = write(withBeginning(life));
        const from = log[begin % Math.max(1, log.length)]?.at.appendTime ?? 0;
        const expected = toldLive(rules, log, from, registered);
        told += expected.length;
        expect(toldByBacktest(rules, log, from, registered, pack, release)).toEqual(expected);
      },
    ),
    { numRuns: propertyRuns(2000) },
  );
  expect(told).toBeGreaterThan(100);
});

it("a backtest lets go of states while it goes on", () => {
  const rule = ruleOf({ id: "hot", condition: { metric: "t", above: 80 }, wait: "0s" });
  const tried = { side: "tried" as const, definition: rule };
  const plan = { partition: 0, partitions: 1, rules: [tried], rulesFrom: 0, from: 0 };
  const backtest = new PartitionBacktest(plan, 4);
  const log = new LogWriter();
  const changed = [0, 1, 2, 3, 4].map((second) => {
    const at = timeAt(second);
    const event = { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: at, device: `d${second}`, eventTime: at };
    const { record, at: place } = log.append({ ...event, readings: [{ metric: "t", number: 99 }] }, at);
    backtest.apply(events.telemetry.encode(record as TelemetryInput), place.offset, place.appendTime);
    return backtest.unreleased.instances;
  });
  expect(changed).toEqual([1, 2, 3, 0, 1]);
});

it("a backtest counts what the tried rule would do again, and derive, within its range alone", () => {
  const actions = [
    { command: { name: "sound" }, repeat: "10s" },
    { webhook: { urlSecret: "ops" }, repeat: "20s" },
    { derive: { metric: "alarm", value: 1 } },
  ];
  const rule = ruleOf({ id: "hot", condition: { metric: "t", above: 80 }, actions, wait: "0s" });
  const log = new LogWriter();
  const read = (at: number, value: number) =>
    log.append(
      {
        ...{ gateway: "g", epoch: 1, n: log.n("g"), receivedAt: timeAt(at), device: "d", eventTime: timeAt(at) },
        readings: [{ metric: "t", number: value }],
      },
      timeAt(at),
    );
  log.append({ gateway: "g", epoch: 1, n: log.n("g"), receivedAt: timeAt(2), mark: { received: 0 } }, timeAt(2));
  read(10, 81);
  for (let at = 11; at < 60; at++) read(at, 82);
  read(60, 20);
  read(70, 83);
  const sides_ = [
    { side: "tried" as const, definition: rule },
    { side: "against" as const, definition: { ...rule, id: "other" } },
  ];
  const from = timeAt(25);
  const backtest = new PartitionBacktest({ partition: 0, partitions: 1, rules: sides_, rulesFrom, from });
  for (const { record, at } of log.entries) {
    backtest.apply(events.telemetry.encode(record as TelemetryInput), at.offset, at.appendTime);
  }
  backtest.finish();
  // The command at 30, 40 and 50 (at 60 the episode is over), the webhook at 30 and 50; the derived one of 70.
  expect(backtest.counts.repetitions).toBe(5);
  expect({ ...backtest.counts.derived }).toEqual({ alarm: 1 });
  expect(backtest.takeTold()).toHaveLength(4);
});
