import { describe, expect, it } from "vitest";
import { Partition } from "./partition.ts";

describe("a threshold", () => {
  it("raises with the first reading that meets it and clears with the first that does not", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 });
    p.read(1, 80);
    expect(p.emitted()).toEqual([]);
    p.read(2, 81);
    expect(p.emitted()).toEqual(["raised warning @2"]);
    p.read(3, 99);
    p.read(4, 80);
    expect(p.emitted()).toEqual(["cleared @4"]);
  });

  it.each([
    [{ op: ">", threshold: 5 }, [6], [4, 5]],
    [{ op: ">=", threshold: 5 }, [5, 6], [4]],
    [{ op: "<", threshold: 5 }, [4], [5, 6]],
    [{ op: "<=", threshold: 5 }, [4, 5], [6]],
    [{ op: "==", threshold: 5 }, [5], [4, 6]],
    [{ op: "!=", threshold: 5 }, [4, 6], [5]],
    [{ above: 5 }, [6], [4, 5]],
    [{ below: 5 }, [4], [5, 6]],
    [{ between: [4, 6] }, [4, 5, 6], [3, 7]],
    [{ outside: [4, 6] }, [3, 7], [4, 5, 6]],
  ])("%j is met by %j and not by %j", (condition, met, unmet) => {
    for (const [values, count] of [
      [met, 1],
      [unmet, 0],
    ] as const) {
      for (const value of values) {
        const p = new Partition();
        p.rule(condition);
        p.read(1, value);
        expect(p.emitted(), `${value}`).toHaveLength(count);
      }
    }
  });

  it.each([
    [{ outside: [2, 8] }, 1.5, 2, 5.5, 8],
    [{ outside: [2, 8] }, 9, 8, 2, 2],
    [{ between: [4, 6] }, 5.9, 6, 7, 6],
    [{ between: [4, 6] }, 4, 4, 1, 4],
    [{ between: [-1e308, 1e308] }, 1e308, 1e308, 1.5e308, 1e308],
    [{ op: "!=", threshold: 5 }, 7, 5, 5, 5],
    [{ op: ">", threshold: 5, clearBelow: 4 }, 7, 5, 3, 4],
    [{ below: { warning: 5, critical: 3 } }, 1, 3, 6, 5],
  ])("%j names at %d the bound %d, and at %d the bound %d", (condition, met, bound, unmet, clearBound) => {
    const p = new Partition();
    p.rule(condition);
    p.read(1, met);
    p.read(2, unmet);
    expect(p.alerts().map(({ threshold }) => threshold)).toEqual([bound, clearBound]);
  });

  it("with a clear level stays raised until the value is beyond it", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, clearBelow: 75 });
    for (const [time, value] of [
      [1, 81],
      [2, 76],
      [3, 82],
      [4, 75],
    ] as const)
      p.read(time, value);
    expect(p.emitted()).toEqual(["raised warning @1"]);
    p.read(5, 74);
    expect(p.emitted()).toEqual(["cleared @5"]);
    p.read(6, 76);
    expect(p.emitted()).toEqual([]);
  });

  it("judges true and false as 1 and 0, and neither text nor what is no number", () => {
    const p = new Partition();
    p.rule({ op: "==", threshold: true });
    const event = { gateway: "g", epoch: 1, receivedAt: 0, device: "d", eventTime: 5_000_000 };
    p.append({ ...event, n: 1, readings: [{ metric: "t", text: "1" }] }, 1);
    p.append({ ...event, n: 2, readings: [{ metric: "t", number: Number.NaN }] }, 1);
    expect(p.emitted()).toEqual([]);
    expect(p.engine.counters.notNumeric).toBe(1);
    p.append({ ...event, n: 3, readings: [{ metric: "t", boolean: true }] }, 1);
    expect(p.emitted()).toHaveLength(1);
  });
});

describe("times", () => {
  it("counts readings in a row", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, times: 3 });
    for (const [time, value] of [
      [1, 81],
      [2, 81],
      [3, 80],
      [4, 81],
      [5, 81],
    ] as const)
      p.read(time, value);
    expect(p.emitted()).toEqual([]);
    p.read(6, 81);
    expect(p.emitted()).toEqual(["raised warning @6"]);
  });
});

