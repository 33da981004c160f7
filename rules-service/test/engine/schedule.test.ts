import { describe, expect, it } from "vitest";
import { story } from "./story.ts";

describe("a schedule", () => {
  /** The epoch of these tests is a Tuesday, 22:13:20 UTC. */
  const schedule = { timeZone: "UTC", weekly: [{ days: ["tue"], from: "22:14", to: "22:16" }] };

  it("lets raise what holds when it opens, and keeps what is raised when it closes", () => {
    const t = story({ metric: "t", above: 80 }, { schedule });
    expect(t.samples("t", [[10, 95]]).until(39).told).toEqual([]);
    expect(t.until(41).told).toEqual(["raised warning @40"]);
    expect(t.samples("t", [[161, 96]]).told).toEqual([]);
    t.samples("t", [
      [162, 10],
      [163, 95],
    ]);
    expect(t.told).toEqual(["cleared @162"]);
  });

  it("lets go back when it opens what came to be milder while it was closed", () => {
    const weekly = [...schedule.weekly, { days: ["tue"], from: "22:18", to: "22:19" }];
    const condition = { metric: "t", above: { warning: 80, critical: 90 }, clearBelow: 70 };
    const t = story(condition, { schedule: { ...schedule, weekly } });
    expect(t.samples("t", [[50, 95]]).told).toEqual(["raised critical @50"]);
    expect(t.samples("t", [[170, 75]]).until(279).told).toEqual([]);
    expect(t.until(281).told).toEqual(["deescalated warning @280"]);
    expect(t.samples("t", [[285, 75]]).told).toEqual([]);
  });

  it("may end what is raised when it closes", () => {
    const t = story({ metric: "t", above: 80 }, { schedule: { ...schedule, outside: "clear" } });
    expect(t.samples("t", [[50, 95]]).told).toEqual(["raised warning @50"]);
    expect(t.until(161).told).toEqual(["cleared @160"]);
  });
});
