import { gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import { promisify } from "node:util";
import { setImmediate as turn } from "node:timers/promises";
import { lz4Blocks, unpackLz4Block } from "./lz4.ts";
import { snappyBlocks, SnappyUnpacking } from "./snappy.ts";

/** Why the records of a batch cannot be had. */
export type UnpackFailure = "too-large" | "unreadable";

/** What unpacks to no more is unpacked at once: a few milliseconds. More: off the event loop, or in turns. */
const AT_ONCE_BYTES = 1024 * 1024;
const TURN_BYTES = 4 * 1024 * 1024;

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
      return unzip(packed, limit, gunzipSync, gunzipLater);
    case 2:
      return unpackSnappy(packed, limit);
    case 3:
      return unpackLz4(packed, limit);
    case 4:
      return unzip(packed, limit, zstdDecompressSync, zstdLater);
    default:
      return "unreadable";
  }
}

type Unzip<Result> = (packed: Buffer, options: { readonly maxOutputLength: number }) => Result;
const gunzipLater: Unzip<Promise<Buffer>> = promisify(gunzip);
const zstdLater: Unzip<Promise<Buffer>> = promisify(zstdDecompress);

function unzip(
  packed: Buffer,
  limit: number,
  now: Unzip<Buffer>,
  later: Unzip<Promise<Buffer>>,
): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  if (packed.length <= AT_ONCE_BYTES) {
    const atOnce = Math.min(limit, AT_ONCE_BYTES);
    try {
      return now(packed, { maxOutputLength: atOnce });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === "unreadable" || limit <= atOnce) return failure;
    }
  }
  return later(packed, { maxOutputLength: limit }).catch(failureOf);
}

function failureOf(error: unknown): UnpackFailure {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
    ? "too-large"
    : "unreadable";
}

function unpackLz4(packed: Buffer, limit: number): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  const blocks = lz4Blocks(packed, limit);
  if (typeof blocks === "string") return blocks;
  const unpacked = Buffer.allocUnsafeSlow(sum(blocks));
  if (unpacked.length > AT_ONCE_BYTES) return inTurns();
  let end = 0;
  for (const block of blocks) end = unpackLz4Block(packed, block, unpacked, end);
  return unpacked;

  async function inTurns(): Promise<Buffer> {
    let at = 0;
    let nextTurn = TURN_BYTES;
    for (const block of blocks as Exclude<typeof blocks, string>) {
      at = unpackLz4Block(packed, block, unpacked, at);
      if (at < nextTurn) continue;
      nextTurn = at + TURN_BYTES;
      await turn();
    }
    return unpacked;
  }
}

function unpackSnappy(packed: Buffer, limit: number): Buffer | UnpackFailure | Promise<Buffer | UnpackFailure> {
  const blocks = snappyBlocks(packed, limit);
  if (typeof blocks === "string") return blocks;
  // A block announces its size; no element of two bytes makes more than 64.
  if (sum(blocks) > packed.length * 64) return "unreadable";
  const unpacked = Buffer.allocUnsafeSlow(sum(blocks));
  const steps = snappySteps(packed, blocks, unpacked);
  if (unpacked.length > AT_ONCE_BYTES) return inTurns();
  for (const isBroken of steps) if (isBroken) return "unreadable";
  return unpacked;

  async function inTurns(): Promise<Buffer | UnpackFailure> {
    for (const isBroken of steps) {
      if (isBroken) return "unreadable";
      await turn();
    }
    return unpacked;
  }
}

/** A step for each slice of the output. */
function* snappySteps(
  packed: Buffer,
  blocks: readonly { readonly from: number; readonly to: number; readonly size: number }[],
  into: Buffer,
): Generator<boolean> {
  let out = 0;
  let sinceTurn = 0;
  for (const block of blocks) {
    const unpacking = new SnappyUnpacking(packed, block, into, out);
    for (let done: boolean | undefined = false; done !== true;) {
      done = unpacking.next();
      if (done === undefined) yield true;
      if (done === false) yield false;
    }
    out += block.size;
    sinceTurn += block.size;
    if (sinceTurn < TURN_BYTES) continue;
    sinceTurn = 0;
    yield false;
  }
}

function sum(blocks: readonly { readonly size: number }[]): number {
  return blocks.reduce((total, { size }) => total + size, 0);
}
