import fc from "fast-check";
import { expect, it } from "vitest";
import { Head } from "./head.ts";
import { unpackWriteBatch, WriteBatchBuilder } from "./write-batch.ts";

type Point = readonly [time: number, value: number | string];

function add(head: Head, series: number, points: readonly Point[]): void {
  const builder = new WriteBatchBuilder(points.length);
  for (const [time, value] of points) {
    if (typeof value === "string") builder.addText(series, time, value);
    else builder.addNumber(series, time, value);
  }
  head.add(unpackWriteBatch(builder.pack()));
}

function within(points: readonly Point[], from: number, to: number): Point[] {
  const newest = new Map(points.map(([time, value]) => [time, value]));
  return [...newest].filter(([time]) => time >= from && time < to).toSorted(([a], [b]) => a - b);
}

const series = { numbers: 1, texts: 2 };

it("answers any range with what has come until then, however it came", () => {
  const time = fc.integer({ min: 0, max: 3_000 });
  const step = fc.tuple(fc.array(time, { maxLength: 5 }), time, time);
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const head = new Head(100_000);
      const all = { numbers: [] as Point[], texts: [] as Point[] };
      const come = (times: readonly number[]): void => {
        for (const kind of ["numbers", "texts"] as const) {
          const points = times.map((at, i): Point => {
            const value = all[kind].length + i;
            return [at, kind === "texts" ? `${value}` : value];
          });
          all[kind].push(...points);
          if (points.length > 0) add(head, series[kind], points);
        }
      };
      come(Array.from({ length: 2_000 }, (_, i) => (i * 7) % 3_001));
      for (const [times, from, to] of steps) {
        come(times);
        for (const kind of ["numbers", "texts"] as const) {
          const run = head.run(series[kind], from, to);
          expect(Array.from(run.times, (at, i) => [at, run.values[i]])).toEqual(within(all[kind], from, to));
        }
      }
    }),
    { numRuns: 20 },
  );
});

it("puts a long run in order once, for all pages of a query", () => {
  const head = new Head(100_000);
  add(
    head,
    1,
    Array.from({ length: 5_000 }, (_, i): Point => [i, i]),
  );
  const first = head.run(1, 0, 5_000);
  expect(head.run(1, 4_000, 5_000).times.buffer).toBe(first.times.buffer);
  add(head, 1, [[4_500, -1]]);
  expect(head.run(1, 4_500, 4_501).values).toEqual(Float64Array.of(-1));
});