describe("severities", () => {
  const above = { info: 60, warning: 80, critical: 90 };

  it("escalate and de-escalate within one alert", () => {
    const p = new Partition();
    p.rule({ above });
    p.read(1, 70);
    p.read(2, 95);
    p.read(3, 85);
    p.read(4, 60);
    const alerts = p.alerts();
    expect(alerts.map(({ severity, at }) => [severity, at! % 100_000_000])).toEqual(
      [
        ["info", 1],
        ["critical", 2],
        ["warning", 3],
        ["warning", 4],
      ].map(([s, t]) => [s, Number(t) * 1_000_000]),
    );
    expect(new Set(alerts.map(({ alertId }) => alertId)).size).toBe(1);
    expect(alerts.map(({ transition }) => transition)).toEqual([1, 2, 3, 4]);
  });

  it("raise at once as grave as they are", () => {
    const p = new Partition();
    p.rule({ above });
    p.read(1, 95);
    expect(p.emitted()).toEqual(["raised critical @1"]);
  });

  it("hold each for itself: the first that holds raises, a graver one escalates at its own start + for", () => {
    const p = new Partition();
    p.rule({ above, for: "30s" });
    p.read(0, 70);
    p.read(10, 95);
    p.read(25, 91);
    expect(p.emitted()).toEqual([]);
    p.read(50, 91);
    expect(p.emitted()).toEqual(["raised info @30", "escalated critical @40"]);
  });

  it("fall at once, and climb again only when held again", () => {
    const p = new Partition();
    p.rule({ above, for: "10s" });
    p.read(0, 95);
    p.read(10, 95);
    p.read(12, 85);
    p.read(13, 95);
    p.read(22, 95);
    expect(p.emitted()).toEqual(["raised critical @10", "deescalated warning @12"]);
    p.read(23, 95);
    expect(p.emitted()).toEqual(["escalated critical @23"]);
  });

  it("stay at the mildest between the lowest threshold and the clear level", () => {
    const p = new Partition();
    p.rule({ above, clearBelow: 50 });
    p.read(1, 95);
    p.read(2, 55);
    p.read(3, 65);
    p.read(4, 49);
    expect(p.emitted()).toEqual(["raised critical @1", "deescalated info @2", "cleared @4"]);
  });
});

describe("actions", () => {
  const actions = [
    { command: { name: "shut_valve", params: { valve: 1 }, ttl: "60s" } },
    { derive: { metric: "overheating", value: 1 } },
  ];

  it("run once for an episode, when it is raised", () => {
    const p = new Partition();
    p.rule({ above: { warning: 80, critical: 90 } }, { actions });
    p.read(1, 81);
    expect(p.emitted()).toEqual(["raised warning @1", "command shut_valve @1", "derived overheating @1"]);
    p.read(2, 95);
    p.read(3, 10);
    expect(p.emitted()).toEqual(["escalated critical @2", "cleared @3"]);
  });

  it("say why they were asked for", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.read(1, 81);
    const [raised, request, derivation] = p.effects.take();
    const { alertId } = raised!.alert!;
    expect(request!.command!.requested).toMatchObject({
      params: '{"valve":1}',
      ttlMs: 60_000,
      requestedBy: "rule:hot",
      cause: { alertId, transition: 1, action: 0, rule: "hot", eventTime: raised!.alert!.raisedAt },
    });
    expect(derivation!.derived).toMatchObject({
      device: "d",
      readings: [{ metric: "overheating", number: 1 }],
      derived: { rule: "hot", revision: 1, sourceGateway: "g", sourceEpoch: 1, sourceN: 1 },
    });
    expect(derivation!.derived!.gateway ?? "").toBe("");
  });

  it("are judged in turn by other rules, at once and no second time", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.rule({ metric: "overheating", op: "==", threshold: 1 }, { id: "follows" });
    p.read(1, 81);
    const derivation = p.effects.all.find(({ derived }) => derived !== undefined)!.derived!;
    expect(p.alerts().map(({ rule }) => rule)).toEqual(["hot", "follows"]);
    // As the log has it, and once more around a crash.
    p.append(derivation, 1);
    p.append(derivation, 1);
    expect(p.alerts()).toEqual([]);
  });
});
