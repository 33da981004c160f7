import type { DatabaseSync, StatementSync } from "node:sqlite";
import { bytesOf, decodePoints, doublesOf, encodePoints, type ChunkPoints } from "./chunk-points.ts";
import { openSeal, pointsChecksum, sealed, type ChunkKey } from "./chunk-seal.ts";
import type { Damage } from "./damage.ts";
import { mayBeUnsealed } from "./database.ts";
import type { HourBlocks } from "./rollup/hour-blocks.ts";
import { NewestOfChunks } from "./newest-of-chunks.ts";
import { clipRun, EMPTY_NUMBERS, lowerBound, mergeRuns, sliceRun, type Run } from "./run.ts";
import { summarize, type Summary } from "./summary.ts";

/**
 * Points in one chunk at most: small enough to be rewritten for one late point, large enough that a row's cost
 * vanishes.
 */
export const CHUNK_POINTS = 512;
/**
 * A last chunk with as many is left alone and a new one begun: filling it up would mean to rewrite it for every few
 * points.
 */
const CHUNK_POINTS_ENOUGH = 128;
/** Characters of text in one chunk beyond which it is cut as well. */
const CHUNK_TEXT = 65_536;
/** Bytes of packed numbers beyond which a chunk is cut: what a row has too much costs a page of 16 KiB. */
const CHUNK_BYTES = 3_800;
const PAGE_OF_CHUNKS = 128;

/** A chunk without its points. `stop` is the time of its last point. */
export interface ChunkInfo extends ChunkKey {
  /** Absent for text. */
  readonly summary: Uint8Array | null;
  /** Of its points; absent in chunks of a version that wrote none. */
  readonly checksum: number | undefined;
}

/** A row as it lies on disk. */
interface ChunkRow extends ChunkKey {
  readonly summary: Uint8Array | null;
}

/**
 * The points on disk. A series is cut into chunks that never overlap and are keyed by the time of their first point,
 * each with the summary of its points, written in the same row: a summary can therefore never disagree
 * with the points, also after late and rewritten points. What is damaged is set aside when it is read. Every call that
 * writes belongs inside the caller's transaction.
 */
export class ChunkTable {
  readonly #covering: StatementSync;
  readonly #following: StatementSync;
  readonly #page: StatementSync;
  readonly #pageBack: StatementSync;
  readonly #newest: StatementSync;
  readonly #points: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #startFrom: StatementSync;
  readonly #countBetween: StatementSync;
  readonly #damage: Damage;
  readonly #hours: HourBlocks;
  readonly #mayBeUnsealed: boolean;
  readonly #newestNumbers = new NewestOfChunks();

