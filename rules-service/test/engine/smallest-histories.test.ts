import { describe, expect, it } from "vitest";
import { all, change } from "./harness.ts";
import { Partition } from "./partition.ts";

/** A partition whose log has a time, under a rule. */
function under(condition: Record<string, unknown>, rest: Record<string, unknown> = {}, registered = true): Partition {
  const p = new Partition();
  p.tick(0);
  if (registered) p.device("d", { type: "a" });
  all(p.engine.applyRule(change({ id: "hot", condition, wait: "0s", ...rest }), p.effects));
  return p;
}

const high = { metric: "t", above: 80 };

describe("absence", () => {
  it("is that of the device's last reading", () => {
    const p = under({ absent: "10s" });
    p.read(5, 1);
    p.tick(14);
    expect(p.emitted()).toEqual([]);
    p.mark(15);
    expect(p.emitted()).toEqual(["raised warning @15"]);
    p.read(20, 1);
    expect(p.emitted()).toEqual(["cleared @20"]);
  });

  it("is not that of a device which nobody registered", () => {
    const p = under({ absent: "10s" }, {}, false);
    p.read(5, 1);
    p.mark(60);
    expect(p.emitted()).toEqual([]);
    p.device("d", { type: "a" });
    p.mark(69.9);
    expect(p.emitted()).toEqual([]);
    p.mark(70);
    expect(p.emitted()).toEqual(["raised warning @70"]);
  });

  it("counts from the log's first time where the rule began before it", () => {
    const p = new Partition();
    p.device("d", { type: "a" });
    all(p.engine.applyRule(change({ id: "hot", condition: { absent: "10s" }, wait: "0s" }), p.effects));
    p.tick(100);
    expect(p.emitted()).toEqual([]);
    p.tick(110);
    expect(p.emitted()).toEqual(["raised warning @110"]);
  });

  it("is taken back by a late reading beside another rule's metric", () => {
    const p = under({ absent: "2s" });
    all(p.engine.applyRule(change({ id: "other", condition: { metric: "u", above: 80 } }), p.effects));
    p.mark(2);
    expect(p.emitted()).toEqual(["raised warning @2"]);
    const readings = [
      { metric: "t", number: 0 },
      { metric: "u", number: 0 },
    ];
    const { receivedAt, eventTime } = { receivedAt: 1_700_000_002_000_001, eventTime: 1_700_000_002_000_000 };
    p.append({ gateway: "g", epoch: 1, n: p.log.n("g"), receivedAt, device: "d", eventTime, readings }, 2);
    expect(p.emitted()).toEqual(["cleared @2 (amended, retracted)"]);
  });
});

describe("absence behind a gateway that was away", () => {
  it("counts from a reading of the same instant that came once the gateway was back", () => {
    const p = under({ absent: "2s" }, { lateness: "0s" });
    p.mark(90);
    expect(p.emitted()).toEqual(["raised warning @2"]);
    // The gateway had received it before it paused, and forwards it behind the pause.
    p.read(121, 0, { received: 90.000_001 });
    p.tick(121);
    p.read(90.000_002, 0, { received: 90.000_002, appended: 121 });
    p.read(120, 0, { received: 121 });
    p.read(121, 0, { received: 121.000_001, appended: 121 });
    p.tick(152);
    p.emitted();
    p.read(152, 0);
    expect(p.emitted()).toEqual(["raised warning @123", "cleared @152"]);
  });

  it("is taken back where the gateway's first mark comes late, and then shows that nobody could be heard", () => {
    const p = under({ absent: "2s" }, { lateness: "0s" });
    p.read(90, 0);
    p.tick(121);
    expect(p.emitted()).toEqual(["raised warning @2", "cleared @90", "raised warning @92"]);
    p.mark(90.000_001, { forwarded: 121, appended: 121 });
    p.read(131, 0);
    expect(p.emitted()).toEqual(["cleared @92 (amended, retracted)"]);
    // It goes on as ever.
    p.mark(133, { forwarded: 133 });
    p.read(140, 0);
    expect(p.emitted()).toEqual(["raised warning @133", "cleared @140"]);
  });
});

describe("a hold beside an absence that is excused as it comes due", () => {
  it("comes no earlier for that", () => {
    const p = under({ not: { absent: "2s" }, for: "2s" }, { lateness: "0s" });
    p.tick(90);
    p.read(90, 0, { gateway: "other" });
    // Of a gateway with an hour's backlog: silence is due at 61 on its time, and at 90 it tells of a pause till then.
    p.mark(-3510, { forwarded: 90, appended: 90 });
    p.read(90, 0, { received: 59, appended: 90 });
    p.read(89, 0, { received: 90, appended: 90 });
    expect(p.emitted()).toEqual([]);
    p.mark(91.9, { forwarded: 91.9 });
    expect(p.emitted()).toEqual([]);
    // Then both are due by the log's clock, the hold first by the device's.
    p.mark(92, { forwarded: 92 });
    expect(p.emitted()).toEqual(["raised warning @92", "cleared @123"]);
  });
});

