import { describe, expect, it } from "vitest";
import { Partition } from "./partition.ts";

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
