import { bucketLength, classes, type ClassMarks } from "../retention.ts";
import type { Facts } from "./facts.ts";
import type { Points } from "./points.ts";
import { BucketBuilder } from "./rollup/bucket.ts";
import type { RollupClass } from "./rollup/rollup-table.ts";
import { clipRun } from "./run.ts";

const rollupClasses = Object.keys(bucketLength) as RollupClass[];
const HOUR = bucketLength.hour;
const DAY = 24 * HOUR;
/** Chunks of a series in one day beyond which it is sealed hour by hour, so that no step takes long. */
const CHUNKS_A_STEP = 400;

/**
 * Makes roll-ups of the points before a mark and deletes these points, in the same transaction, a few series at a time.
 * The store takes no points before the mark any more, and those that it had taken are in chunks before the first
 * roll-up is made: so each is made once, of all points of its minute or hour. After a kill it goes on from there.
 */
export class Sealing {
  readonly #points: Points;
  readonly #facts: Facts;
  #marks: ClassMarks;
  #reached: ClassMarks;
  /** Series up to which number are not looked at yet, and the last entry that may have points before the mark. */
  #round: { readonly marks: ClassMarks; pending: number; readonly journal: number } | undefined;

  #oldest = Infinity;
  #oldestOfRound = Infinity;
  #hasLooked: boolean;

  /** @param looks Whether it looks for the oldest point, although nothing is to be sealed. */
  constructor(points: Points, facts: Facts, looks: boolean) {
    this.#hasLooked = !looks;
    this.#points = points;
    this.#facts = facts;
    this.#marks = facts.marks;
    this.#reached = facts.reached;
  }

  get marks(): ClassMarks {
    return this.#marks;
  }

  get isSettled(): boolean {
    return this.#hasLooked && isSame(this.#marks, this.#reached);
  }

  /** The oldest point (µs) as of the last round over all series. */
  get oldest(): number | undefined {
    return Number.isFinite(this.#oldest) ? this.#oldest : undefined;
  }

  /** The marks for a series: its points that are not rolled up yet count as points. */
  marksOf(series: number): ClassMarks {
    if (isSame(this.#marks, this.#reached)) return this.#marks;
    return { ...this.#marks, raw: this.#points.oldestBefore(series, this.#marks.raw) };
  }

  /** No point before the mark of points is written from here on. */
  advance(marks: ClassMarks): void {
    this.#marks = marks;
  }

  /** Works for about so many milliseconds, if there is something to do; throws what the database does. */
  step(ms: number): void {
    if (this.#round === undefined) {
      if (this.isSettled) return;
      // Durable before the first roll-up is made: a store that is opened again takes no point before it either.
      this.#facts.marks = this.#marks;
      this.#oldestOfRound = Infinity;
      this.#round = { marks: this.#marks, pending: this.#points.series.newest(), journal: this.#points.journalEnd };
    }
    const round = this.#round;
    const { marks, journal } = round;
    if (this.#points.movedTo < journal) {
      this.#points.startFlush();
      this.#points.flushSlice(ms);
      return;
    }
    const until = performance.now() + ms;
    let left = round.pending;
    this.#points.inTransaction(() => {
      while (left > 0 && performance.now() < until) if (this.#seal(left, marks)) left--;
      if (left === 0) this.#facts.reached = marks;
    });
    this.#points.pointsWent();
    round.pending = left;
    if (left > 0) return;
    this.#reached = marks;
    this.#oldest = this.#oldestOfRound;
    this.#hasLooked = true;
    this.#round = undefined;
  }

  /** Seals the oldest day of a series; true once there is nothing before the marks. */
  #seal(series: number, marks: ClassMarks): boolean {
    const { chunks, rollups } = this.#points;
    const oldest = chunks.oldestStart(series);
    if (oldest === undefined || oldest >= marks.raw) {
      this.#oldestOfRound = Math.min(this.#oldestOfRound, oldest ?? Infinity);
      for (const each of rollupClasses) rollups.expire(series, each, marks[each]);
      rollups.forgetLastPoint(series, Math.min(marks.minute, marks.hour));
      return true;
    }
    const day = Math.min(marks.raw, floorTo(oldest, DAY) + DAY);
    const isDense = chunks.countBetween(series, oldest, day, CHUNKS_A_STEP + 1) > CHUNKS_A_STEP;
    const end = isDense ? Math.min(marks.raw, floorTo(oldest, HOUR) + HOUR) : day;
    const wanted = rollupClasses.filter((each) => marks[each] < end);
    const builders = wanted.map((each) => [each, new BucketBuilder(bucketLength[each])] as const);
    for (const chunk of wanted.length === 0 ? [] : chunks.overlapping(series, oldest, end)) {
      const run = clipRun(chunks.points(series, chunk), -Infinity, end);
      if (run.times.length === 0) continue;
      for (const [, builder] of builders) builder.add(run);
      rollups.setLastPoint({ series, time: run.times.at(-1)!, value: run.values.at(-1)! });
    }
    for (const [each, builder] of builders) rollups.append(series, each, builder.take());
    chunks.delete(series, oldest, end);
    return false;
  }
}

function isSame(a: ClassMarks, b: ClassMarks): boolean {
  return classes.every((each) => a[each] === b[each]);
}

function floorTo(time: number, unit: number): number {
  return Math.floor(time / unit) * unit;
}