  constructor(database: DatabaseSync, damage: Damage, hours: HourBlocks) {
    this.#damage = damage;
    this.#hours = hours;
    this.#mayBeUnsealed = mayBeUnsealed(database);
    const info = "SELECT start, stop, count, summary FROM chunks";
    this.#covering = database.prepare(`${info} WHERE series = ? AND start <= ? ORDER BY start DESC LIMIT 1`);
    this.#following = database.prepare(
      "SELECT start FROM chunks WHERE series = ? AND start > ? ORDER BY start LIMIT 1",
    );
    this.#page = database.prepare(
      `${info} WHERE series = ? AND start >= ? AND start < ? ORDER BY start LIMIT ${PAGE_OF_CHUNKS}`,
    );
    this.#pageBack = database.prepare(
      `${info} WHERE series = ? AND start < ? ORDER BY start DESC LIMIT ${PAGE_OF_CHUNKS}`,
    );
    this.#newest = database.prepare(`${info} WHERE series = ? ORDER BY start DESC LIMIT 1`);
    this.#points = database.prepare(
      "SELECT times, numbers AS packed, texts FROM chunks WHERE series = ? AND start = ?",
    );
    this.#put = database.prepare("REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM chunks WHERE series = ? AND start = ?");
    this.#startFrom = database.prepare(
      "SELECT start FROM chunks WHERE series = ? AND start >= ? ORDER BY start LIMIT 1",
    );
    this.#countBetween = database.prepare(
      `SELECT count(*) AS count
       FROM (SELECT 1 FROM chunks WHERE series = ? AND start >= ? AND start < ? LIMIT ?)`,
    );
  }

  /** The newest chunk of a series. */
  newest(series: number): ChunkInfo | undefined {
    for (;;) {
      const row = this.#newest.get(series) as unknown as ChunkRow | undefined;
      const chunk = row === undefined ? undefined : this.#sound(series, row);
      // A damaged one has been set aside, and another is the newest now.
      if (row === undefined || chunk !== undefined) return chunk;
    }
  }

  /** Where the oldest chunk begins, damaged or not. */
  oldestStart(series: number): number | undefined {
    return this.startFrom(series, -Infinity);
  }

  /** Where the first chunk that does not begin before `from` begins, damaged or not. */
  startFrom(series: number, from: number): number | undefined {
    return (this.#startFrom.get(series, from) as unknown as { start: number } | undefined)?.start;
  }

  /** How many chunks begin in [from, to); it counts up to `most`, since each row that is counted is read. */
  countBetween(series: number, from: number, to: number, most: number): number {
    return (this.#countBetween.get(series, from, to, most) as unknown as { count: number }).count;
  }

  /** The time of the newest number of a series in chunks, and its value; it may have none, or texts. */
  newestNumber(series: number): { readonly time: number; readonly value: number } | "none" | "text" {
    const known = this.#newestNumbers;
    if (Number.isNaN(known.timeOf(series))) {
      const chunk = this.newest(series);
      if (chunk !== undefined && chunk.summary === null) return "text";
      if (chunk === undefined) known.learn(series, -Infinity, 0, 0);
      else known.learn(series, chunk.stop, decodeSummary(chunk.summary!).last as number, chunk.count);
    }
    const time = known.timeOf(series);
    return time === -Infinity ? "none" : { time, value: known.valueOf(series) };
  }

  /** Chunks that may hold points in [from, to), oldest first. */
  *overlapping(series: number, from: number, to: number): Generator<ChunkInfo> {
    const first = this.#coveringChunk(series, from);
    if (first !== undefined && first.stop >= from && first.start < to) yield first;
    let next = first === undefined ? from : Math.max(from, first.start + 1);
    for (;;) {
      const page = this.#page.all(series, next, to) as unknown as ChunkRow[];
      for (const row of page) {
        const chunk = this.#sound(series, row);
        if (chunk !== undefined) yield chunk;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_OF_CHUNKS) return;
      next = last.start + 1;
    }
  }

  /** Chunks that may hold points in [from, to), newest first. */
  *overlappingBack(series: number, from: number, to: number): Generator<ChunkInfo> {
    for (let before = to; ;) {
      const page = this.#pageBack.all(series, before) as unknown as ChunkRow[];
      for (const row of page) {
        const chunk = this.#sound(series, row);
        if (chunk === undefined) continue;
        if (chunk.stop < from) return;
        yield chunk;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_OF_CHUNKS) return;
      before = last.start;
    }
  }

  /** The points of a chunk; none if they are damaged, and then it is set aside. */
  points(series: number, chunk: ChunkInfo): Run {
    const row = this.#points.get(series, chunk.start) as unknown as ChunkPoints | undefined;
    if (row === undefined) return EMPTY_NUMBERS;
    const isSound = chunk.checksum === undefined || chunk.checksum === pointsChecksum(row);
    const run = isSound ? decodePoints(row, chunk.count) : undefined;
    if (run !== undefined) return run;
    this.#setAside(series, chunk);
    return EMPTY_NUMBERS;
  }

  #coveringChunk(series: number, time: number): ChunkInfo | undefined {
    for (;;) {
      const row = this.#covering.get(series, time) as unknown as ChunkRow | undefined;
      const chunk = row === undefined ? undefined : this.#sound(series, row);
      if (row === undefined || chunk !== undefined) return chunk;
    }
  }

  /** undefined: it is damaged, and was set aside. */
  #sound(series: number, { start, stop, count, summary }: ChunkRow): ChunkInfo | undefined {
    const key = { start, stop, count };
    const seal = openSeal(series, key, summary);
    if (seal === "unsealed" && this.#mayBeUnsealed) return { ...key, summary, checksum: undefined };
    if (seal !== undefined && seal !== "unsealed") return { ...key, ...seal };
    this.#setAside(series, key);
    return undefined;
  }

  #setAside(series: number, { start, stop }: ChunkKey): void {
    this.#newestNumbers.forget(series);
    this.#hours.forget(series, start, stop);
    this.#damage.setChunkAside(series, start, stop);
  }

  /** Writes points over those of the same times. */
  merge(series: number, run: Run): void {
    const { times } = run;
    if (this.#isBehindFull(series, times[0] as number)) {
      this.#hours.forget(series, times[0] as number, times.at(-1) as number);
      this.#append(series, run);
      return;
    }
    for (let at = 0; at < times.length;) {
      const time = times[at] as number;
      const chunk = this.#coveringChunk(series, time);
      const following = this.#following.get(series, time) as unknown as { start: number } | undefined;
      const end = following === undefined ? times.length : lowerBound(times, following.start);
      const part = sliceRun(run, at, end);
      this.#hours.forget(series, time, times[end - 1] as number);
      if (chunk === undefined || (time > chunk.stop && chunk.count >= CHUNK_POINTS_ENOUGH)) {
        this.#append(series, part);
      } else if (time > chunk.stop) {
        this.#append(series, mergeRuns(this.points(series, chunk), part));
      } else {
        this.#cutEvenly(series, mergeRuns(this.points(series, chunk), part));
      }
      // It has the newest chunk now, so that the next run needs no look.
      if (following === undefined && run.values instanceof Float64Array) this.newestNumber(series);
      at = end;
    }
  }

  /** Whether all that the series has is known to lie before a time, in a chunk that takes no more. */
  #isBehindFull(series: number, time: number): boolean {
    const known = this.#newestNumbers;
    return time > known.timeOf(series) && known.countOf(series) >= CHUNK_POINTS_ENOUGH;
  }

  /** Deletes the points in [from, to). */
  delete(series: number, from: number, to: number): void {
    this.#hours.forget(series, from, to - 1);
    for (const chunk of Array.from(this.overlapping(series, from, to))) {
      if (chunk.start >= from && chunk.stop < to) {
        this.#remove.run(series, chunk.start);
        this.#newestNumbers.forget(series);
        continue;
      }
      const points = this.points(series, chunk);
      const before = clipRun(points, -Infinity, from);
      const after = clipRun(points, to, Infinity);
      if (before.times.length + after.times.length === points.times.length) continue;
      this.#remove.run(series, chunk.start);
      this.#newestNumbers.forget(series);
      if (before.times.length > 0) this.#putChunk(series, before);
      if (after.times.length > 0) this.#putChunk(series, after);
    }
  }

  /** Data in time order fill one chunk after the other. */
  #append(series: number, run: Run): void {
    this.#cut(series, run, CHUNK_POINTS);
  }

  /** A late point into a full chunk leaves two with room for more, not a full one and a splinter. */
  #cutEvenly(series: number, run: Run): void {
    const pieces = Math.ceil(run.times.length / CHUNK_POINTS);
    this.#cut(series, run, Math.ceil(run.times.length / pieces));
  }

  #cut(series: number, run: Run, points: number): void {
    for (let at = 0; at < run.times.length;) {
      let end = Math.min(at + points, run.times.length);
      if (!(run.values instanceof Float64Array)) end = endWithinText(run.values, at, end);
      this.#putChunk(series, sliceRun(run, at, end));
      at = end;
    }
  }

  #putChunk(series: number, run: Run): void {
    const { times, values } = run;
    const count = times.length;
    const points = encodePoints(run);
    if (count > 1 && points.packed!.length > CHUNK_BYTES) {
      this.#putChunk(series, sliceRun(run, 0, count >>> 1));
      this.#putChunk(series, sliceRun(run, count >>> 1, count));
      return;
    }
    const start = times[0] as number;
    const stop = times[count - 1] as number;
    const summary = values instanceof Float64Array ? encodeSummary(summarize(values, 0, count)) : null;
    const seal = sealed(series, { start, stop, count }, summary, points);
    this.#put.run(series, start, stop, count, seal, points.times, points.packed, points.texts);
    if (values instanceof Float64Array) this.#newestNumbers.written(series, stop, values[count - 1]!, count);
    else this.#newestNumbers.forget(series);
  }
}

/** Summaries are kept as bytes: a column of numbers would lose -0 and infinite sums. */
function encodeSummary({ count, sum, min, max, first, last }: Summary): Uint8Array {
  return bytesOf(Float64Array.of(count, sum, min, max, first as number, last as number));
}

export function decodeSummary(bytes: Uint8Array): Summary {
  const [count = 0, sum = 0, min = 0, max = 0, first = 0, last = 0] = doublesOf(bytes);
  return { count, sum, min, max, first, last };
}

function endWithinText(values: readonly string[], start: number, end: number): number {
  let length = 0;
  for (let i = start; i < end; i++) {
    length += (values[i] as string).length;
    if (length > CHUNK_TEXT && i > start) return i;
  }
  return end;
}
