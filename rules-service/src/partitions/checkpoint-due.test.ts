import { describe, expect, it } from "vitest";
import { CheckpointCost, WrittenBytes } from "./checkpoint-cost.ts";
import { allowedBytes, isCheckpointDue } from "./checkpoint-due.ts";
import { Uncovered } from "./uncovered.ts";

const limits = { checkpointMs: 1_800_000, checkpointRecords: 500_000, replayMs: 1500 };
const partitions = 4;

function uncovered(fields: Partial<Uncovered>): Uncovered {
  return Object.assign(new Uncovered(), { count: 1, ...fields });
}

function isDue(fields: Partial<Uncovered>, sinceMs: number, cost = Infinity): boolean {
  return isCheckpointDue(uncovered(fields), sinceMs, limits, partitions, () => cost);
}

describe("a checkpoint", () => {
  it("is due once what changed takes a tenth of the telemetry since the last", () => {
    expect(isDue({ bytes: 99_999 }, 60_000, 10_000)).toBe(false);
    expect(isDue({ bytes: 100_001 }, 60_000, 10_000)).toBe(true);
  });

  it("is not due again within seconds, however little changed", () => {
    expect(isDue({ bytes: 1e9 }, 4999, 0)).toBe(false);
    expect(isDue({ bytes: 1e9 }, 5000, 0)).toBe(true);
  });

  it("is due at once where a restart would take too long over what came since", () => {
    expect(isDue({ milliseconds: 374 }, 100)).toBe(false);
    expect(isDue({ milliseconds: 376 }, 100)).toBe(true);
    expect(isDue({ count: 500_000 }, 100)).toBe(true);
    expect(isDue({}, 1_800_000)).toBe(true);
  });

  it("is due seconds after rules were adopted, which a restart would warm again", () => {
    expect(isDue({ hasWarmed: true }, 4999)).toBe(false);
    expect(isDue({ hasWarmed: true }, 5000)).toBe(true);
  });

  it("is never due where nothing came", () => {
    expect(isDue({ count: 0, hasWarmed: true, bytes: 1e9 }, 1e9, 0)).toBe(false);
  });
});

describe("what the state log takes", () => {
  function written(instances: number, bytes: number): WrittenBytes {
    const all = new WrittenBytes();
    for (let each = 0; each < instances; each++) all.addState({ ...state, rule: "r" }, bytes);
    return all;
  }
  const state = { rule: "r", device: "d", covers: 0, version: 1, state: new Uint8Array(0) };

  it("stays under a tenth of the telemetry over time, however wrong each guess is", () => {
    const cost = new CheckpointCost();
    const since = new Uncovered();
    let [telemetry, states] = [0, 0];
    for (let second = 0; second < 10_000; second++) {
      since.count += 10;
      since.bytes += 1000;
      telemetry += 1000;
      const changed = { instances: 10, series: 0 };
      if (!isCheckpointDue(since, 5000, limits, partitions, () => cost.of(changed))) continue;
      // Now small, now large: what the last one took says little about the next.
      const bytes = second % 2 === 0 ? 1000 : 10;
      states += 10 * bytes;
      cost.written(written(10, bytes), allowedBytes(since));
      since.clear();
    }
    expect(states).toBeGreaterThan(telemetry / 100);
    expect(states).toBeLessThan(telemetry / 9);
  });

  it("guesses states of rules and retained readings apart", () => {
    const cost = new CheckpointCost();
    const all = written(3, 1000);
    all.addState({ ...state, rule: "~t" }, 50);
    all.frame = 7;
    cost.written(all, Infinity);
    expect(cost.of({ instances: 2, series: 10 })).toBe(7 + 2 * 1000 + 10 * 50);
  });
});
