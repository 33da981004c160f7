import { alertTransition } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { at } from "./harness.ts";
import { Partition } from "./partition.ts";
import { story } from "./story.ts";

describe("the log's clock", () => {
  it("is the least promise of the live gateways, corrected by the least lag of their marks", () => {
    const p = new Partition();
    p.mark(100, { gateway: "a", appended: 103 });
    p.mark(501, { gateway: "b", appended: 105 });
    expect(p.clock).toBe(103);
    p.mark(110, { gateway: "a", appended: 111 });
    // a: 110 + 1 = 111; b: 501 - 396 = 105
    expect(p.clock).toBe(105);
    p.mark(520, { gateway: "b", appended: 125 });
    expect(p.clock).toBe(111);
  });

  it("never goes back", () => {
    const p = new Partition();
    p.mark(100, { gateway: "a" });
    p.mark(20, { gateway: "b", appended: 21 });
    expect(p.clock).toBe(100);
  });

  it("goes on without a gateway that made no mark for 30 s of ticks", () => {
    const p = new Partition();
    p.mark(0, { gateway: "a" });
    p.mark(0, { gateway: "b" });
    for (const time of [10, 20, 30]) {
      p.mark(time, { gateway: "b" });
      p.tick(time);
    }
    expect(p.clock).toBe(0);
    p.tick(31);
    expect(p.clock).toBe(30);
  });

  it("silences nobody where there are no ticks, and counts at most 15 s between two", () => {
    const p = new Partition();
    p.mark(0, { gateway: "a" });
    p.tick(1);
    p.mark(3600, { gateway: "b" });
    expect(p.clock).toBe(0);
    p.tick(3601);
    expect(p.clock).toBe(0);
    p.tick(3615);
    expect(p.clock).toBe(0);
    p.tick(3616);
    expect(p.clock).toBe(3600);
  });

  it("follows the ticks where no gateway lives", () => {
    const p = new Partition();
    p.tick(5);
    expect(p.clock).toBe(5);
    p.mark(6);
    for (const time of [10, 20, 30, 36]) p.tick(time);
    expect(p.clock).toBe(6);
    p.tick(37);
    expect(p.clock).toBe(37);
  });
});

describe("a duration", () => {
  it("is over when the clock has passed receive time + duration + lateness, and is dated by the device", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(99);
    p.read(70, 81, { received: 100 });
    p.mark(134.999);
    expect(p.emitted()).toEqual([]);
    p.mark(135);
    expect(p.emitted()).toEqual(["raised warning @100"]);
  });

  it("is measured on the log's clock, not on the gateway's", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(1099, { appended: 99 });
    p.read(100, 81, { received: 1100, appended: 100 });
    p.mark(1134, { appended: 134 });
    expect(p.emitted()).toEqual([]);
    p.mark(1135, { appended: 135 });
    expect(p.emitted()).toEqual(["raised warning @130"]);
  });

  it("is resolved by a later reading of the device before the clock gets there", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.read(0, 81);
    p.read(40, 10);
    expect(p.emitted()).toEqual(["raised warning @30", "cleared @40"]);
  });

  it("is prevented by a reading at its very end that no longer meets the condition, and fulfilled by one that does", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.read(0, 81);
    p.read(30, 10);
    expect(p.emitted()).toEqual([]);
    p.read(40, 81);
    p.read(70, 81);
    expect(p.emitted()).toEqual(["raised warning @70"]);
  });

  it("begins anew when the condition was broken", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.read(0, 81);
    p.read(20, 10);
    p.read(21, 81);
    p.read(50, 81);
    expect(p.emitted()).toEqual([]);
    p.read(51, 81);
    expect(p.emitted()).toEqual(["raised warning @51"]);
  });

  it("of old readings that arrive together is judged by when they were read", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(1000);
    for (const [time, value] of [
      [0, 81],
      [20, 81],
      [40, 10],
      [50, 81],
      [60, 10],
    ] as const) {
      p.read(time, value, { received: 1000 });
    }
    p.mark(2000);
    expect(p.emitted()).toEqual(["raised warning @30", "cleared @40"]);
  });

  it("of a device that runs ahead makes no other late", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(0);
    p.read(400, 10, { received: 1, device: "ahead" });
    p.read(2, 81);
    p.mark(37);
    expect(p.emitted()).toEqual(["raised warning @32"]);
    expect(p.engine.counters.tooLate).toBe(0);
  });

  it("does not end by the others' clock while its own gateway works off a backlog", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(0, { gateway: "g" });
    p.mark(0, { gateway: "other" });
    for (let time = 10; time <= 200; time += 10) {
      p.mark(time, { gateway: "other" });
      p.tick(time);
    }
    expect(p.clock).toBe(200);
    // Back, with what it kept.
    p.read(50, 81, { received: 50, appended: 201 });
    p.read(70, 10, { received: 70, appended: 201 });
    p.mark(200, { appended: 202 });
    expect(p.emitted()).toEqual([]);
  });
});

