import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, change, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const action = { actions: [{ command: { name: "act" } }] };

describe("a late reading", () => {
  it("that contradicts what the clock fired retracts the alert, without a fresh siren", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" }, action);
    p.mark(0);
    p.read(1, 81);
    p.mark(36);
    expect(p.emitted()).toEqual(["raised warning @31", "command act @31"]);
    p.read(20, 10, { received: 37 });
    expect(p.emitted()).toEqual(["cleared @31 (amended, retracted)"]);
    expect(p.engine.counters.amended).toBe(1);
  });

  it("at the very instant of a timer that has fired counts before it", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(0);
    p.read(1, 81);
    p.mark(36);
    p.emitted();
    p.read(31, 10, { received: 37 });
    expect(p.emitted()).toEqual(["cleared @31 (amended, retracted)"]);
  });

  it("of a device that was silent corrects what its silence was taken for, however long it was", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(0);
    p.read(1, 81);
    p.mark(5000);
    p.emitted();
    p.read(15, 10, { received: 5001 });
    expect(p.emitted()).toEqual(["cleared @31 (amended, retracted)"]);
    expect(p.engine.counters.tooLate).toBe(0);
  });

  it("that shows an earlier begin amends the alert under its id", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, action);
    p.read(10, 81);
    const [raised] = p.alerts();
    p.read(8, 81);
    const amended = p.alerts();
    expect(amended).toHaveLength(1);
    expect(amended[0]).toMatchObject({ alertId: raised!.alertId, transition: 2, amended: true, kind: 6 });
    expect(raised!.raisedAt! - amended[0]!.raisedAt!).toBe(2_000_000);
  });

  it("that finds an episode which is over puts it on record, without actions", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, action);
    p.read(10, 10);
    p.read(8, 81);
    expect(p.emitted()).toEqual(["raised warning @8 (amended)", "cleared @10 (amended)"]);
  });

  it("that finds an episode which is open raises it like any other", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, times: 2 }, action);
    p.read(10, 81);
    p.read(8, 81);
    expect(p.emitted()).toEqual(["raised warning @10", "command act @10"]);
  });

  it("that splits an open episode leaves the open part its id, and makes a record of the other", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, action);
    p.read(10, 81);
    p.read(12, 81);
    p.emitted();
    p.read(11, 10);
    expect(p.emitted()).toEqual([
      "raised warning @10 (amended)",
      "cleared @11 (amended)",
      "amended warning @12- (amended)",
    ]);
  });

  it("that begins a held run earlier dates the alert earlier", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "2s" }, action);
    for (const [time, value] of [
      [10, 10],
      [12, 81],
      [14, 81],
    ] as const) {
      p.read(time, value);
    }
    p.emitted();
    p.read(11, 81);
    expect(p.emitted()).toEqual(["amended warning @13- (amended)"]);
  });

  it("brings back what another had retracted, under its id and without a siren", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, times: 2 }, action);
    p.read(10, 81);
    p.read(14, 81);
    const [{ alertId }] = p.alerts() as [{ alertId: string }];
    p.read(12, 10);
    expect(p.emitted()).toEqual(["cleared @14 (amended, retracted)"]);
    p.read(11, 81);
    const again = p.alerts();
    expect(again.map(({ kind, amended, alertId: id }) => [kind, amended, id])).toEqual([
      [1, true, alertId],
      [5, true, alertId],
    ]);
  });

  it("changes the severity of what is open, marked", () => {
    const p = new Partition();
    p.rule({ above: { warning: 80, critical: 90 }, times: 2 });
    p.read(10, 95);
    p.read(12, 81);
    p.read(14, 95);
    expect(p.emitted()).toEqual(["raised warning @12"]);
    p.read(13, 95);
    expect(p.emitted()).toEqual(["escalated critical @14 (amended)"]);
  });

  it("is not judged once it lies the lateness behind the device's newest", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { lateness: "3s" });
    p.read(10, 10);
    p.read(7, 81);
    expect(p.emitted()).toEqual([]);
    expect(p.engine.counters.tooLate).toBe(1);
    p.read(7.001, 81);
    expect(p.emitted()).toHaveLength(2);
  });

  it("amends by days where the rule's lateness reaches so far", () => {
    const p = new Partition();
    const day = 86_400;
    p.rule({ op: ">", threshold: 80, for: "1h" }, { lateness: "7 days", ...action });
    p.read(9 * day, 20);
    p.read(5 * day, 90, { received: 9 * day + 1 });
    p.read(5 * day + 7200, 20, { received: 9 * day + 2 });
    const raisedAt = 5 * day + 3600;
    expect(p.emitted()).toEqual([
      `raised warning @${raisedAt} (amended)`,
      `cleared @${9 * day} (amended)`,
      `amended warning @${raisedAt}-${5 * day + 7200} (amended)`,
    ]);
    p.read(2 * day, 90, { received: 9 * day + 3 });
    expect(p.emitted()).toEqual([]);
    expect(p.engine.counters.tooLate).toBe(1);
  });

  it("is too late for one rule and not for another", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { id: "short", lateness: "3s" });
    p.rule({ op: ">", threshold: 80 }, { id: "long", lateness: "60s" });
    p.read(60, 10);
    p.read(30, 81);
    expect(p.alerts().map(({ rule }) => rule)).toEqual(["long", "long"]);
    expect(p.engine.counters.tooLate).toBe(1);
  });

  it("does not reach beyond the readings that are retained", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { lateness: "3600s" });
    for (let i = 0; i < 1100; i++) p.read(1 + i, 10);
    p.read(50.5, 81);
    expect(p.engine.counters.tooLate).toBe(1);
    p.read(1000.5, 81);
    expect(p.emitted()).toEqual(["raised warning @1000.5 (amended)", "cleared @1001 (amended)"]);
  });
});

