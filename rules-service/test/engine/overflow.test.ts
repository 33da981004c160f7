import { foldAlert } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { Partition } from "./partition.ts";

const huge = 1.7e308;

describe("what is beyond the greatest number", () => {
  it.each([
    ["a sum", { window: { readings: 3 }, aggregate: "sum", above: 5 }, [huge, huge, huge]],
    ["a sum of a sliding window", { window: { over: "1m" }, aggregate: "sum", above: 1.75e308 }, [huge, huge, huge]],
    ["a sum of a session", { window: { session: "1m" }, aggregate: "sum", above: 1.75e308 }, [huge, huge]],
    ["a mean", { window: { readings: 2 }, aggregate: "mean", above: 5 }, [huge, huge]],
    ["a deviation", { window: { readings: 2 }, aggregate: "stddev", above: 5 }, [-huge, huge]],
    ["a rate", { rate: { over: "2s", per: "1d" }, above: 5 }, [-huge, 0, huge]],
    ["a change", { change: { since: "1s" }, above: 1.75e308 }, [-huge, 0, -huge, huge]],
    ["a ratio", { relativeTo: { over: "2s", aggregate: "mean" }, above: 5 }, [1e-300, 1e-300, huge]],
  ])("%s, is not known", (_, condition, values) => {
    const p = new Partition();
    p.rule(condition);
    for (const [place, value] of values.entries()) p.read(10 + place, value);
    expect(p.emitted()).toEqual([]);
  });

  it("is without data, and its alert can be read", () => {
    const p = new Partition();
    p.rule({ window: { readings: 2 }, aggregate: "sum", above: 5, noData: "raise" });
    p.read(10, 1);
    p.read(11, 1);
    p.read(12, huge);
    p.read(13, huge);
    for (const alert of p.effects.alerts) {
      const event = events.alert.decode(events.alert.encode(alert));
      expect(foldAlert(undefined, event)).toBeDefined();
      expect([alert.value, alert.threshold].every(Number.isFinite)).toBe(true);
    }
    expect([...p.engine.open()]).toMatchObject([{ rule: "hot" }]);
  });

  it("does not hide a percentile of the greatest numbers", () => {
    const p = new Partition();
    p.rule({ window: { readings: 2 }, aggregate: "p99", above: 5 });
    p.read(10, Number.MAX_VALUE);
    p.read(11, Number.MAX_VALUE);
    expect(p.emitted()).toEqual(["raised warning @11"]);
  });
});
