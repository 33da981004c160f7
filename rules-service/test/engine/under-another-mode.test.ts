import { foldAlert, type AlertState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { Partition } from "./partition.ts";

/** What whoever reads alerts.v1 knows of the alerts by now. */
function read(p: Partition): AlertState[] {
  const states = new Map<string, AlertState>();
  for (const alert of p.effects.alerts) {
    const event = events.alert.decode(events.alert.encode(alert));
    states.set(event.alertId, foldAlert(states.get(event.alertId), event)!);
  }
  return [...states.values()];
}

const hot = { above: 80, clearFor: "2s" };

describe("an alert under another mode of its rule", () => {
  it("that late data opens again once the rule is in shadow is in shadow", () => {
    const p = new Partition();
    p.rule(hot, { lateness: "1m" });
    p.read(10, 81);
    p.read(12, 79);
    p.read(14, 79);
    expect(read(p)).toMatchObject([{ state: "cleared", shadow: false }]);
    p.rule(hot, { lateness: "1m" }, "shadow");
    p.read(13, 81, { received: 15 });
    expect(read(p)).toMatchObject([{ state: "active", shadow: true }]);
    expect([...p.engine.open()]).toMatchObject([{ shadow: true }]);
  });

  it.each([
    ["judges alike", { above: 80 }],
    ["judges otherwise", { above: 70 }],
  ])("leaves the shadow with the severity of the revision, which %s", (_, condition) => {
    for (const warmed of [false, true]) {
      const p = new Partition();
      p.rule({ above: 80 }, { severity: "critical" }, "shadow");
      p.read(10, 81);
      if (warmed) {
        const other = new Partition();
        p.adopt(p.warm(other.rule(condition, { severity: "info" }, "live", 2)));
      } else p.rule(condition, { severity: "info" }, "live", 2);
      expect(read(p)).toMatchObject([
        { state: "active", shadow: false, severity: "info", raisedAt: expect.any(Number) },
      ]);
      expect([...p.engine.open()]).toMatchObject([{ severity: "info", shadow: false }]);
    }
  });
});

describe("an alert that a person cleared", () => {
  it("gives its id to none that late data finds to have begun at its instant", () => {
    const p = new Partition();
    p.tick(0);
    p.device("d", {});
    // It opens at 22:15 on a Tuesday, 100 s after the beginning of these times.
    const weekly = [{ days: ["tue"], from: "22:15", to: "22:16" }];
    const schedule = { timeZone: "UTC", weekly, outside: "keep" };
    p.rule({ metric: undefined, absent: "2s" }, { schedule, wait: "0s", lateness: "0s" });
    p.read(94, 1);
    p.mark(101);
    const [raised] = p.alerts();
    expect(raised).toMatchObject({ raisedAt: 1_700_000_100_000_000, transition: 1 });
    p.hand(raised!.alertId!, 101);
    p.read(98, 1, { received: 101 });
    p.read(102, 1);
    const [again] = p.alerts();
    expect(again).toMatchObject({ raisedAt: raised!.raisedAt, transition: 1 });
    expect(again!.alertId).not.toBe(raised!.alertId);
  });
});
