import type { LogRecord } from "@headwater/event-log";

/** Records of one partition as they are handed to another thread: a few buffers, none of them the log's own. */
export interface RecordPack {
  readonly bytes: Uint8Array;
  /** Where each value begins and ends in `bytes`; one that is null is empty. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly offsets: Float64Array;
  readonly appendTimes: Float64Array;
}

/** A run of records whose values lie in one buffer, as those of a fetch do. */
interface Run {
  readonly buffer: ArrayBufferLike;
  low: number;
  high: number;
  readonly first: number;
}

/** Records from `begin` up to, not including, `end`. Buffers are copied as wholes, which costs less than each value. */
export function packRecords(records: readonly LogRecord[], begin: number, end: number): RecordPack {
  const count = end - begin;
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const offsets = new Float64Array(count);
  const appendTimes = new Float64Array(count);
  const runs: Run[] = [];
  let run: Run | undefined;
  for (let index = 0; index < count; index++) {
    const record = records[begin + index]!;
    const { value } = record;
    offsets[index] = record.offset;
    appendTimes[index] = record.appendTime;
    if (value === null) {
      starts[index] = ends[index] = run?.low ?? 0;
      continue;
    }
    const low = value.byteOffset;
    const high = low + value.length;
    if (run === undefined || run.buffer !== value.buffer || isFar(run, low, high)) {
      runs.push((run = { buffer: value.buffer, low, high, first: index }));
    } else {
      run.low = Math.min(run.low, low);
      run.high = Math.max(run.high, high);
    }
    starts[index] = low;
    ends[index] = high;
  }
  const bytes = new Uint8Array(runs.reduce((sum, { low, high }) => sum + high - low, 0));
  let at = 0;
  for (const [place, { buffer, low, high, first }] of runs.entries()) {
    bytes.set(new Uint8Array(buffer, low, high - low), at);
    const next = runs[place + 1]?.first ?? count;
    for (let index = first; index < next; index++) {
      starts[index]! += at - low;
      ends[index]! += at - low;
    }
    at += high - low;
  }
  // Values of nothing before the first run have no place yet.
  starts.fill(0, 0, runs[0]?.first ?? count);
  ends.fill(0, 0, runs[0]?.first ?? count);
  return { bytes, starts, ends, offsets, appendTimes };
}

/** Values that are views of one large pool are not copied with all that lies between them. */
function isFar(run: Run, low: number, high: number): boolean {
  const slack = 4096;
  return low > run.high + slack || high < run.low - slack;
}

/** The buffers that go over to the other thread. */
export function buffersOf({ bytes, starts, ends, offsets, appendTimes }: RecordPack): ArrayBuffer[] {
  return [bytes, starts, ends, offsets, appendTimes].map(({ buffer }) => buffer as ArrayBuffer);
}
