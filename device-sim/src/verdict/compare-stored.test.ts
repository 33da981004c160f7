import { describe, expect, it } from "vitest";
import { MessageLog } from "../load/message-log.ts";
import { compareWithStore } from "./compare-stored.ts";
import { spansOf, type StoredDevice, type StoreReader } from "./readers/reader.ts";

/** Acknowledged messages at these times. */
function deviceOf(times: readonly number[], more: Partial<StoredDevice> = {}): StoredDevice {
  const log = new MessageLog();
  for (const time of times) log.ack(log.add(time, []));
  return { id: "d", metric: "seq", sent: log.take(), ...more };
}

function storeOf(points: readonly (readonly [time: number, seq: number])[]): StoreReader {
  return {
    eachPoint: async (_, take) => points.forEach(([time, seq]) => take(time, seq)),
    latest: async () => new Map(),
    ...{ keepsText: true, pauseMs: 1 },
  };
}

async function found(device: StoredDevice, points: readonly (readonly [number, number])[]) {
  return (await compareWithStore(storeOf(points), [device], 0)).get("d")!;
}

describe("what was sent, held against a store", () => {
  it("is overwritten where another message of the same time lies", async () => {
    const points = [
      [1_000, 2],
      [2_000, 3],
    ] as const;
    expect(await found(deviceOf([1_000, 1_000, 2_000]), points)).toMatchObject({ overwritten: 1, lost: 0 });
  });

  it.each([
    ["a number that was never sent", 5_000],
    ["a number with a fraction", 2.000_000_001],
    ["no number", NaN],
  ])("is lost where %s lies at its time", async (_what, seq) => {
    const points = [
      [1_000, 1],
      [2_000, seq],
      [3_000, 3],
    ] as const;
    expect(await found(deviceOf([1_000, 2_000, 3_000]), points)).toMatchObject({ overwritten: 0, lost: 1 });
  });

  it("is lost where the number of another message lies at its time", async () => {
    const points = [
      [1_000, 1],
      [2_000, 1],
    ] as const;
    expect(await found(deviceOf([1_000, 2_000]), points)).toMatchObject({ overwritten: 0, lost: 1, duplicated: 1 });
  });

  it("is lost without a time of its own, whatever came when it was sent", async () => {
    expect(await found(deviceOf([1_000, 1_000], { isUntimed: true }), [[1_000, 2]])).toMatchObject({ lost: 1 });
  });
});

describe("where messages of a device are looked for", () => {
  const now = Date.now();

  it("is at the times that it gave, and when they came", () => {
    const [ahead, behind] = [now + 3_600_000, now - 400 * 86_400_000];
    for (const time of [ahead, behind]) {
      const spans = spansOf(deviceOf([time], { since: now }));
      expect(spans[0]).toEqual({ first: time, last: time });
      expect(spans[1]!.first).toBe(now);
    }
  });

  it("is one span where the two meet", () => {
    const [span, ...more] = spansOf(deviceOf([now - 10, now], { since: now - 5 }));
    expect([span!.first, more]).toEqual([now - 10, []]);
    expect(span!.last).toBeGreaterThanOrEqual(now);
  });
});