describe("nothing heard of a registered device", () => {
  it("raises where that is what no data means", () => {
    expect(under({ ...high, noData: "raise" }).emitted()).toEqual(["raised warning @0"]);
    expect(under({ ...high, noData: "raise" }, {}, false).emitted()).toEqual([]);
  });

  it("is a count of 0", () => {
    const condition = { metric: "t", window: { over: "10s" }, aggregate: "count", below: 1 };
    const p = under(condition);
    expect(p.emitted()).toEqual(["raised warning @0"]);
    p.read(5, 1);
    expect(p.emitted()).toEqual(["cleared @5"]);
  });

  it("does not hide that the first reading holds, too", () => {
    const p = under({ ...high, noData: "raise" }, {}, false);
    p.read(5, 81);
    expect(p.emitted()).toEqual(["raised warning @5"]);
  });
});

describe("windows", () => {
  it("that hop are empty once their last pane has left", () => {
    const p = under({ metric: "t", window: { over: "20s", every: "10s" }, aggregate: "count", above: 0 });
    p.read(5, 1);
    p.mark(10);
    expect(p.emitted()).toEqual(["raised warning @10"]);
    p.mark(29.9);
    expect(p.emitted()).toEqual([]);
    p.mark(30);
    expect(p.emitted()).toEqual(["cleared @30"]);
  });

  it("by sessions go on with readings that leave the aggregate as it is", () => {
    const p = under({ metric: "t", window: { session: "10s" }, aggregate: "max", above: 80, noData: "clear" });
    for (const time of [1, 9, 17]) p.read(time, 81);
    p.mark(26.9);
    expect(p.emitted()).toEqual(["raised warning @1"]);
    p.mark(27);
    expect(p.emitted()).toEqual(["cleared @27"]);
  });
});

describe("a hold", () => {
  it("counts the samples of its own metrics alone", () => {
    const p = under({
      all: [
        { ...high, times: 2 },
        { metric: "u", above: 0 },
      ],
    });
    p.read(1, 81);
    p.read(2, 1, { metric: "u" });
    expect(p.emitted()).toEqual([]);
    p.read(3, 81);
    expect(p.emitted()).toEqual(["raised warning @3"]);
  });

  it("counts from where a device's limit makes it true, and ends with it", () => {
    const attributes = (max: number) => ({ type: "a", tags: {}, attributes: { max } });
    const p = new Partition();
    p.tick(0);
    p.device("d", attributes(90));
    const condition = { metric: "t", op: ">", attribute: "max", for: "10s" };
    all(p.engine.applyRule(change({ id: "hot", condition, wait: "0s" }), p.effects));
    p.read(1, 85);
    p.mark(20);
    p.device("d", attributes(80));
    p.mark(29.9);
    expect(p.emitted()).toEqual([]);
    p.mark(30);
    expect(p.emitted()).toEqual(["raised warning @30"]);
    p.mark(40);
    p.device("d", attributes(90));
    expect(p.emitted()).toEqual(["cleared @40"]);
  });

  it("does not wait for the end of what never was", () => {
    const p = under({ not: { ...high, clearFor: "10s" } });
    p.read(1, 80);
    expect(p.emitted()).toEqual(["raised warning @1"]);
  });

  it("counts a sample once, wherever its reading stands in the message", () => {
    const p = under({ metric: "u", above: 80, times: 3 }, { lateness: "10s" });
    all(p.engine.applyRule(change({ id: "other", condition: { metric: "t", above: 99 }, lateness: "10s" }), p.effects));
    const readings = [
      { metric: "t", number: 0 },
      { metric: "u", number: 81 },
    ];
    const identity = () => ({ gateway: "g", epoch: 1, n: p.log.n("g"), device: "d" });
    const [first, last] = [1_700_000_005_000_000, 1_700_000_009_000_000];
    p.append({ ...identity(), receivedAt: first, eventTime: first, readings }, 5);
    p.append({ ...identity(), receivedAt: last, eventTime: last, readings }, 9);
    p.read(7, 80, { metric: "t", received: 10 });
    p.read(6, 81, { metric: "u", received: 11 });
    expect(p.emitted()).toEqual(["raised warning @9"]);
  });
});

describe("samples in a row", () => {
  it("count where another input of the rule comes late, though its own value was the same before", () => {
    const any = [
      { metric: "s", equals: 3 },
      { metric: "t", above: 5 },
    ];
    const p = under({ any, times: 3 }, { lateness: "10s" });
    p.read(1, 1, { metric: "s" });
    p.read(8, 10);
    p.read(9, 10);
    p.read(10, 0);
    expect(p.emitted()).toEqual([]);
    p.read(9, 1, { metric: "s", received: 10 });
    expect(p.emitted()).toEqual(["raised warning @9 (amended)", "cleared @10 (amended)"]);
  });

  it("count where what comes late changes nothing by now", () => {
    const any = [
      { metric: "s", equals: 3, noData: "raise" },
      { metric: "t", above: 5 },
    ];
    const p = under({ any, times: 3 }, { lateness: "10s" });
    for (const at of [8, 9, 10]) p.read(at, 0);
    expect(p.emitted()).toEqual(["raised warning @10"]);
    p.read(9, 3, { metric: "s", received: 10 });
    expect(p.emitted()).toEqual(["amended warning @9- (amended)"]);
  });
});

describe("a value older than `within`", () => {
  it("counts once more at the very instant, as readings come before what happens by itself", () => {
    const p = under({ metric: "t", op: ">", other: "u", within: "10s" });
    p.read(1, 1, { metric: "u" });
    p.read(11, 2);
    expect(p.emitted()).toEqual(["raised warning @11"]);
  });
});
