import { crc32 } from "node:zlib";
import type { ChunkPoints } from "./chunk-points.ts";

/**
 * The seal of a chunk lies behind its summary: the CRC-32 of its points, and that of everything else in its row, the
 * first checksum included. So a query that needs the summary alone reads no points to know that it is right.
 *
 *     [summary, 48 bytes] | CRC-32 of the points u32 | CRC-32 of key, stop, count, summary and the one before u32
 */
export const SUMMARY_BYTES = 48;
const SEAL_BYTES = 8;

/** What the rest of a row says of itself. */
export interface ChunkKey {
  readonly start: number;
  readonly stop: number;
  readonly count: number;
}

const fixed = new Float64Array(4);
const fixedBytes = new Uint8Array(fixed.buffer);

export function sealed(series: number, key: ChunkKey, summary: Uint8Array | null, points: ChunkPoints): Uint8Array {
  const at = summary?.length ?? 0;
  const bytes = Buffer.alloc(at + SEAL_BYTES);
  if (summary !== null) bytes.set(summary);
  bytes.writeUInt32LE(pointsChecksum(points), at);
  bytes.writeUInt32LE(rowChecksum(series, key, bytes.subarray(0, at + 4)), at + 4);
  return bytes;
}

/** Summary and checksum of the points; "unsealed" where there is no seal, undefined where it is broken. */
export function openSeal(
  series: number,
  key: ChunkKey,
  seal: Uint8Array | null,
): { readonly summary: Uint8Array | null; readonly checksum: number } | "unsealed" | undefined {
  if (seal === null || seal.length === SUMMARY_BYTES) return "unsealed";
  if (seal.length !== SEAL_BYTES && seal.length !== SUMMARY_BYTES + SEAL_BYTES) return undefined;
  const at = seal.length - SEAL_BYTES;
  const view = new DataView(seal.buffer, seal.byteOffset, seal.length);
  if (rowChecksum(series, key, seal.subarray(0, at + 4)) !== view.getUint32(at + 4, true)) return undefined;
  return { summary: at === 0 ? null : seal.subarray(0, at), checksum: view.getUint32(at, true) };
}

export function pointsChecksum({ times, packed, texts }: ChunkPoints): number {
  const before = packed === null ? crc32(times) : crc32(packed, crc32(times));
  return texts === null ? before : crc32(texts, before);
}

function rowChecksum(series: number, { start, stop, count }: ChunkKey, rest: Uint8Array): number {
  fixed[0] = series;
  fixed[1] = start;
  fixed[2] = stop;
  fixed[3] = count;
  return crc32(rest, crc32(fixedBytes));
}
