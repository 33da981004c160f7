import { MIN_TIME } from "../point-checks.ts";
import { bucketLength } from "../retention.ts";
import type { Points } from "./points.ts";
import { BucketBuilder } from "./rollup/bucket.ts";
import { BLOCK, type BlockInMaking } from "./rollup/hour-blocks.ts";
import { clipRun } from "./run.ts";

/** Chunks of a block below which its row would spare nothing, and above which they are so short that theirs serve. */
const FEWEST_CHUNKS = 6;
const MOST_CHUNKS = 1_600;
/** Milliseconds between two rounds over all series: a block is of five days, so there is no hurry. */
const ROUND_MS = 6 * 3_600_000;

/** A block of which some chunks are read. */
interface Open {
  readonly block: BlockInMaking;
  readonly builder: BucketBuilder;
  /** Where to read on. */
  at: number;
}

/**
 * Makes the blocks of hours that are missing, some chunks at a time: those that lie before the newest chunk of their
 * series, so that data in the order of time never touch them again, and those that late points took away.
 */
export class HourMaking {
  readonly #points: Points;
  /** Series up to this number are not looked at yet in this round. */
  #pending = 0;
  #nextRound = -Infinity;
  /** Where to go on in the series that is being looked at. */
  #at: number | undefined;
  #open: Open | undefined;

  constructor(points: Points) {
    this.#points = points;
  }

  /** Works for about so many milliseconds, for one chunk at least; throws what the database does. */
  step(ms: number): void {
    const now = performance.now();
    if (this.#pending === 0) {
      if (now < this.#nextRound) return;
      this.#pending = this.#points.series.newest();
    }
    const until = now + ms;
    let [left, at] = [this.#pending, this.#at];
    try {
      this.#points.inTransaction(() => {
        while (left > 0) {
          at = this.#makeNext(left, at, until);
          if (at === undefined) left--;
          if (performance.now() >= until) break;
        }
      });
    } catch (error) {
      // A page of the file that cannot be read, say: that series waits for the next round, and the others are made.
      left--;
      at = undefined;
      throw error;
    } finally {
      this.#pending = left;
      this.#at = at;
    }
    if (left === 0) this.#nextRound = performance.now() + ROUND_MS;
  }

  /** Makes the next block of a series, if one is missing; where to go on after it, or undefined at the end. */
  #makeNext(series: number, from: number | undefined, until: number): number | undefined {
    const { chunks, hours } = this.#points;
    const first = chunks.startFrom(series, from ?? -Infinity);
    const newest = first === undefined ? undefined : chunks.newest(series);
    if (first === undefined || newest === undefined || newest.summary === null) return undefined;
    const start = Math.floor(first / BLOCK) * BLOCK;
    const end = start + BLOCK;
    if (end > newest.start) return undefined;
    // One that begins before all time lies in no range, and its row could not be read.
    if (start < MIN_TIME || hours.has(series, start)) return end;
    const count = chunks.countBetween(series, start, end, MOST_CHUNKS + 1);
    if (count < FEWEST_CHUNKS || count > MOST_CHUNKS) return end;
    return this.#make(series, start, until) ? end : start;
  }

  /** Reads on in a block, and writes it after its last chunk; false: it has more of them than there is time for. */
  #make(series: number, start: number, until: number): boolean {
    const { chunks, hours } = this.#points;
    const end = start + BLOCK;
    const known = this.#open?.block.series === series && this.#open.block.start === start ? this.#open : undefined;
    // Whatever throws from here on, nobody goes on with half of it.
    this.#open = undefined;
    const open = known ?? {
      block: hours.startMaking(series, start),
      builder: new BucketBuilder(bucketLength.hour),
      at: start,
    };
    for (const chunk of open.block.isStale ? [] : chunks.overlapping(series, open.at, end)) {
      const run = clipRun(chunks.points(series, chunk), open.at, end);
      if (run.times.length > 0) open.builder.add(run);
      open.at = chunk.stop + 1;
      if (open.at >= end || performance.now() < until) continue;
      this.#open = open;
      return false;
    }
    const buckets = open.builder.take();
    // One whose points have changed meanwhile is for the next round.
    if (buckets.length > 0 && !open.block.isStale) hours.put(series, start, buckets);
    return true;
  }
}
