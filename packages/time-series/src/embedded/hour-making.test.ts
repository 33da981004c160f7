import fc from "fast-check";
import type { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { summaryAggregates } from "../aggregate.ts";
import { referenceRows } from "../contract/reference.ts";
import { MIN_TIME } from "../point-checks.ts";
import { NO_MARKS } from "../retention.ts";
import type { SeriesRow } from "../time-series-store.ts";
import type { Window } from "../windows/index.ts";
import { openDatabase } from "./database.ts";
import { HourMaking } from "./hour-making.ts";
import { Points } from "./points.ts";
import { BLOCK } from "./rollup/hour-blocks.ts";
import { type CursorQuery, SeriesCursor } from "./series-cursor.ts";
import { WriteBatchBuilder } from "./write-batch.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;
/** The clocks of Berlin change within the range. */
const start = Math.floor((Date.UTC(2026, 2, 20) * 1_000) / BLOCK) * BLOCK;
const stop = start + 4 * BLOCK;

let folder: string;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-hours-"));
  ({ database } = openDatabase(join(folder, "points.sqlite")));
  // What is shown here does not depend on the disk.
  database.exec("PRAGMA synchronous = OFF");
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function write(points: Points, rows: readonly (readonly [time: number, value: number])[], id = 1): void {
  const batch = new WriteBatchBuilder(rows.length);
  for (const [time, value] of rows) batch.addNumber(id, time, value);
  points.write([{ packed: batch.pack(), series: [{ id, measurement: "m", tags: "{}", field: `f${id}` }] }], 0);
}

/** The rows of a query, and how many parts of it were hours of points. */
function answer(points: Points, query: CursorQuery): { rows: SeriesRow[]; blocks: number } {
  const cursor = new SeriesCursor(query);
  const summaries = cursor.summaries(() => NO_MARKS);
  const rows: SeriesRow[] = [];
  let blocks = 0;
  for (let done = false; !done;) {
    const page = cursor.page(function* (range, fits) {
      for (const part of points.scan(1, range, fits, summaries)) {
        if ("buckets" in part) blocks++;
        yield part;
      }
    });
    for (const [i, time] of page.rows.times.entries()) rows.push([time, page.rows.values[i]!]);
    done = page.done;
  }
  return { rows, blocks };
}

/** A point every two minutes; sums of eighths are exact in whatever order. */
function everyTwoMinutes(from: number, to: number): [number, number][] {
  return Array.from({ length: Math.ceil((to - from) / (2 * minute)) }, (_, i) => [
    from + i * 2 * minute,
    ((i * 7_919) % 997) / 8,
  ]);
}

/** Of the first block that is missing some chunks are read. */
function halfMade(points: Points): HourMaking {
  const making = new HourMaking(points);
  for (let steps = 0; steps < 3; steps++) making.step(0);
  return making;
}

const within = fc.oneof(
  fc.integer({ min: 0, max: (stop - start) / hour }).map((hours) => start + hours * hour),
  fc.integer({ min: start, max: stop }),
  fc.tuple(fc.nat(4), fc.constantFrom(-1, 0, 1)).map(([blocks, more]) => start + blocks * BLOCK + more),
);
const range = fc.tuple(within, within).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const windows = fc.constantFrom<Window | undefined>(
  undefined,
  hour,
  5 * hour,
  12 * hour,
  90 * minute,
  { every: 6 * hour, offset: 2 * hour },
  { every: 6 * hour, offset: 30 * minute },
  { unit: "day", count: 1, timeZone: "Europe/Berlin" },
  { unit: "day", count: 1, timeZone: "Asia/Kolkata" },
  { unit: "clock", count: 6 * hour, timeZone: "Europe/Berlin" },
  { unit: "week", count: 1, timeZone: "America/New_York" },
);
const question = fc.record({
  range: fc.oneof(fc.constant({ from: start, to: stop }), range),
  window: windows,
  aggregate: fc.constantFrom(...summaryAggregates),
  order: fc.constantFrom("asc" as const, "desc" as const),
  limit: fc.constantFrom(undefined, undefined, 7),
});
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ points: fc.array(fc.tuple(within, fc.nat(800)), { minLength: 1, maxLength: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ correct: fc.nat(), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ erase: fc.tuple(within, fc.constantFrom(1, hour, 7 * hour, 3 * day)) }) },
  { weight: 4, arbitrary: fc.constantFrom("flush" as const, "half a flush" as const, "reopen" as const) },
  { weight: 5, arbitrary: fc.constantFrom("make" as const, "make a part" as const) },
);

