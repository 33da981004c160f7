import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { LogClock } from "../../src/engine/clock.ts";
import { all, at, epoch0, second, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

/** Every ten seconds a mark of a gateway that is `ahead` of the log (seconds), and a tick. */
function live(p: Partition, from: number, to: number, ahead = 0, gateway = "g", epoch = 1): void {
  for (let time = from; time <= to; time += 10) {
    p.mark(time + ahead, { gateway, appended: time, forwarded: time + ahead, epoch });
    p.tick(time);
  }
}

describe("the skew of a gateway", () => {
  it("that was ten minutes ahead for a while is right again after ten minutes", () => {
    const p = new Partition();
    live(p, 0, 100);
    live(p, 110, 200, 600);
    // Set back: its receive clock goes on a little slower, ahead of the log for a long time.
    live(p, 210, 900, 600);
    expect(p.clock).toBe(900);
    live(p, 1510, 2200);
    expect(p.clock).toBe(2200);
  });

  it("begins anew with a new image, whose clock is a day earlier", () => {
    const p = new Partition();
    live(p, 0, 100);
    live(p, 110, 200, -86_400, "g", 2);
    expect(p.clock).toBe(200);
    live(p, 210, 300, 0, "g", 3);
    expect(p.clock).toBe(300);
  });

  it("of a clock that is 100 ppm slow for 30 days delays by less than a second", () => {
    const p = new Partition();
    const days = 30 * 86_400;
    for (let time = 0; time <= days; time += 60) {
      const own = time * (1 - 100e-6);
      p.mark(own, { appended: time, forwarded: own });
    }
    expect(p.clock).toBeGreaterThan(days - 1);
    expect(p.clock).toBeLessThanOrEqual(days);
  });

  it("is not learned from how long a backlog was kept", () => {
    const p = new Partition();
    // Never heard before, it comes with what it has kept for an hour, while another one is live.
    live(p, 3600, 3610, 0, "other");
    for (let time = 0; time <= 3600; time += 600) {
      p.mark(time, { appended: 3615, forwarded: 3615 });
      expect(p.clock).toBeLessThanOrEqual(3610);
    }
    p.rule({ op: ">", threshold: 80, for: "30s" });
    p.read(3601, 81, { received: 3601, appended: 3615 });
    // 3601 + 30 + wait
    live(p, 3620, 3630);
    expect(p.emitted()).toEqual([]);
    live(p, 3640, 3640);
    p.mark(3640, { gateway: "other" });
    expect(p.emitted()).toEqual(["raised warning @3631"]);
  });

  it("is the lag of receive times where a gateway of 0.1 says nothing else", () => {
    const p = new Partition();
    p.mark(500, { appended: 100 });
    p.mark(520, { appended: 125 });
    expect(p.clock).toBe(120);
  });

  it("takes no record beyond the time at which it was appended", () => {
    const p = new Partition();
    p.mark(100, { appended: 110, forwarded: 100 });
    // Its wall clock leaps an hour ahead, and no mark has said so yet.
    p.read(3720, 1, { received: 3720, appended: 120 });
    expect(p.clock).toBe(120);
  });
});

describe("a live gateway whose receive time is not plausible", () => {
  it.each([10 * 365 * 86_400, -10 * 365 * 86_400])("by %d s moves the clock no longer than it says so", (wrong) => {
    const p = new Partition();
    live(p, 0, 100);
    p.read(105, 1, { received: 105 + wrong, appended: 105 });
    expect(p.clock).toBeLessThanOrEqual(105);
    live(p, 110, 200);
    expect(p.clock).toBe(200);
    p.mark(205 + wrong, { appended: 205, forwarded: 205 + wrong });
    live(p, 210, 900);
    expect(p.clock).toBe(900);
  });
});

describe("a straggler", () => {
  it("leaves the minimum, and delays the timers of its own readings alone", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" });
    live(p, 0, 100, 0, "slow");
    p.read(101, 81, { device: "a", gateway: "slow" });
    p.read(101, 81, { device: "b", gateway: "g" });
    for (let time = 110; time <= 200; time += 10) {
      live(p, time, time);
      // It sends, but what it received at 102.
      p.mark(102 + (time - 110) / 100, { gateway: "slow", appended: time + 1, forwarded: time + 1 });
    }
    expect(p.clock).toBe(200);
    expect(p.engine.stragglers).toEqual([{ gateway: "slow", behind: expect.closeTo(97.1 * second, -3) as number }]);
    expect(p.emitted()).toEqual(["raised warning @131"]);
    // Caught up, it holds the clock again.
    p.mark(201, { gateway: "slow", appended: 202, forwarded: 202 });
    expect(p.engine.stragglers).toEqual([]);
    live(p, 210, 220);
    expect(p.clock).toBe(201);
    expect(p.emitted()).toEqual(["raised warning @131"]);
  });

  it("is no gateway that the log was away from, as long as nothing of it came", () => {
    const p = new Partition();
    live(p, 0, 100);
    p.tick(3700);
    expect(p.clock).toBe(100);
    expect(p.engine.stragglers).toEqual([]);
  });
});

it("the first tick says nothing of how long a gateway was away before it", () => {
  const p = new Partition();
  p.mark(1);
  // The log stood still from 2 to 47.
  p.tick(47);
  expect(p.clock).toBe(1);
  p.tick(62);
  expect(p.clock).toBe(1);
  p.tick(63);
  expect(p.clock).toBe(63);
});

it("a gateway without a mark for 15 minutes of ticks is as if it had never been heard", () => {
  const clocks = ["heard", "new"].map((what) => {
    const p = new Partition();
    if (what === "heard") live(p, 0, 100, 300);
    for (let time = 110; time <= 1100; time += 10) p.tick(time);
    p.read(1105, 1, { received: 1105, appended: 1105 });
    p.tick(1110);
    expect([...taken(p.engine, true).checkpoint.gateways].filter(({ markedAt }) => markedAt > 0)).toEqual([]);
    return p.clock;
  });
  expect(clocks).toEqual([1110, 1110]);
});

it("a scan that runs the clock over 15 minutes first has the clock of the live evaluation", () => {
  const p = new Partition();
  live(p, 0, 3000, 700);
  const entries = p.log.entries.filter(({ at: { appendTime } }) => appendTime >= at(3000 - 900));
  const scan = new LogClock();
  for (const { record, at: place } of entries) scan.observe(record, place);
  expect((scan.now - epoch0) / second).toBe(p.clock);
});

it("a checkpoint of 0.1 is gone on from", () => {
  const p = new Partition();
  const gateway = { gateway: "g", promise: at(1000), skew: -400 * second, markedAt: at(601), offline: false };
  const unknown = { epoch: 0, corrected: 0, skews: [], heardAt: 0, straggling: false, outages: [] };
  const checkpoint = { clock: at(600), lastTick: at(601), gateways: [{ ...gateway, ...unknown }], seen: [] };
  all(p.engine.restore({ offset: 0, states: [], checkpoint }));
  p.read(610, 1, { received: 1010, appended: 611 });
  expect(p.clock).toBe(610);
  const engine = createPartitionEngine(0);
  all(engine.restore({ offset: 1, states: [], checkpoint: taken(p.engine, true).checkpoint }));
  expect(engine.clock).toBe(at(610));
});
