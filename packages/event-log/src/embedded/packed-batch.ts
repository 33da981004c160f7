import { zstdDecompressSync } from "node:zlib";
import { compressed } from "../zstd.ts";

/**
 * A batch as it lies in the database where the log is compressed. A batch that it pays for is a zstd frame behind
 *
 * ```
 *  0 u8 magic 0x5a   1 u8 version   2 u16 0   4 u32 bytes of the batch
 * ```
 *
 * and any other one is as it is: its first byte tells. The checksum is the batch's own, over what is unpacked.
 */
const PACKED_HEADER_BYTES = 8;
const PACKED_MAGIC = 0x5a;
const PACKED_VERSION = 1;

/** What to store of a sealed batch. */
export function packedBatch(batch: Uint8Array): Uint8Array {
  const packed = compressed(batch, PACKED_HEADER_BYTES);
  if (packed === undefined) return batch;
  packed.writeUInt8(PACKED_MAGIC, 0);
  packed.writeUInt8(PACKED_VERSION, 1);
  packed.writeUInt16BE(0, 2);
  packed.writeUInt32BE(batch.length, 4);
  return packed;
}

/** The batch that was sealed; the same bytes where they cannot be unpacked: no batch begins as they do. */
export function plainBatch(stored: Uint8Array): Uint8Array {
  if (stored[0] !== PACKED_MAGIC || stored[1] !== PACKED_VERSION || stored.length < PACKED_HEADER_BYTES) return stored;
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(4);
  try {
    const batch = zstdDecompressSync(stored.subarray(PACKED_HEADER_BYTES), { maxOutputLength: Math.max(length, 1) });
    return batch.length === length ? batch : stored;
  } catch {
    return stored;
  }
}