describe("hours of points", () => {
  it("answer as the points do, whatever comes, is corrected or goes, and after a restart", () => {
    let used = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(step, fc.array(question, { minLength: 1, maxLength: 3 })), { minLength: 4, maxLength: 14 }),
        (history) => {
          database.exec("DELETE FROM chunks; DELETE FROM journal; DELETE FROM hour_blocks");
          let points = new Points(database, 5_000);
          const expected = new Map<number, number>();
          const add = (rows: readonly (readonly [number, number])[]): void => {
            write(points, rows);
            for (const [time, value] of rows) expected.set(time, value);
          };
          add(everyTwoMinutes(start, stop));
          points.flushAll();
          let making = new HourMaking(points);
          making.step(Infinity);
          for (const [done, questions] of history) {
            if (done === "flush") points.flushAll();
            else if (done === "half a flush") {
              points.startFlush();
              points.flushSlice(0);
            } else if (done === "reopen") {
              points = new Points(database, 5_000);
              making = new HourMaking(points);
            } else if (done === "make") (making = new HourMaking(points)).step(Infinity);
            else if (done === "make a part") making = halfMade(points);
            else if ("points" in done) add(done.points.map(([time, eighths]) => [time, eighths / 8]));
            else if ("correct" in done) {
              const times = [...expected.keys()];
              const at = times.length === 0 ? 0 : done.correct % times.length;
              const rows = times.slice(at, at + done.count).map((time) => [time, -1] as const);
              if (rows.length > 0) add(rows);
            } else {
              const [from, length] = done.erase;
              points.delete([1], from, from + length);
              for (const time of expected.keys()) if (time >= from && time < from + length) expected.delete(time);
            }
            // A block of which a part is read goes on, whatever has come since.
            for (let steps = 0; steps < 40; steps++) making.step(0);
            for (const { range: asked, ...rest } of questions) {
              const query = { ...asked, ...rest };
              const { rows, blocks } = answer(points, { series: 1, ...query });
              used += blocks;
              const right = referenceRows([...expected], query);
              // Comparing as text first is a hundred times quicker.
              if (JSON.stringify(rows) !== JSON.stringify(right)) expect(rows, JSON.stringify(query)).toEqual(right);
            }
          }
        },
      ),
      { numRuns: propertyRuns(60) },
    );
    expect(used).toBeGreaterThan(0);
  });

  it("are what a long window reads, until a point of theirs changes, and again when they were made anew", () => {
    const points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop));
    points.flushAll();
    const blocks = (window: Window): number =>
      answer(points, { series: 1, from: start, to: stop, window, aggregate: "mean" }).blocks;
    expect(blocks(day)).toBe(0);
    new HourMaking(points).step(Infinity);
    // The last one may still grow.
    expect(blocks(day)).toBe(3);
    expect(blocks(90 * minute)).toBe(0);
    write(points, [[start + BLOCK + 5, 1]]);
    expect(blocks(day)).toBe(2);
    points.flushAll();
    expect(blocks(day)).toBe(2);
    expect(database.prepare("SELECT count(*) AS n FROM hour_blocks").get()).toEqual({ n: 2 });
    new HourMaking(points).step(Infinity);
    expect(blocks(day)).toBe(3);
  });

  it("are made a few chunks at a time, and not of those of before a change", () => {
    const points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop));
    points.flushAll();
    const blocks = (): unknown[] => database.prepare("SELECT start FROM hour_blocks ORDER BY start").all();
    const making = halfMade(points);
    expect(blocks()).toEqual([]);
    write(points, [[start + hour, 1_000]]);
    points.flushAll();
    for (let steps = 0; steps < 50; steps++) making.step(0);
    expect(blocks()).toEqual([BLOCK, 2 * BLOCK].map((each) => ({ start: start + each })));
    const query = { series: 1, from: start, to: stop, window: day, aggregate: "max" } as const;
    expect(answer(points, query).rows[0]).toEqual([start, 1_000]);
    new HourMaking(points).step(Infinity);
    expect(answer(points, query).rows[0]).toEqual([start, 1_000]);
  });

  it("of the first time that can be stored stand in nobody's way", () => {
    let points = new Points(database, 100_000);
    write(points, everyTwoMinutes(MIN_TIME, MIN_TIME + 4 * day));
    write(points, everyTwoMinutes(MIN_TIME + 20 * day, MIN_TIME + 21 * day));
    points.flushAll();
    new HourMaking(points).step(Infinity);
    points = new Points(database, 100_000);
    write(points, [[MIN_TIME, 8]]);
    points.flushAll();
    const rows = [[Math.floor(MIN_TIME / BLOCK) * BLOCK, 8]];
    const query = { series: 1, from: MIN_TIME, to: MIN_TIME + 4 * day, window: BLOCK, aggregate: "first" } as const;
    expect(answer(points, query).rows).toEqual(rows);
  });

  it.each([
    ["first", BLOCK],
    ["last", 2 * BLOCK - 1],
  ])("are forgotten for the %s moment of theirs, and no others with them", (_, at) => {
    const points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop));
    points.flushAll();
    new HourMaking(points).step(Infinity);
    write(points, [[start + at, 1]]);
    points.flushAll();
    const left = [0, 2 * BLOCK].map((each) => ({ start: start + each }));
    expect(database.prepare("SELECT start FROM hour_blocks ORDER BY start").all()).toEqual(left);
  });

  it("of a damaged row are left to the points, and told", () => {
    let points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop));
    points.flushAll();
    new HourMaking(points).step(Infinity);
    const query = { series: 1, from: start, to: stop, window: day, aggregate: "sum" } as const;
    const { rows } = answer(points, query);
    database.prepare("UPDATE hour_blocks SET count = count - 1 WHERE start = ?").run(start);
    points = new Points(database, 100_000);
    expect(answer(points, query)).toEqual({ rows, blocks: 2 });
    expect(database.prepare("SELECT what FROM damaged").all()).toEqual([
      {
        what: expect.stringMatching(
          /^sums by the hour of series 1 from .* are damaged and set aside; its points answer$/,
        ),
      },
    ]);
    new HourMaking(points).step(Infinity);
    expect(answer(points, query)).toEqual({ rows, blocks: 3 });
  });

  it("with a chunk that turns out damaged do not outlive it", () => {
    const points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop));
    points.flushAll();
    new HourMaking(points).step(Infinity);
    database.prepare("UPDATE chunks SET numbers = zeroblob(8) WHERE start = ?").run(start);
    const all = { series: 1, from: start, to: stop, aggregate: "count" } as const;
    const left = answer(points, { series: 1, from: start, to: stop }).rows.length;
    expect(left).toBeLessThan((stop - start) / (2 * minute));
    expect(answer(points, all).rows).toEqual([[start, left]]);
  });

  it("are made of the other series where those of one cannot be", () => {
    const points = new Points(database, 100_000);
    write(points, everyTwoMinutes(start, stop), 1);
    write(points, everyTwoMinutes(start, stop), 2);
    points.flushAll();
    const fails = "BEFORE INSERT ON hour_blocks WHEN NEW.series = 2 BEGIN SELECT RAISE(ABORT, 'damaged'); END";
    database.exec(`CREATE TRIGGER broken ${fails}`);
    const making = new HourMaking(points);
    expect(() => making.step(Infinity)).toThrow("damaged");
    making.step(Infinity);
    expect(database.prepare("SELECT series, count(*) AS n FROM hour_blocks GROUP BY series").all()).toEqual([
      { series: 1, n: 3 },
    ]);
  });

  it("are not made of a few points, nor of texts", () => {
    const points = new Points(database, 100_000);
    const rare = everyTwoMinutes(start, stop).filter((_, i) => i % 30 === 0);
    write(points, rare);
    const batch = new WriteBatchBuilder(20_000);
    for (const [time] of everyTwoMinutes(start, stop)) batch.addText(7, time, "text");
    points.write([{ packed: batch.pack(), series: [{ id: 7, measurement: "m", tags: "{}", field: "t" }] }], 0);
    points.flushAll();
    new HourMaking(points).step(Infinity);
    expect(database.prepare("SELECT count(*) AS n FROM hour_blocks").get()).toEqual({ n: 0 });
  });
});
