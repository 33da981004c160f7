import { describe, expect, it } from "vitest";
import { isoFromMicros } from "@headwater/core";
import { at } from "./harness.ts";
import { Partition } from "./partition.ts";

const hot = { op: ">", threshold: 80, clearBelow: 70 };
const acting = { actions: [{ command: { name: "act", ttl: "60s" } }, { derive: { metric: "alarm", value: 1 } }] };
const iso = (seconds: number): string => isoFromMicros(at(seconds));

function opened(rest: Record<string, unknown> = acting): Partition {
  const p = new Partition();
  p.rule(hot, rest);
  p.mark(0);
  return p;
}

describe("a snooze", () => {
  it("holds back what begins, and what is open at its end acts once, at that time", () => {
    const p = opened();
    p.snooze(100);
    p.read(10, 85);
    expect(p.emitted()).toEqual(["raised warning @10 (snooze)"]);
    p.read(99, 86);
    p.mark(99);
    expect(p.emitted()).toEqual([]);
    p.mark(105);
    expect(p.effects.commands[0]?.requested?.cause).toMatchObject({ transition: 2, time: at(105), eventTime: at(100) });
    expect(p.emitted()).toEqual(["unmuted warning @100", "command act @100", "derived alarm @100"]);
    p.mark(300);
    p.read(301, 60);
    expect(p.emitted()).toEqual(["cleared @301"]);
  });

  it("of an alert that acted already tells that it is held back, and acts once more at its end", () => {
    const p = opened();
    p.read(10, 85);
    p.emitted();
    p.snooze(60);
    expect(p.emitted()).toEqual(["muted warning @10 (snooze)"]);
    p.mark(60);
    expect(p.emitted()).toEqual(["unmuted warning @60", "command act @60", "derived alarm @60"]);
  });

  it("is silent at its end about what is over by then", () => {
    const p = opened();
    p.snooze(100);
    p.read(10, 85);
    p.read(20, 60);
    p.mark(200);
    expect(p.emitted()).toEqual(["raised warning @10 (snooze)", "cleared @20"]);
  });

  it("holds for the rule on the device, whatever becomes of the alert and of the rule, and for no other", () => {
    const p = opened();
    p.read(10, 85);
    p.snooze(100);
    p.emitted();
    p.read(11, 60);
    p.read(12, 85);
    p.read(12, 85, { device: "e" });
    expect(p.emitted()).toEqual([
      "cleared @11",
      "raised warning @12 (snooze)",
      "raised warning @12",
      "command act @12",
      "derived alarm @12",
    ]);
    p.rule({ ...hot, threshold: 75 }, acting, "live", 2);
    p.read(13, 60);
    p.read(14, 77);
    expect(p.emitted()).toEqual(["cleared @13", "raised warning @14 (snooze)"]);
    p.rule({ ...hot, threshold: 75 }, acting, "disabled", 2);
    p.rule({ ...hot, threshold: 75 }, acting, "live", 2);
    p.emitted();
    p.read(15, 85);
    expect(p.emitted()).toEqual(["raised warning @15 (snooze)"]);
  });

  it("goes with its rule and with its device", () => {
    const p = opened();
    p.snooze(100);
    p.rule(hot, acting, "deleted");
    p.rule(hot, acting, "live");
    p.read(10, 85);
    expect(p.emitted()[0]).toBe("raised warning @10");
    p.snooze(100, "d");
    p.device("d", undefined);
    p.device("d", {}, 1);
    p.emitted();
    p.read(20, 85, { incarnation: 1 });
    expect(p.emitted()[0]).toBe("raised warning @20");
  });

  it("may be ended early, be made longer, and be past when it comes", () => {
    const p = opened();
    p.read(10, 85);
    p.snooze(100);
    p.snooze(0);
    expect(p.emitted().slice(3)).toEqual([
      "muted warning @10 (snooze)",
      "unmuted warning @10",
      "command act @10",
      "derived alarm @10",
    ]);
    p.snooze(5);
    p.snooze(100);
    p.snooze(200);
    p.mark(150);
    expect(p.emitted()).toEqual(["muted warning @10 (snooze)"]);
    p.mark(200);
    expect(p.emitted()[0]).toBe("unmuted warning @200");
  });

  it("of a rule in shadow changes nothing but what is shown", () => {
    const p = new Partition();
    p.rule(hot, acting, "shadow");
    p.mark(0);
    p.read(10, 85);
    p.snooze(20);
    p.mark(30);
    expect(p.emitted()).toEqual([
      "raised warning @10 (shadow)",
      "muted warning @10 (shadow, snooze)",
      "unmuted warning @20 (shadow)",
    ]);
  });
});

