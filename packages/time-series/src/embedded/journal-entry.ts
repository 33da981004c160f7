import { crc32 } from "node:zlib";

/** Behind a packed write in the journal: this, and the CRC-32 of the write. */
const MARK = 0x314a5748;
const CHECK_BYTES = 8;

export function checkedEntry(packed: Uint8Array): Uint8Array {
  const entry = Buffer.allocUnsafe(packed.length + CHECK_BYTES);
  entry.set(packed);
  entry.writeUInt32LE(MARK, packed.length);
  entry.writeUInt32LE(crc32(packed), packed.length + 4);
  return entry;
}

/** The packed write; undefined if the entry is damaged. Entries of the first version have no checksum. */
export function entryContent(entry: Uint8Array, mayBeUnchecked: boolean): Uint8Array | undefined {
  const at = entry.length - CHECK_BYTES;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
  if (at < 0 || view.getUint32(at, true) !== MARK) return mayBeUnchecked ? entry : undefined;
  const packed = entry.subarray(0, at);
  return crc32(packed) === view.getUint32(at + 4, true) ? packed : undefined;
}
