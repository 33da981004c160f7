import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Transform } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { lz4Blocks, Lz4Unpacking, type Lz4Block } from "./lz4.ts";
import { snappyBlocks, SnappyUnpacking, type SnappyBlock } from "./snappy.ts";

/** Why the records of a batch cannot be had. */
export type UnpackFailure = "too-large" | "unreadable";

/** What unpacks to no more is unpacked at once: a millisecond or two. More: off the event loop, or in turns. */
const AT_ONCE_BYTES = 256 * 1024;
/** The same for zstd, which is faster by some times: a whole batch of the size at which batches are closed. */
const ZSTD_AT_ONCE_BYTES = 1024 * 1024;
const SLICE_BYTES = 256 * 1024;
/** By the clock and not by bytes: on a busy machine the same bytes take many times longer. */
const TURN_MS = 5;

/**
 * The records of a batch, by the codec that its attributes name. At most `limit` bytes are ever made of it; a promise
 * where that takes longer than one turn of the event loop should.
 */
export function unpack(
  packed: Buffer,
  codec: number,
  limit: number,
): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  switch (codec) {
    case 0:
      return packed;
    case 1:
      return unzip(packed, limit, AT_ONCE_BYTES, gunzipSync, createGunzip);
    case 2:
      return unpackSnappy(packed, limit);
    case 3:
      return unpackLz4(packed, limit);
    case 4:
      return unzip(packed, limit, ZSTD_AT_ONCE_BYTES, zstdDecompressSync, createZstdDecompress);
    default:
      return "unreadable";
  }
}

function unzip(
  packed: Buffer,
  limit: number,
  mostAtOnce: number,
  now: (packed: Buffer, options: { readonly maxOutputLength: number }) => Buffer,
  later: (options: { readonly chunkSize: number }) => Transform,
): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  if (packed.length <= mostAtOnce) {
    const atOnce = Math.min(limit, mostAtOnce);
    try {
      return now(packed, { maxOutputLength: atOnce });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === "unreadable" || limit <= atOnce) return failure;
    }
  }
  return unzipBeside(packed, limit, later({ chunkSize: SLICE_BYTES }));
}

/**
 * Unpacks in threads of their own. What comes of it is put together here, in turns: the call of node:zlib that answers
 * with one buffer copies all of it in one piece.
 */
async function unzipBeside(packed: Buffer, limit: number, unzipping: Transform): Promise<Buffer | UnpackFailure> {
  const slices: Buffer[] = [];
  let total = 0;
  try {
    unzipping.end(packed);
    for await (const slice of unzipping as AsyncIterable<Buffer>) {
      total += slice.length;
      if (total > limit) return "too-large";
      slices.push(slice);
    }
  } catch (error) {
    return failureOf(error);
  }
  return inTurns(joinSteps(slices, total), false);
}

function* joinSteps(slices: readonly Buffer[], total: number): Generator<void, Buffer> {
  const joined = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const slice of slices) {
    at += slice.copy(joined, at);
    yield;
  }
  return joined;
}

function failureOf(error: unknown): UnpackFailure {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
    ? "too-large"
    : "unreadable";
}

/** Runs the steps at once if there is little to do; else in turns of the event loop. */
function inTurns<Result>(steps: Generator<void, Result>, isLittle: boolean): Result | Promise<Result> {
  if (isLittle)
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  return (async () => {
    for (let turnEnd = performance.now() + TURN_MS; ;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (performance.now() < turnEnd) continue;
      await turn();
      turnEnd = performance.now() + TURN_MS;
    }
  })();
}

function unpackLz4(packed: Buffer, limit: number): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  // No byte makes more than 255.
  return inTurns(lz4Steps(packed, limit), packed.length * 255 <= AT_ONCE_BYTES || limit <= AT_ONCE_BYTES);
}

/** A step for each block that is checked, and for each slice of the output. */
function* lz4Steps(packed: Buffer, limit: number): Generator<void, Buffer | UnpackFailure> {
  const blocks: Lz4Block[] = [];
  const failure = yield* lz4Blocks(packed, limit, blocks);
  if (failure !== undefined) return failure;
  const unpacked = Buffer.allocUnsafeSlow(sum(blocks));
  let end = 0;
  for (const block of blocks) {
    const unpacking = new Lz4Unpacking(packed, block, unpacked, end);
    while (!unpacking.next()) yield;
    end = unpacking.end;
    yield;
  }
  return unpacked;
}

function unpackSnappy(packed: Buffer, limit: number): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  const blocks = snappyBlocks(packed, limit);
  if (typeof blocks === "string") return blocks;
  const size = sum(blocks);
  // A block announces its size; no element of two bytes makes more than 64.
  if (size > packed.length * 64) return "unreadable";
  return inTurns(snappySteps(packed, blocks, Buffer.allocUnsafeSlow(size)), size <= AT_ONCE_BYTES);
}

/** A step for each slice of the output. */
function* snappySteps(
  packed: Buffer,
  blocks: readonly SnappyBlock[],
  into: Buffer,
): Generator<void, Buffer | UnpackFailure> {
  let out = 0;
  for (const block of blocks) {
    const unpacking = new SnappyUnpacking(packed, block, into, out);
    for (let done: boolean | undefined = false; done !== true; yield) {
      done = unpacking.next();
      if (done === undefined) return "unreadable";
    }
    out += block.size;
  }
  return into;
}

function sum(blocks: readonly { readonly size: number }[]): number {
  return blocks.reduce((total, { size }) => total + size, 0);
}
