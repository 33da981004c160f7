import fc from "fast-check";
import type { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { CHUNK_POINTS } from "./chunk-table.ts";
import { openDatabase } from "./database.ts";
import { Points } from "./points.ts";
import { joinSummaries, summarize, type Summary } from "./summary.ts";
import { WriteBatchBuilder } from "./write-batch.ts";

// Thousands of steps, on a machine that may have other work.

type Value = readonly [time: number, value: number | string];

let folder: string;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-points-"));
  ({ database } = openDatabase(join(folder, "points.sqlite")));
  // What is shown here does not depend on the disk.
  database.exec("PRAGMA synchronous = OFF");
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function write(points: Points, series: number, values: readonly Value[]): void {
  const batch = new WriteBatchBuilder(values.length);
  for (const [time, value] of values) {
    if (typeof value === "number") batch.addNumber(series, time, value);
    else batch.addText(series, time, value);
  }
  points.write([{ packed: batch.pack(), series: [] }], 0);
}

/** The rows of a series, and the summary that its parts add up to. */
function read(points: Points, series: number): { rows: Value[]; summary: Summary | undefined } {
  const rows: Value[] = [];
  for (const part of points.scan(series, { from: -Infinity, to: Infinity }, () => false)) {
    if (!("run" in part)) continue;
    for (const [i, time] of part.run.times.entries()) rows.push([time, part.run.values[i] as number | string]);
  }
  let summary: Summary | undefined;
  for (const part of points.scan(series, { from: -Infinity, to: Infinity }, () => true)) {
    if ("run" in part) summary = summarize(part.run.values, 0, part.run.times.length, summary);
    else if ("summary" in part) summary = joinSummaries(summary, part.summary);
  }
  return { rows, summary };
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        start: fc.nat(4_000),
        count: fc.integer({ min: 1, max: 700 }),
        stride: fc.integer({ min: -3, max: 9 }),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom("flush" as const, "half a flush" as const, "reopen" as const) },
    { weight: 1, arbitrary: fc.record({ from: fc.nat(5_000), to: fc.nat(5_000) }) },
  ),
  { minLength: 1, maxLength: 14 },
);

describe("points on disk and in memory", () => {
  it.each(["numbers", "texts"])("are together what was written, whatever moves when (%s)", (kind) => {
    fc.assert(
      fc.property(steps, fc.constantFrom(64, 1_000, 100_000), (history, capacity) => {
        database.exec("DELETE FROM chunks; DELETE FROM journal");
        let points = new Points(database, capacity);
        const expected = new Map<number, number | string>();
        let written = 0;
        for (const step of history) {
          if (step === "flush") points.flushAll();
          else if (step === "half a flush") {
            points.startFlush();
            points.flushSlice(0);
          } else if (step === "reopen") points = new Points(database, capacity);
          else if ("from" in step) {
            points.delete([1], step.from, step.to);
            for (const time of expected.keys()) if (time >= step.from && time < step.to) expected.delete(time);
          } else {
            const values = Array.from({ length: step.count }, (_, i): Value => {
              const value = ++written;
              return [step.start + i * step.stride, kind === "numbers" ? value : `text ${value}`];
            });
            write(points, 1, values);
            for (const [time, value] of values) expected.set(time, value);
          }
          const rows = [...expected].toSorted(([a], [b]) => a - b);
          const { rows: actual, summary } = read(points, 1);
          // Comparing as text first is a hundred times quicker.
          if (JSON.stringify(actual) !== JSON.stringify(rows)) expect(actual).toEqual(rows);
          expect(summary?.count ?? 0).toBe(rows.length);
          expect([summary?.first, summary?.last]).toEqual([rows[0]?.[1], rows.at(-1)?.[1]]);
          expect(points.newest(1)?.time).toBe(rows.at(-1)?.[0]);
          if (kind === "texts" || summary === undefined) continue;
          const numbers = rows.map(([, value]) => value as number);
          const { sum, min, max } = summary;
          expect({ sum, min, max }).toEqual({
            sum: numbers.reduce((a, b) => a + b, 0),
            min: Math.min(...numbers),
            max: Math.max(...numbers),
          });
        }
        points.flushAll();
        const overlaps =
          "SELECT count(*) AS n FROM chunks a JOIN chunks b ON a.series = b.series AND a.start < b.start AND a.stop >= b.start";
        expect(database.prepare(overlaps).get()).toEqual({ n: 0 });
        const largest = database.prepare("SELECT max(count) AS n FROM chunks").get() as { n: number | null };
        expect(largest.n ?? 0).toBeLessThanOrEqual(CHUNK_POINTS);
        expect(database.prepare("SELECT count(*) AS n FROM journal").get()).toEqual({ n: 0 });
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  it("keeps a write that is larger than the memory set aside", () => {
    const points = new Points(database, 16);
    const values = Array.from({ length: 5_000 }, (_, i): Value => [i, i]);
    write(points, 1, values);
    expect(read(points, 1).rows).toEqual(values);
    expect(read(new Points(database, 16), 1).rows).toEqual(values);
  });

  it("keeps all of a journal that is larger than the memory set aside, over one restart and the next", () => {
    const before = new Points(database, 100_000);
    const values = Array.from({ length: 300 }, (_, i): Value => [i, i]);
    for (let from = 0; from < values.length; from += 60) write(before, 1, values.slice(from, from + 60));
    const restarted = new Points(database, 100);
    expect(read(restarted, 1).rows).toEqual(values);
    restarted.flushSlice(Infinity);
    expect(read(new Points(database, 100), 1).rows).toEqual(values);
  });

  it("stores none of a write that the disk has no room for, and takes it when there is", () => {
    const points = new Points(database, 100_000);
    write(points, 1, [[0, 1]]);
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const values = Array.from({ length: 50_000 }, (_, i): Value => [i, i]);
    expect(() => write(points, 1, values)).toThrow(/full/);
    expect(read(points, 1).rows).toEqual([[0, 1]]);
    expect(read(new Points(database, 100_000), 1).rows).toEqual([[0, 1]]);
    database.exec("PRAGMA max_page_count = 1000000");
    write(points, 1, values);
    expect(read(points, 1).rows).toEqual(values);
  });

  it("loses nothing when there is no room to move what is in memory", () => {
    const points = new Points(database, 100_000);
    // What is there already is a full chunk, behind which the rest goes without a look.
    const values = Array.from({ length: 20_000 }, (_, i): Value => [i, i]);
    write(points, 1, values.slice(0, 400));
    points.flushAll();
    write(points, 1, values.slice(400));
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    expect(() => points.flushAll()).toThrow(/full/);
    expect(read(points, 1).rows).toEqual(values);
    database.exec("PRAGMA max_page_count = 1000000");
    points.flushAll();
    expect(read(points, 1).rows).toEqual(values);
  });
});
