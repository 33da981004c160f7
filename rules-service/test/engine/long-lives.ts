import fc from "fast-check";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { at, epoch0, LogWriter, ruleOf, second, type Entry } from "./harness.ts";

const hour = 3600;

/** Where and about when clocks change: forward and back, at midnight and within the day, by half an hour, by a day. */
const changes = [
  ["Europe/Berlin", "2024-03-31T01:00Z"],
  ["Europe/Berlin", "2024-10-27T01:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00Z"],
  ["America/Sao_Paulo", "2018-02-18T02:00Z"],
  ["Africa/Cairo", "2024-10-31T21:00Z"],
  ["Australia/Lord_Howe", "2024-10-05T15:30Z"],
  ["America/Goose_Bay", "2010-11-07T03:01Z"],
  ["Pacific/Apia", "2011-12-30T10:00Z"],
] as const;

/** A rule about days, and when to live under it (seconds of the tests' times). */
export interface LongRule {
  readonly rule: RuleDefinition;
  readonly change: number;
}

const values = [{ above: 3 }, { below: 2 }, { above: { info: 2, critical: 5 }, clearBelow: 1 }] as const;
const subjects = [
  { metric: "t" },
  { metric: "t", for: "6h" },
  { metric: "t", for: "1h", clearFor: "1d" },
  { metric: "t", times: 2, clearFor: "5h" },
  { metric: "t", change: { since: "1d" } },
  { metric: "t", change: { since: "6h" }, for: "1h" },
  { metric: "t", relativeTo: { over: "1d", aggregate: "mean" } },
  { metric: "t", window: { over: "1d" }, aggregate: "max" },
  { metric: "t", window: { over: "1d", every: "6h" }, aggregate: "sum" },
  { metric: "t", window: { session: "5h" }, aggregate: "count" },
  { metric: "t", rate: { over: "1d", per: "1h" } },
] as const;

/** Any condition that lasts for hours and days; late by days as well. */
export const longRule: fc.Arbitrary<LongRule> = fc
  .tuple(
    fc.constantFrom(...changes),
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...subjects), fc.constantFrom(...values)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant({}), fc.constantFrom({ absent: "5h" }, { absent: "1d" })) },
    ),
    fc.constantFrom("0s", "6h", "1d"),
  )
  .map(([[, change], [subject, compared], lateness]) => {
    const actions = [{ command: { name: "act" } }];
    const condition = { ...subject, ...compared };
    const rule = ruleOf({ id: "rule", condition, lateness, wait: "0s", actions });
    return { rule, change: secondOf(change) };
  });

/** The same within hours of the week where clocks change, with nothing late. */
export const scheduledRule: fc.Arbitrary<LongRule> = fc
  .tuple(
    fc.constantFrom(...changes),
    fc.tuple(fc.constantFrom(...subjects.slice(0, 4)), fc.constantFrom(...values)),
    fc.subarray(["fri", "sat", "sun", "mon"], { minLength: 1 }),
    fc.tuple(clockTime(), clockTime()),
    fc.constantFrom("keep", "clear"),
  )
  .map(([[timeZone, change], [subject, compared], days, [from, to], outside]) => {
    const schedule = { timeZone, weekly: [{ days, from, to }], outside };
    const actions = [{ command: { name: "act" } }];
    const rule = ruleOf({ id: "rule", condition: { ...subject, ...compared }, wait: "0s", schedule, actions });
    return { rule, change: secondOf(change) };
  });

/** Mostly within the hours in which clocks are changed. */
function clockTime(): fc.Arbitrary<string> {
  return fc.constantFrom("00:00", "00:30", "01:00", "01:45", "02:00", "02:30", "03:00", "06:00", "22:00", "23:30");
}

export interface LongStep {
  readonly passed: number;
  readonly value: number;
  readonly behind: number;
}

const passed = fc.oneof(fc.integer({ min: 1, max: 20 * hour }), fc.constantFrom(60, hour, 6 * hour, 24 * hour));
const value = fc.integer({ min: -3, max: 9 });
const days = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 80 * hour }));

export const longSteps: fc.Arbitrary<LongStep[]> = fc.array(fc.record({ passed, value, behind: days }), {
  minLength: 2,
  maxLength: 20,
});

export const punctualSteps: fc.Arbitrary<LongStep[]> = fc.array(fc.record({ passed, value, behind: fc.constant(0) }), {
  minLength: 2,
  maxLength: 20,
});

/** Readings over some days about a moment, with marks and ticks. */
export function writeLong(steps: readonly LongStep[], about: number): readonly Entry[] {
  const log = new LogWriter();
  let now = about - Math.round(steps.reduce((all, each) => all + each.passed, 0) / 2);
  for (const { passed: seconds, value: number, behind } of steps) {
    now += seconds;
    log.append({ tick: { ownerEpoch: 1 } }, at(now));
    const identity = { gateway: "g0", epoch: 7, receivedAt: at(now) };
    log.append({ ...identity, n: log.n("g"), mark: { received: 1, forwardedAt: at(now) } }, at(now));
    const readings = [{ metric: "t", number }];
    log.append({ ...identity, n: log.n("g"), device: "d0", eventTime: at(now - behind), readings }, at(now));
  }
  return log.entries;
}

function secondOf(text: string): number {
  return (Date.parse(text) * 1000 - epoch0) / second;
}
