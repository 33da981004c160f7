import { InvariantError, sharedTurn } from "@headwater/core";
import type { SeriesRow } from "@headwater/time-series";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { type Across, AcrossDevices } from "./across.ts";

type Rows = readonly SeriesRow[];
const full = () => new InvariantError("full");

let beating: NodeJS.Immediate | undefined;
afterEach(() => clearImmediate(beating));

async function* batches(rows: Rows): AsyncGenerator<Rows> {
  for (let at = 0; at < rows.length; at += 1_000) {
    yield rows.slice(at, at + 1_000);
    await sharedTurn();
  }
}

async function across(how: Across, devices: readonly Rows[]): Promise<SeriesRow[]> {
  const all = new AcrossDevices(how, 1_000_000, full as never);
  for (const rows of devices) await all.add(batches(rows));
  const found: SeriesRow[] = [];
  for await (const rows of all.rows()) found.push(...rows);
  return found;
}

const ofValues: Readonly<Record<string, (values: readonly number[]) => number>> = {
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  sum: (values) => values.reduce((a, b) => a + b, 0),
  count: (values) => values.length,
  stddev: (values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  },
  median: (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
  },
};

it("makes of all devices what a plain reckoning makes, whatever times they have", async () => {
  const time = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.maxSafeInteger());
  const device = fc.uniqueArray(fc.tuple(time, fc.integer({ min: -1000, max: 1000 })), { selector: ([at]) => at });
  await fc.assert(
    fc.asyncProperty(fc.array(device, { maxLength: 6 }), async (devices) => {
      const values = new Map<number, number[]>();
      for (const [at, value] of devices.flat()) values.set(at, [...(values.get(at) ?? []), value]);
      for (const [how, of] of Object.entries(ofValues)) {
        const expected = [...values].toSorted(([a], [b]) => a - b).map(([at, all]) => [at, of(all)] as const);
        const found = await across(how as Across, devices);
        expect(found.map(([at]) => at)).toEqual(expected.map(([at]) => at));
        for (const [i, [, value]] of found.entries()) expect(value).toBeCloseTo(expected[i]![1], 6);
      }
    }),
  );
});

it("leaves the event loop to others while it puts very many windows together", async () => {
  const count = 300_000;
  const all = new AcrossDevices("mean", count, full as never);
  const paced = (from: number) => Array.from({ length: count / 2 }, (_, i): SeriesRow => [from + i * 60_000_000, i]);
  for (const from of [7, 0]) await all.add(batches(paced(from)));
  let turns = 0;
  const beat = (): void => {
    turns += 1;
    beating = setImmediate(beat);
  };
  beat();
  const rows = all.rows();
  expect((await rows.next()).value?.slice(0, 3)).toEqual([
    [0, 0],
    [7, 0],
    [60_000_000, 1],
  ]);
  // The times are gathered, sorted in blocks and merged five times, some thousands in a turn.
  expect(turns).toBeGreaterThan(100);
  const before = turns;
  let [found, last] = [0, -1];
  for await (const batch of rows) {
    found += batch.length;
    for (const [time] of batch) {
      if (time <= last) throw new InvariantError(`${time} comes after ${last}`);
      last = time;
    }
  }
  expect(found).toBe(count - 2_000);
  expect(turns - before).toBeGreaterThan(found / 4_000);
});
