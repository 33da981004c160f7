import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FleetSpec, FleetVerdict } from "@headwater/device-sim";
import type { Platform } from "../platform/platform.ts";
import { fleetRunner, openFleetPlatform, type RunFleet } from "./fleet-runner.ts";
import { type Lies, LyingRelay } from "./lying-relay.ts";

let platform: Platform;
let run: RunFleet;
beforeAll(async () => {
  platform = await openFleetPlatform();
  run = fleetRunner(platform);
});
afterAll(() => platform.stop());

const none: Lies = { drop: [], double: [], swap: [], delay: [], delayMs: 0, change: [], shift: [], cut: [] };

// The tests mostly wait: for a fleet's seconds, and for what never comes.
describe.concurrent("a fleet behind a hop that lies", () => {
  const lines: FleetSpec = { duration: "2s", profiles: { a: { devices: 1, rate: "20/s", mqttVersion: "3.1.1" } } };
  const lied = async (lies: Partial<Lies>, settleMs?: number): Promise<FleetVerdict> => {
    const relay = await LyingRelay.start(Number(new URL(platform.mqttUrl()).port), { ...none, ...lies });
    try {
      const url = `mqtt://127.0.0.1:${relay.port}`;
      return await run(lines, settleMs === undefined ? { url } : { url, settleMs });
    } finally {
      await relay.stop();
    }
  };

  it("names what it has acknowledged and dropped or cut short, and nothing else", async () => {
    const { stored, holds, expectations } = await lied({ drop: [3, 4, 5, 11], cut: [13] }, 15_000);
    expect(stored!.lostRanges.map(({ from, to }) => [from, to])).toEqual([
      [3, 5],
      [11, 11],
      // Half a message is quarantined.
      [13, 13],
    ]);
    expect([stored!.lost, holds]).toEqual([5, false]);
    expect(expectations.filter((each) => !each.holds).map(({ name }) => name)).toEqual(["lost"]);
  });

  it("ends at the second interruption with the verdict so far, whatever is still missing", async () => {
    const [stop, hurry] = [new AbortController(), new AbortController()];
    const relay = await LyingRelay.start(Number(new URL(platform.mqttUrl()).port), { ...none, drop: [2] });
    try {
      const url = `mqtt://127.0.0.1:${relay.port}`;
      // It would be waited for to the end of the world.
      const patience = { settleMs: 600_000, signal: stop.signal, hurry: hurry.signal };
      const verdict = await run(
        { ...lines, duration: "10m" },
        {
          ...{ url, ...patience },
          onAcked(acked) {
            if (acked < 5) return;
            stop.abort();
            // So late that a busy machine has stored what was not dropped.
            setTimeout(() => hurry.abort(), 15_000);
          },
        },
      );
      expect(verdict.seconds).toBeLessThan(300);
      expect(verdict.counts.acked).toBeGreaterThan(1);
      expect([verdict.stored!.lost, verdict.holds]).toEqual([1, false]);
    } finally {
      await relay.stop();
    }
  });

  it("names what it has doubled and what it has reordered", async () => {
    const { logged, stored } = await lied({ double: [2, 9], swap: [6, 14] });
    expect(stored!.lost).toBe(0);
    expect(logged!.duplicates.map(({ seq, times }) => [seq, times])).toEqual([
      [2, 2],
      [9, 2],
    ]);
    expect([logged!.duplicated, logged!.reordered]).toEqual([2, 2]);
  });

  it("names values and times that it has changed", async () => {
    const { stored, content, expectations } = await lied({ change: [4, 7], shift: [9] });
    expect(content!.changes.map(({ seq, metric, found }) => [seq, metric, found])).toEqual([
      [4, "temperature", 99.5],
      [7, "temperature", 99.5],
    ]);
    expect([content!.changed, content!.misplaced]).toEqual([2, 0]);
    expect(content!.retimes.map(({ seq, byMs }) => [seq, byMs])).toEqual([[9, 7]]);
    expect(stored!.lost).toBe(0);
    expect(expectations.filter((each) => !each.holds).map(({ name }) => name)).toEqual(["values changed"]);
  });

  it("tells what it has delayed from when it was due", async () => {
    const { latency, stored } = await lied({ delay: [5], delayMs: 1_500 });
    expect(stored!.lost).toBe(0);
    // All that was due meanwhile waits as well: it would not show if the load waited for the acknowledgement.
    expect(latency.ack.max).toBeGreaterThanOrEqual(1_400);
    expect(latency.ack.p50).toBeGreaterThan(300);
  });
});