describe("a rule that begins on a device beside others", () => {
  const late = (lateness: string) =>
    change({ id: "late", condition: { metric: "t", above: 3 }, selector: { types: ["a"] }, wait: "0s", lateness });

  /** Two readings of before it, of which the other rules keep the last alone. */
  function beside(lateness: string): Partition {
    const p = new Partition();
    p.tick(0);
    p.rule({ above: 80 }, { wait: "0s", lateness: "0s" });
    all(p.engine.applyRule(late(lateness), p.effects));
    p.read(89.9, 0);
    p.read(90, 0);
    p.device("d", { type: "a" });
    expect(p.emitted()).toEqual([]);
    return p;
  }

  it("judges its first reading, however late that is by what was before", () => {
    const p = beside("0s");
    p.read(89, 4, { received: 90 });
    expect(p.emitted()).toEqual(["raised warning @89"]);
    // By its own lateness the next one is too late.
    p.read(88, 0, { received: 90 });
    expect(p.emitted()).toEqual([]);
    expect(p.engine.counters.tooLate).toBe(3);
    p.read(91, 0);
    expect(p.emitted()).toEqual(["cleared @91"]);
  });

  it("puts its readings in order, as long as all of them are late by what was before", () => {
    const p = beside("3s");
    p.read(60, 4, { received: 90 });
    p.read(62, 4, { received: 90 });
    expect(p.emitted()).toEqual(["raised warning @60"]);
    p.read(61, 0, { received: 90 });
    expect(p.emitted()).toEqual([
      "raised warning @60 (amended)",
      "cleared @61 (amended)",
      "amended warning @62- (amended)",
    ]);
  });

  it("knows after a restart, too, which of its readings are gone", () => {
    const p = beside("0s");
    p.read(89, 4, { received: 90 });
    const again = new Partition(createPartitionEngine(0));
    all(again.engine.restore({ offset: p.log.next, ...taken(p.engine, true) }));
    again.device("d", { type: "a" });
    again.rule({ above: 80 }, { wait: "0s", lateness: "0s" });
    all(again.engine.applyRule(late("0s"), again.effects));
    p.emitted();
    p.read(88, 0, { received: 90 });
    p.read(91, 0);
    for (const { record, at: position } of p.log.entries.slice(-2)) {
      again.engine.applyRecord(record, position, again.effects);
    }
    expect(p.emitted()).toEqual(["cleared @91"]);
    expect(again.emitted()).toEqual(["cleared @91"]);
  });
});

describe("a rule that begins where another has let go of readings", () => {
  it("still takes in what comes late to it alone", () => {
    const p = new Partition();
    const rule = (id: string, lateness: string) =>
      all(p.engine.applyRule(change({ id, condition: { metric: "t", above: 80 }, wait: "0s", lateness }), p.effects));
    rule("old", "0s");
    for (const time of [100, 101, 102]) p.read(time, 20);
    rule("new", "60s");
    // Both lie before what was let go, and belong to nobody but the new rule.
    p.read(97, 20, { received: 103 });
    p.read(95, 90, { received: 104 });
    expect(p.emitted()).toEqual(["raised warning @95 (amended)", "cleared @97 (amended)"]);
  });
});
