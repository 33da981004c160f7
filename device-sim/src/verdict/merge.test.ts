import { createHistogram } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { SimulationError } from "../errors.ts";
import { mergeOf } from "./merge.ts";
import { type FleetVerdict, latencyOf, mergeLatencies } from "./verdict.ts";

const counts = {
  ...{ sent: 10, acked: 9, unconfirmed: 0, late: 0, repeated: 0, missing: 0, givenUp: 0, hostile: 0, bytes: 100 },
  ...{ reconnects: 0, cuts: 0, commands: 2, repeatedCommands: 0, commandsAnswered: 1 },
};
const none = latencyOf(createHistogram(), true);
const stored = {
  ...{ arrived: 8, lost: 1, lostRanges: [], unconfirmedMissing: 0 },
  ...{ duplicated: 0, duplicates: [], reordered: 0, overwritten: 0 },
};

function partOf(part: number, parts: number, more: Partial<FleetVerdict> = {}): FleetVerdict {
  return {
    share: { part, parts, expect: { lost: 2, unacked: 5, commandsAnswered: "60%" } },
    ...{ fleet: "plant", seed: 7, beganAt: `2026-01-01T00:00:0${part}.000Z`, seconds: part, devices: 5 },
    ...{
      refused: [],
      counts,
      scheduled: 10,
      unacked: 1,
      stored,
      logged: undefined,
      loggedUnknown: undefined,
      content: undefined,
    },
    ...{ latency: { ack: none, logged: none, stored: none, command: none }, lag: none, couldNotKeepUp: false },
    alerts: [{ rule: "hot", expected: 3, raised: 2, tolerance: 2 }],
    commands: [{ name: "shut", expected: 3, received: 3, tolerance: 0 }],
    ...{ expectations: [], holds: true },
    ...more,
  };
}

describe("verdicts of the parts of a fleet", () => {
  it("are judged as one", () => {
    const whole = mergeOf([partOf(2, 2), partOf(1, 2)]);
    expect(whole).toMatchObject({ devices: 10, scheduled: 20, unacked: 2, beganAt: "2026-01-01T00:00:01.000Z" });
    expect(whole.stored).toMatchObject({ arrived: 16, lost: 2 });
    expect(whole.alerts).toEqual([{ rule: "hot", expected: 6, raised: 4, tolerance: 2 }]);
    expect(whole.commands).toEqual([{ name: "shut", expected: 6, received: 6, tolerance: 0 }]);
    expect(whole.counts).toMatchObject({ sent: 20, commandsAnswered: 2 });
    // Two lost are allowed of the whole; half of the commands are fewer than it expects.
    expect(whole.expectations.filter(({ holds }) => !holds).map(({ name }) => name)).toEqual(["commands answered"]);
  });

  it("do not know what is stored where one part does not", () => {
    const silent = partOf(2, 2, { stored: undefined, storedUnknown: "nobody answered" });
    const { storedUnknown, stored, expectations } = mergeOf([partOf(1, 2), silent]);
    expect([storedUnknown, stored]).toEqual(["nobody answered", undefined]);
    expect(expectations).toContainEqual({ name: "lost", wanted: "at most 2", found: "unknown", holds: false });
  });

  it("are refused unless they are all the parts of one fleet", () => {
    expect(() => mergeOf([])).toThrow(SimulationError);
    expect(() => mergeOf([partOf(1, 3), partOf(3, 3)])).toThrow("2/3 is missing");
    expect(() => mergeOf([partOf(1, 2), partOf(1, 2)])).toThrow("1/2 is given twice");
    expect(() => mergeOf([partOf(1, 2), partOf(2, 3)])).toThrow("is not a part of");
    expect(() => mergeOf([partOf(1, 2), partOf(2, 2, { seed: 8 })])).toThrow("is not a part of");
    const { share: _, ...whole } = partOf(1, 2);
    expect(() => mergeOf([whole])).toThrow("whole fleet");
  });

  it("know as little of the log as that part which knows least", () => {
    const logged = { ...stored, arrived: 9 };
    const whole = mergeOf([partOf(1, 2, { logged }), partOf(2, 2, { loggedUnknown: "too fast" })]);
    expect([whole.logged, whole.loggedUnknown]).toEqual([undefined, "too fast"]);
    expect(mergeOf([partOf(1, 2, { logged }), partOf(2, 2, { logged })]).logged!.arrived).toBe(18);
  });

  it("have the percentiles of all messages", () => {
    const [fast, slow] = [createHistogram(), createHistogram()];
    for (let i = 1; i <= 3_000; i++) fast.record(i);
    for (let i = 1; i <= 1_000; i++) slow.record(1_000_000 + i);
    const { count, p50, p90, p99, max } = mergeLatencies([latencyOf(fast, true), latencyOf(slow, true)]);
    expect([count, Math.round(max)]).toEqual([4_000, 1_001]);
    expect(p50).toBeGreaterThan(1.97);
    expect(p50).toBeLessThan(2.03);
    expect(p90).toBeGreaterThanOrEqual(1_000);
    expect(p99).toBeGreaterThanOrEqual(p90);
    expect(mergeLatencies([none, none])).toMatchObject({ count: 0, p99: 0, max: 0 });
  });
});
