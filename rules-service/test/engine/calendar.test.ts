import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { at, epoch0, LogWriter, ruleOf, second, type Entry } from "./harness.ts";
import { Partition } from "./partition.ts";

const hour = 3600;
const secondOf = (text: string): number => (Date.parse(text) * 1000 - epoch0) / second;

/** Where and about when clocks change: forward and back, at midnight and within the day, by half an hour, by a day. */
const changes = [
  ["Europe/Berlin", "2024-03-31T01:00Z"],
  ["Europe/Berlin", "2024-10-27T01:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00Z"],
  ["America/Sao_Paulo", "2018-02-18T02:00Z"],
  ["Africa/Cairo", "2024-04-25T22:00Z"],
  ["Africa/Cairo", "2024-10-31T21:00Z"],
  ["America/Havana", "2024-11-03T05:00Z"],
  ["Australia/Lord_Howe", "2024-10-05T15:30Z"],
  ["America/Goose_Bay", "2010-11-07T03:01Z"],
  ["Pacific/Apia", "2011-12-30T10:00Z"],
  ["Asia/Kolkata", "2024-02-29T18:30Z"],
] as const;

/** A sum of local days, asked at each midnight, and when it was said to be above. */
function told(
  window: Record<string, unknown>,
  readings: readonly (readonly [string, number])[],
  until: string,
): string[] {
  const partition = new Partition();
  partition.rule({ window, aggregate: "sum", above: 9 }, { wait: "0s" });
  for (const [time, value] of readings) {
    partition.mark(secondOf(time));
    partition.read(secondOf(time), value);
  }
  partition.mark(secondOf(until));
  return partition
    .alerts()
    .map(({ kind, at: when }) => `${kind === 1 ? "raised" : "cleared"} ${new Date(when! / 1000).toISOString()}`);
}

describe("windows of a calendar", () => {
  const timeZone = "Europe/Berlin";

  it("are days that begin at midnight there, also those of 23 and of 25 hours", () => {
    const readings = [
      ["2024-03-30T23:30Z", 5],
      ["2024-03-31T21:30Z", 5],
      ["2024-03-31T22:30Z", 5],
      ["2024-10-26T22:30Z", 5],
      ["2024-10-27T22:30Z", 5],
      ["2024-10-27T23:30Z", 5],
    ] as const;
    expect(told({ over: "1d", every: "1d", timeZone }, readings, "2024-11-01T00:00Z")).toEqual([
      "raised 2024-03-31T22:00:00.000Z",
      "cleared 2024-04-01T22:00:00.000Z",
      "raised 2024-10-27T23:00:00.000Z",
      "cleared 2024-10-28T23:00:00.000Z",
    ]);
  });

  it("are weeks from Monday on, and months", () => {
    const readings = [
      ["2024-10-20T22:30Z", 5],
      ["2024-10-27T22:30Z", 5],
    ] as const;
    expect(told({ over: "1w", every: "1w", timeZone }, readings, "2024-12-05T00:00Z")).toEqual([
      "raised 2024-10-27T23:00:00.000Z",
      "cleared 2024-11-03T23:00:00.000Z",
    ]);
    expect(told({ over: "1mo", every: "1mo", timeZone }, readings, "2024-12-05T00:00Z")).toEqual([
      "raised 2024-10-31T23:00:00.000Z",
      "cleared 2024-11-30T23:00:00.000Z",
    ]);
  });
});

interface Step {
  readonly passed: number;
  readonly value: number;
  readonly behind: number;
}

/** Readings over some days about a change of clocks, some of them late, with marks and now and then a tick. */
function write(steps: readonly Step[], begin: number): readonly Entry[] {
  const log = new LogWriter();
  let now = begin;
  for (const { passed, value, behind } of steps) {
    now += passed;
    log.append({ tick: { ownerEpoch: 1 } }, at(now));
    const identity = { gateway: "g0", epoch: 7, receivedAt: at(now) };
    log.append({ ...identity, n: log.n("g"), mark: { received: 1, forwardedAt: at(now) } }, at(now));
    const readings = [{ metric: "t", number: value }];
    log.append({ ...identity, n: log.n("g"), device: "d0", eventTime: at(now - behind), readings }, at(now));
  }
  return log.entries;
}

const step = fc.record({
  passed: fc.oneof(fc.integer({ min: 1, max: 20 * hour }), fc.constantFrom(hour, 6 * hour, 24 * hour)),
  value: fc.integer({ min: -3, max: 9 }),
  behind: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 30 * hour })),
});

it("windows of a calendar are those of the reference about changes of clocks, with every aggregate", () => {
  const rule = fc
    .record({
      zone: fc.constantFrom(...changes),
      window: fc.constantFrom(
        { over: "1d", every: "1d" },
        { over: "3d", every: "1d" },
        { over: "1w", every: "1w" },
        { over: "1mo", every: "1mo" },
      ),
      aggregate: fc.constantFrom("mean", "min", "max", "sum", "count", "stddev", "first", "last", "distinct"),
      threshold: fc.constantFrom(0, 1, 3, 5),
      lateness: fc.constantFrom("0s", "1h", "1d"),
    })
    .map(({ zone: [timeZone, change], window, aggregate, threshold, lateness }) => {
      const condition = { metric: "t", window: { ...window, timeZone }, aggregate, above: threshold };
      const actions = [{ command: { name: "act" } }];
      return [ruleOf({ id: "r", condition, lateness, wait: "0s", actions }), secondOf(change)] as const;
    });
  fc.assert(
    fc.property(rule, fc.array(step, { minLength: 2, maxLength: 15 }), ([made, change], steps) => {
      const length = steps.reduce((all, { passed }) => all + passed, 0);
      const log = write(steps, change - Math.round(length / 2));
      expect(agreesWithReference(createPartitionEngine, [made], log)).toBeUndefined();
    }),
    { numRuns: propertyRuns(100) },
  );
}, 120_000);
