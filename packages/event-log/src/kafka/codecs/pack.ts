import { constants, zstdCompressSync } from "node:zlib";

/** The codec's number in the attributes of a record batch. */
export const ZSTD = 4;

/** Below it a batch of telemetry gains little, and making ready to compress costs more than its records. */
const WORTH_BYTES = 4096;

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * The records, compressed, behind room for the batch's header; undefined where that is not worth it. A batch is a
 * megabyte at most, which takes some 2 ms.
 */
export function packZstd(records: Uint8Array, room: number): Buffer | undefined {
  if (records.length < WORTH_BYTES) return undefined;
  const packed = zstdCompressSync(records, options);
  if (packed.length >= records.length) return undefined;
  const batch = Buffer.allocUnsafeSlow(room + packed.length);
  packed.copy(batch, room);
  return batch;
}