describe("identities", () => {
  it("tell duplicates, which are ignored, and gaps, which are counted", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, times: 2 });
    const event = (n: number, epoch = 1) => ({
      gateway: "g",
      epoch,
      n,
      receivedAt: n,
      device: "d",
      eventTime: n * 1_000_000,
      readings: [{ metric: "t", number: 81 }],
    });
    p.append(event(5), 0);
    p.append(event(5), 0);
    p.append(event(4), 0);
    expect(p.engine.counters).toMatchObject({ duplicates: 2, gaps: 0 });
    expect(p.emitted()).toEqual([]);
    p.append(event(8), 0);
    expect(p.engine.counters).toMatchObject({ duplicates: 2, gaps: 1 });
    expect(p.emitted()).toHaveLength(1);
    p.append(event(1, 2), 0);
    p.append(event(8), 0);
    expect(p.engine.counters).toMatchObject({ duplicates: 3, gaps: 1 });
  });

  it("give alerts and commands their ids", () => {
    const story = (): Partition => {
      const p = new Partition();
      p.rule({ op: ">", threshold: 80 }, { actions: [{ command: { name: "act" } }] });
      p.read(1, 81);
      return p;
    };
    // From Python's uuid.uuid5: names of the alert ["alert", rule, grounding, device, cause, raisedAt] and of the
    // command ["command", alert, transition, 888722934, repetition], the number of what the action does.
    const [raised, command] = story().effects.take();
    expect(raised!.alert!.alertId).toBe("07ef3af3-3c13-59b1-b4ba-776251e8682e");
    expect(command!.command!.commandId).toBe("fbee3043-2ae2-5c8f-b47a-9be1c23b99e7");
    expect(story().effects.take()).toEqual([raised, command]);
  });
});

describe("evidence", () => {
  it("names the readings that decided, and where they lie", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.mark(0);
    p.read(1, 81);
    p.read(10, 82);
    p.mark(36);
    p.read(40, 10);
    const [raised, cleared] = p.alerts();
    const brief = ({ evidence }: NonNullable<typeof raised>) =>
      evidence!.map(({ role, n, offset, value, eventTime }) => [
        role,
        n,
        offset,
        value,
        (eventTime! % 100_000_000) / 1_000_000,
      ]);
    expect(brief(raised!)).toEqual([
      ["armed", 2, 1, 81, 1],
      ["held", 3, 2, 82, 10],
      ["timer", 3, 2, 82, 31],
    ]);
    expect(brief(cleared!)).toEqual([
      ["armed", 2, 1, 81, 1],
      ["decided", 5, 4, 10, 40],
    ]);
    expect(raised).toMatchObject({ value: 82, threshold: 80, metric: "t" });
  });

  it("names the readings of a sample, not what stands for every metric of it", () => {
    const door = story({
      all: [{ metric: "t", above: 80 }, { metric: "door", equals: "open" }, { not: { absent: "10m" } }],
    });
    door.sample(1, { t: 20, door: "shut" });
    door.sample(2, { t: 81, door: "open", other: 1 });
    door.sample(3, { other: 1, t: 20, door: "open" });
    const brief = door.partition.alerts().map(({ evidence }) => {
      return evidence!.map(({ role, metric, value, text }) => [role, metric, value, text]);
    });
    const armed = ["armed", "door", 0, "open"];
    expect(brief).toEqual([
      [armed, ["decided", "t", 81, undefined]],
      [armed, ["decided", "t", 20, undefined], ["decided", "door", 0, "open"]],
    ]);
  });

  it("names the reading that decided in a sample of very many metrics that others judge", () => {
    const p = new Partition();
    const metrics = Array.from({ length: 20 }, (_, number) => `m${number}`);
    for (const metric of metrics) p.rule({ metric, above: 5 }, { id: metric });
    p.mark(0);
    for (const [time, value] of [9, 1].entries()) {
      const readings = metrics.map((metric) => ({ metric, number: value }));
      const identity = { gateway: "g", epoch: 1, n: p.log.n("g"), receivedAt: at(time + 1) };
      p.append({ ...identity, device: "d", eventTime: at(time + 1), readings }, time + 1);
    }
    const cleared = p.alerts().filter(({ kind }) => kind === alertTransition.cleared);
    expect(cleared).toHaveLength(metrics.length);
    for (const { rule, evidence } of cleared) {
      expect(evidence).toMatchObject([
        { role: "armed", metric: rule, value: 9 },
        { role: "decided", metric: rule, value: 1 },
      ]);
    }
  });
});
