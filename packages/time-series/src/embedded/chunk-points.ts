import { packPoints, packTimes, unpackPoints, unpackTimes } from "./packed-points.ts";
import type { Run } from "./run.ts";

/**
 * The points of a chunk as its row has them. `packed` holds times and numbers, or the times of texts; up to the second
 * version of the file times and numbers had eight bytes each, and then `times` is not empty.
 */
export interface ChunkPoints {
  readonly times: Uint8Array;
  readonly packed: Uint8Array | null;
  readonly texts: string | null;
}

const NOTHING = new Uint8Array(0);

export function encodePoints({ times, values }: Run): ChunkPoints {
  if (values instanceof Float64Array) return { times: NOTHING, packed: packPoints(times, values), texts: null };
  return { times: NOTHING, packed: packTimes(times), texts: JSON.stringify(values) };
}

/** undefined if the bytes are not so many points. */
export function decodePoints({ times, packed, texts }: ChunkPoints, count: number): Run | undefined {
  try {
    const isPacked = times.length === 0 && packed !== null;
    if (texts !== null) {
      const values = JSON.parse(texts) as string[];
      return sized({ times: isPacked ? timesOf(packed, count) : doublesOf(times), values }, count);
    }
    if (isPacked) return unpackPoints(packed, count);
    return packed === null ? undefined : sized({ times: doublesOf(times), values: doublesOf(packed) }, count);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return undefined;
  }
}

function timesOf(packed: Uint8Array, count: number): Float64Array {
  const times = new Float64Array(count);
  unpackTimes(packed, 0, packed.length, times);
  return times;
}

function sized(run: Run, count: number): Run | undefined {
  return run.times.length === count && run.values.length === count ? run : undefined;
}

export function bytesOf(doubles: Float64Array): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);
}

export function doublesOf(bytes: Uint8Array): Float64Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / 8);
}
