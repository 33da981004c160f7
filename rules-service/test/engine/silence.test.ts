import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, at, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

/** Another owner of the partition, which has what the first one wrote. */
function restarted(p: Partition): Partition {
  const engine = createPartitionEngine(0);
  all(engine.restore({ offset: p.log.next, ...taken(p.engine, true) }));
  const next = Object.assign(new Partition(engine), { log: p.log });
  next.device("a", {});
  next.device("b", {});
  next.rule({ absent: "60s", metric: undefined });
  return next;
}

/** A partition with two registered devices whose silence is told after a minute, heard until 100. */
function heardUntil100(gatewayOfB = "h"): Partition {
  const p = new Partition();
  p.tick(0);
  p.device("a", {});
  p.device("b", {});
  p.rule({ absent: "60s", metric: undefined });
  for (let time = 0; time <= 100; time += 10) {
    p.mark(time, { gateway: "g", forwarded: time });
    p.mark(time, { gateway: "h", forwarded: time });
    p.tick(time);
    p.read(time, 1, { device: "a", gateway: "g" });
    p.read(time, 1, { device: "b", gateway: gatewayOfB });
  }
  return p;
}

describe("a log that was away for an hour", () => {
  it("makes nobody silent, as what was sent meanwhile is on its way", () => {
    const p = heardUntil100();
    // Back: the tick is there first, then a mark from before, then what the gateways have kept, one after the other.
    p.tick(3700);
    p.mark(101, { gateway: "g", appended: 3701, forwarded: 3701 });
    p.mark(101, { gateway: "h", appended: 3701, forwarded: 3701 });
    for (const [gateway, device, begin] of [["g", "a", 3702] as const, ["h", "b", 3712] as const]) {
      for (let time = 110; time <= 3700; time += 10) {
        const appended = begin + time / 400;
        if (time % 1000 === 0) p.tick(appended);
        p.read(time, 1, { device, gateway, received: time, appended });
      }
    }
    p.mark(3722, { gateway: "g", forwarded: 3722 });
    p.mark(3722, { gateway: "h", forwarded: 3722 });
    p.tick(3722);
    expect(p.emitted()).toEqual([]);
    // Who says nothing from now on is silent.
    for (let time = 3730; time <= 3770; time += 10) {
      for (const gateway of ["g", "h"]) p.mark(time, { gateway, forwarded: time });
      p.tick(time);
      p.read(time, 1, { device: "a", gateway: "g" });
    }
    expect(p.emitted()).toEqual(["raised warning @3760"]);
  });
});

describe("a gateway that lags while it sends", () => {
  it("is no reason to call a device silent that may have roamed to it", () => {
    const p = heardUntil100("g");
    for (let time = 110; time <= 200; time += 10) {
      p.mark(time, { gateway: "g", forwarded: time });
      p.tick(time);
      p.read(time, 1, { device: "a", gateway: "g" });
      // The backlog of the other one goes out slowly.
      p.mark(100 + time / 100, { gateway: "h", appended: time + 1, forwarded: time + 1 });
    }
    expect(p.clock).toBe(200);
    expect(p.emitted()).toEqual([]);
    // It has caught up, and `b` was with nobody.
    for (const gateway of ["g", "h"]) p.mark(210, { gateway, forwarded: 210 });
    expect(p.emitted()).toEqual(["raised warning @160"]);
  });
});

describe("a gateway that is offline", () => {
  /** `g` was killed after 100; `h` lives. */
  function killed(gatewayOfB = "g"): Partition {
    const p = heardUntil100(gatewayOfB);
    step(p, 110, 300);
    return p;
  }

  /** Ticks and marks of `h`, and whatever else comes at each of the times. */
  function step(p: Partition, from: number, to: number, each: (time: number) => void = () => {}): void {
    for (let time = from; time <= to; time += 10) {
      p.mark(time, { gateway: "h", forwarded: time });
      each(time);
      p.tick(time);
    }
  }

  it("silences no device that was last heard through it", () => {
    expect(killed().emitted()).toEqual([]);
  });

  it("makes no difference to one that another gateway has heard since", () => {
    const p = heardUntil100();
    step(p, 110, 150, (time) => p.read(time, 1, { device: "a", gateway: "h" }));
    step(p, 160, 300);
    // b has spoken to h alone.
    expect(p.emitted()).toEqual(["raised warning @160", "raised warning @210"]);
  });

  it("that is back gives each device its whole time again", () => {
    const p = killed();
    step(p, 310, 500, (time) => p.mark(time, { gateway: "g", forwarded: time }));
    expect(p.alerts().map(({ device, at: when }) => [device, when])).toEqual([
      ["a", at(370)],
      ["b", at(370)],
    ]);
  });

  it("that is back has told of no silence when its devices speak again, through it or another", () => {
    const p = killed();
    p.mark(310, { gateway: "g", forwarded: 310 });
    p.read(312, 1, { device: "a", gateway: "g" });
    p.read(313, 1, { device: "b", gateway: "h" });
    step(p, 320, 360);
    expect(p.emitted()).toEqual([]);
  });

  it("is not back yet, and a device that has roamed was not silent before", () => {
    const p = killed();
    p.read(301, 1, { device: "a", gateway: "h" });
    step(p, 310, 350);
    expect(p.emitted()).toEqual([]);
    // What comes late changes nothing of that.
    p.read(299, 1, { device: "a", gateway: "h", received: 351 });
    expect(p.emitted()).toEqual([]);
    step(p, 360, 400);
    expect(p.emitted()).toEqual(["raised warning @361"]);
  });

  it("and works off what it kept, which it heard before it was killed", () => {
    const p = killed();
    // Its lane goes on where it ended, with what it had not sent, then with what it hears since its start at 300.
    p.read(105, 1, { device: "a", gateway: "g", appended: 310 });
    p.mark(310, { gateway: "g", forwarded: 310 });
    step(p, 320, 350, (time) => p.mark(time, { gateway: "g", forwarded: time }));
    expect(p.emitted()).toEqual([]);
    step(p, 360, 400, (time) => p.mark(time, { gateway: "g", forwarded: time }));
    expect(p.emitted()).toEqual(["raised warning @370", "raised warning @370"]);
  });

  it("for longer than a quarter of an hour is offline still, and for longer than a day has gone for good", () => {
    const p = killed();
    step(p, 310, 2000);
    expect(p.emitted()).toEqual([]);
    step(p, 86_480, 86_530);
    expect(p.emitted()).toEqual([]);
    for (let time = 86_530; time <= 175_000; time += 14) {
      if (time % 10 === 0) p.mark(time, { gateway: "h", forwarded: time });
      p.tick(time);
    }
    expect(p.emitted()).toEqual(["raised warning @160", "raised warning @160"]);
  });

  it("is so after a restart of the rules, whenever that was", () => {
    for (const cut of [95, 115, 125, 135, 200, 300, 309, 315, 365]) {
      let p = heardUntil100("g");
      const emitted = [...p.emitted()];
      for (let time = 101; time <= 400; time++) {
        if (time === cut || (time === 102 && cut < 102)) {
          emitted.push(...p.emitted());
          p = restarted(p);
        }
        if (time % 10 === 0) step(p, time, time);
        if (time >= 310 && time % 10 === 0) p.mark(time, { gateway: "g", forwarded: time });
      }
      emitted.push(...p.emitted());
      expect(emitted, `restarted at ${cut}`).toEqual(["raised warning @370", "raised warning @370"]);
    }
  });
});
