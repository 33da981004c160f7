import { crc32 } from "node:zlib";

/**
 * A file of the journal of QoS 1 messages, little endian:
 *
 *     header: "HWRECENT" | epoch f64 | generation u32 | CRC-32 of these u32
 *     chunk:  magic u32 | entries u32 | CRC-32 of the rest, from the generation on u32 | flags u32
 *             | written at f64 (ms) | entries
 *     entry:  session u64 | hash u32 | packet id u16 | partition u16 | n u48 | kind u16
 *
 * A chunk is what one group commit was about to make durable. The generation in its checksum tells it from what an
 * earlier use left in the file.
 */
const magic = Buffer.from("HWRECENT", "latin1");
export const fileHeaderBytes = 24;
const chunkMagic = 0x314d4857;
export const chunkHeaderWords = 6;
export const entryWords = 6;
const bytesPerWord = 4;
export const maxChunkEntries = 1_000_000;

/** On a chunk: its commit is known to be durable. */
export const chunkLanded = 1;

/** `request`: of HTTP, under an Idempotency-Key; its packet identifier is the tail of its key. */
export const entryKinds = { message: 0, lastingSession: 1, passingSession: 2, request: 3 } as const;

/** Whether an entry of this kind counts only if what it is of became durable. */
export function needsCommit(kind: number): boolean {
  return kind === entryKinds.message || kind === entryKinds.request;
}

export interface FileHeader {
  readonly epoch: number;
  readonly generation: number;
}

export function encodeFileHeader({ epoch, generation }: FileHeader): Buffer {
  const header = Buffer.alloc(fileHeaderBytes);
  magic.copy(header);
  header.writeDoubleLE(epoch, 8);
  header.writeUInt32LE(generation, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
  return header;
}

/** undefined if these are not the first bytes of such a file. */
export function decodeFileHeader(bytes: Buffer): FileHeader | undefined {
  if (bytes.length < fileHeaderBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) return undefined;
  return { epoch: bytes.readDoubleLE(8), generation: bytes.readUInt32LE(16) };
}

export interface Entry {
  readonly low: number;
  readonly high: number;
  readonly hash: number;
  readonly packetId: number;
  readonly partition: number;
  /** 0: not an event. */
  readonly n: number;
  readonly kind: number;
}

export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly landed: boolean;
  readonly count: number;
}

/** Fills in the header of a chunk whose entries lie behind it. */
export function sealChunk(bytes: Buffer, count: number, generation: number, at: number, flags: number): void {
  bytes.writeUInt32LE(chunkMagic, 0);
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(flags, 12);
  bytes.writeDoubleLE(at, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(12, chunkEnd(0, count)), generation), 8);
}

/** The chunk that begins there; undefined where the sound ones end. */
export function readChunk(bytes: Buffer, start: number, generation: number): Chunk | undefined {
  if (start + chunkEnd(0, 0) > bytes.length || bytes.readUInt32LE(start) !== chunkMagic) return undefined;
  const count = bytes.readUInt32LE(start + 4);
  const end = chunkEnd(start, count);
  if (count > maxChunkEntries || end > bytes.length) return undefined;
  if (crc32(bytes.subarray(start + 12, end), generation) !== bytes.readUInt32LE(start + 8)) return undefined;
  const landed = (bytes.readUInt32LE(start + 12) & chunkLanded) !== 0;
  return { start, end, at: bytes.readDoubleLE(start + 16), landed, count };
}

export function readEntry(bytes: Buffer, chunk: Chunk, index: number): Entry {
  const at = chunkEnd(chunk.start, index);
  return {
    low: bytes.readInt32LE(at),
    high: bytes.readInt32LE(at + 4),
    hash: bytes.readUInt32LE(at + 8),
    packetId: bytes.readUInt16LE(at + 12),
    partition: bytes.readUInt16LE(at + 14),
    n: bytes.readUIntLE(at + 16, 6),
    kind: bytes.readUInt16LE(at + 22),
  };
}

/** Where a chunk of so many entries ends. */
export function chunkEnd(start: number, count: number): number {
  return start + bytesPerWord * (chunkHeaderWords + count * entryWords);
}
