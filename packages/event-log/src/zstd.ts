import { constants, zstdCompressSync } from "node:zlib";

/** Below it a batch of telemetry gains little, and making ready to compress costs more than its records. */
const WORTH_BYTES = 4096;

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Bytes of a batch behind `room` for a header, compressed; undefined where that is not worth it. A megabyte takes some
 * 2 ms.
 */
export function compressed(bytes: Uint8Array, room: number): Buffer | undefined {
  if (bytes.length < WORTH_BYTES) return undefined;
  const frame = zstdCompressSync(bytes, options);
  if (room + frame.length >= bytes.length) return undefined;
  const packed = Buffer.allocUnsafeSlow(room + frame.length);
  frame.copy(packed, room);
  return packed;
}
