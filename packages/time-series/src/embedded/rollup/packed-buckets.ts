import { packNumbers, packTimes, unpackNumbers, unpackTimes } from "../packed-points.ts";
import { MAX_VARINT_BYTES, putVarint, VarintReader } from "../varints.ts";
import type { BucketRun } from "../bucket-run.ts";
import type { Bucket } from "./bucket.ts";

/** Buckets of a row: of texts the first and last of each are beside the packed numbers. */
export interface PackedBuckets {
  readonly packed: Uint8Array;
  readonly texts: string | null;
}

/**
 * Four parts, each after its length: the starts, the counts, first, last, least and greatest values, and the sums,
 * which are apart because sums of decimals are no decimals any more.
 */
export function packBuckets(buckets: readonly Bucket[]): PackedBuckets {
  const isText = typeof buckets[0]?.summary.first === "string";
  const values = isText ? [] : buckets.flatMap(({ summary: { first, last, min, max } }) => [first, last, min, max]);
  const parts = [
    packTimes(Float64Array.from(buckets, ({ start }) => start)),
    packNumbers(Float64Array.from(buckets, ({ summary }) => summary.count)),
    packNumbers(Float64Array.from(values as number[])),
    packNumbers(Float64Array.from(isText ? [] : buckets, ({ summary }) => summary.sum)),
  ];
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length + MAX_VARINT_BYTES, 0));
  let at = 0;
  for (const part of parts) {
    at = putVarint(bytes, at, part.length);
    bytes.set(part, at);
    at += part.length;
  }
  const texts = isText ? JSON.stringify(buckets.flatMap(({ summary: { first, last } }) => [first, last])) : null;
  return { packed: bytes.slice(0, at), texts };
}

/** `sums`: what sums and counts need, without the first, last, least and greatest values, most of the bytes. */
export type Wanted = "all" | "sums";

/** Throws RangeError or SyntaxError if the bytes are not so many buckets. Sums alone last until the next is read. */
export function unpackBuckets({ packed, texts }: PackedBuckets, count: number, wanted: Wanted = "all"): BucketRun {
  const reader = new VarintReader(packed, 0);
  const unpack = (of: typeof unpackNumbers, into: Float64Array): void => {
    const length = reader.next();
    reader.at += length;
    of(packed, reader.at - length, reader.at, into);
  };
  const { starts, counts, sums } = wanted === "sums" && texts === null ? sharedColumns(count) : columns(count);
  unpack(unpackTimes, starts);
  unpack(unpackNumbers, counts);
  if (texts !== null) return { starts, counts, texts: JSON.parse(texts) as string[] };
  if (wanted === "sums") {
    const length = reader.next();
    reader.at += length;
    unpack(unpackNumbers, sums);
    return { starts, counts, sums };
  }
  const numbers = new Float64Array(4 * count);
  unpack(unpackNumbers, numbers);
  unpack(unpackNumbers, sums);
  return { starts, counts, numbers, sums };
}

interface Columns {
  readonly starts: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

function columns(count: number): Columns {
  return { starts: new Float64Array(count), counts: new Float64Array(count), sums: new Float64Array(count) };
}

/** A year of hours is a hundred rows a series; to make and collect their columns would cost as much as reading them. */
let room = columns(0);
let shared = room;

function sharedColumns(count: number): Columns {
  if (shared.starts.length === count) return shared;
  if (room.starts.length < count) room = columns(count);
  const first = (column: Float64Array): Float64Array => column.subarray(0, count);
  return (shared = { starts: first(room.starts), counts: first(room.counts), sums: first(room.sums) });
}