describe("a maintenance window", () => {
  it("mutes from its beginning to its end on the log's clock, whatever is read late", () => {
    const p = opened();
    p.read(5, 85, { device: "e" });
    p.emitted();
    p.maintenance("m", { from: iso(10), to: iso(60) });
    p.mark(9);
    expect(p.emitted()).toEqual([]);
    p.mark(10);
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/m)"]);
    p.read(20, 85);
    expect(p.emitted()).toEqual(["raised warning @20 (maintenance/m)"]);
    p.mark(61);
    expect(p.emitted()).toEqual([
      "unmuted warning @60",
      "command act @60",
      "derived alarm @60",
      "unmuted warning @60",
      "command act @60",
      "derived alarm @60",
    ]);
  });

  it("mutes the rules that it selects by id and label, as they are at the time", () => {
    const acts = { actions: [{ command: { name: "act" } }] };
    const p = new Partition();
    p.rule(hot, { ...acts, labels: { team: "heating" } });
    p.mark(0);
    p.maintenance("m", { rules: { labels: { team: ["cooling", "water"] } }, to: iso(1000) });
    p.maintenance("ids", { rules: { ids: ["cold*"] }, to: iso(1000) });
    p.read(10, 85);
    expect(p.emitted()).toEqual(["raised warning @10", "command act @10"]);
    p.rule(hot, { ...acts, labels: { team: "water" } }, "live", 2);
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/m)"]);
    p.maintenance("ids", { rules: { ids: ["h*t"] }, selector: { ids: ["d"] }, to: iso(1000) });
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/ids, maintenance/m)"]);
    p.rule(hot, acts, "live", 3);
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/ids)"]);
    p.read(11, 85, { device: "e" });
    expect(p.emitted()).toEqual(["raised warning @11", "command act @11"]);
    p.maintenance("ids", undefined);
    expect(p.emitted()).toEqual(["unmuted warning @11", "command act @11"]);
  });

  it("mutes the devices that it selects, as they are at the time", () => {
    const p = opened({ actions: [{ command: { name: "act" } }] });
    p.device("d", { tags: { site: "south" } });
    p.maintenance("m", { selector: { tags: { site: "north" }, not: { ids: ["x*"] } }, to: iso(1000) });
    p.read(10, 85);
    expect(p.emitted()).toEqual(["raised warning @10", "command act @10"]);
    p.device("d", { tags: { site: "north" } });
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/m)"]);
    p.device("d", { tags: { site: "north" }, type: "boiler" });
    expect(p.emitted()).toEqual([]);
    p.device("d", { tags: { site: "south" } });
    expect(p.emitted()).toEqual(["unmuted warning @10", "command act @10"]);
  });

  it("comes and goes with others and with a snooze, and acts when the last is over", () => {
    const p = opened({ actions: [{ command: { name: "act" } }] });
    p.maintenance("m", { to: iso(50) });
    p.read(10, 85);
    p.snooze(100);
    p.maintenance("n", { from: iso(40), to: iso(60) });
    p.mark(45);
    p.mark(70);
    p.mark(99);
    expect(p.emitted()).toEqual([
      "raised warning @10 (maintenance/m)",
      "muted warning @10 (snooze, maintenance/m)",
      "muted warning @40 (snooze, maintenance/m, maintenance/n)",
      "muted warning @50 (snooze, maintenance/n)",
      "muted warning @60 (snooze)",
    ]);
    p.mark(100);
    expect(p.emitted()).toEqual(["unmuted warning @100", "command act @100"]);
  });

  it("that is changed or ended is so at once", () => {
    const p = opened({ actions: [{ command: { name: "act" } }] });
    p.read(10, 85);
    p.emitted();
    p.maintenance("m", { to: iso(100) });
    p.maintenance("m", { to: iso(100), name: "the same" });
    p.maintenance("m", { to: iso(100), selector: { ids: ["e"] } });
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/m)", "unmuted warning @10", "command act @10"]);
    p.maintenance("m", { to: iso(100) });
    p.maintenance("m", undefined);
    expect(p.emitted()).toEqual(["muted warning @10 (maintenance/m)", "unmuted warning @10", "command act @10"]);
  });

  it("opens every week by the clocks of its zone", () => {
    // 1_700_000_000 is Tuesday, 14 November 2023, 22:13:20 UTC: 23:13:20 in Berlin.
    const p = opened({ actions: [{ command: { name: "act" } }] });
    p.maintenance("night", {
      schedule: { timeZone: "Europe/Berlin", weekly: [{ days: ["tue"], from: "23:30", to: "00:30" }] },
    });
    p.read(1, 85);
    expect(p.emitted()).toEqual(["raised warning @1", "command act @1"]);
    p.mark(1001);
    expect(p.emitted()).toEqual(["muted warning @1000 (maintenance/night)"]);
    p.mark(5000);
    expect(p.emitted()).toEqual(["unmuted warning @4600", "command act @4600"]);
  });
});
