/**
 * LZ4 as Kafka's clients write it: frames of format 1.6, their blocks linked or not. Checksums are passed over, since
 * the batch around the frame has one of its own.
 *
 * A block is walked twice: the first walk checks every length and distance and counts what comes out, so that nothing
 * is set aside for a block that lies; the second one copies.
 */
const MAGIC = 0x184d2204;
const SKIPPABLE_MAGIC = 0x184d2a50;
const STORED = 0x80000000;
/** Output between two looks at the clock. */
const SLICE_BYTES = 256 * 1024;

/** A block of a frame: where it lies in the packed bytes, and what it unpacks to. */
export interface Lz4Block {
  readonly from: number;
  readonly to: number;
  readonly stored: boolean;
  /** Bytes of its own. */
  readonly size: number;
}

/**
 * The blocks of all frames, in their order: `blocks` is filled, with a step for each. Ends with what is wrong, if the
 * bytes are no frames, or unpack to more than `limit`.
 */
export function* lz4Blocks(
  packed: Buffer,
  limit: number,
  blocks: Lz4Block[],
): Generator<void, "unreadable" | "too-large" | undefined> {
  let total = 0;
  let at = 0;
  while (at < packed.length) {
    const frame = frameAt(packed, at);
    if (frame === undefined) return "unreadable";
    at = frame.blocksAt;
    if (frame.skipped) continue;
    // Blocks that are not linked may not look back beyond their own beginning.
    const frameStart = total;
    for (;;) {
      if (at + 4 > packed.length) return "unreadable";
      const word = packed.readUInt32LE(at);
      at += 4;
      if (word === 0) break;
      const from = at;
      const stored = word >= STORED;
      const to = from + (stored ? word - STORED : word);
      if (to > packed.length) return "unreadable";
      const size = stored ? to - from : sizeOfBlock(packed, from, to, frame.linked ? total - frameStart : 0);
      if (size < 0 || size > frame.maxBlock) return "unreadable";
      total += size;
      if (total > limit) return "too-large";
      blocks.push({ from, to, stored, size });
      yield;
      at = to + (frame.blockChecksums ? 4 : 0);
    }
    at += frame.contentChecksum ? 4 : 0;
    if (at > packed.length) return "unreadable";
  }
  return undefined;
}

interface Frame {
  readonly blocksAt: number;
  readonly skipped: boolean;
  readonly linked: boolean;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  readonly maxBlock: number;
}

function frameAt(packed: Buffer, at: number): Frame | undefined {
  if (at + 8 > packed.length) return undefined;
  const magic = packed.readUInt32LE(at);
  const none = { linked: false, blockChecksums: false, contentChecksum: false, maxBlock: 0 };
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return { ...none, blocksAt: at + 8 + packed.readUInt32LE(at + 4), skipped: true };
  }
  const flags = packed[at + 4]!;
  const sizeCode = (packed[at + 5]! >>> 4) & 7;
  if (magic !== MAGIC || flags >>> 6 !== 1 || sizeCode < 4) return undefined;
  // Magic, flags, block size, perhaps the content's size and a dictionary's id, the header's checksum.
  const blocksAt = at + 4 + 2 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
  return {
    blocksAt,
    skipped: false,
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 0x04) !== 0,
    maxBlock: 1 << (8 + 2 * sizeCode),
  };
}

/** What a block unpacks to, with `before` bytes in front of it to look back at; -1 if it is none. */
function sizeOfBlock(packed: Buffer, from: number, to: number, before: number): number {
  let at = from;
  let size = 0;
  while (at < to) {
    const token = packed[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) {
        if (at >= to) return -1;
        byte = packed[at++]!;
      }
    }
    at += literals;
    size += literals;
    if (at === to) return size;
    if (at + 2 > to) return -1;
    const distance = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > before + size) return -1;
    let length = (token & 15) + 4;
    if (length === 19) {
      for (let byte = 255; byte === 255; length += byte) {
        if (at >= to) return -1;
        byte = packed[at++]!;
      }
    }
    size += length;
  }
  // The last sequence of a block has literals alone.
  return -1;
}

/** Unpacks a block that `lz4Blocks` has checked, in slices: `next` goes on for a while. */
export class Lz4Unpacking {
  readonly #packed: Buffer;
  readonly #to: number;
  readonly #stored: boolean;
  readonly #into: Buffer;
  #at: number;
  /** Where the next byte goes. */
  end: number;

  constructor(packed: Buffer, { from, to, stored }: Lz4Block, into: Buffer, out: number) {
    this.#packed = packed;
    this.#to = to;
    this.#stored = stored;
    this.#into = into;
    this.#at = from;
    this.end = out;
  }

  /** Answers whether the block is done. */
  next(): boolean {
    const slice = this.end + SLICE_BYTES;
    if (this.#stored) {
      const to = Math.min(this.#to, this.#at + SLICE_BYTES);
      this.end += this.#packed.copy(this.#into, this.end, this.#at, to);
      this.#at = to;
    } else [this.#at, this.end] = unpackSequences(this.#packed, this.#at, this.#to, this.#into, this.end, slice);
    return this.#at >= this.#to;
  }
}

/** Writes sequences until the output reaches `slice` or the block ends; answers the places in both. */
function unpackSequences(
  packed: Buffer,
  from: number,
  to: number,
  into: Buffer,
  out: number,
  slice: number,
): [at: number, end: number] {
  let at = from;
  let end = out;
  while (at < to && end < slice) {
    const token = packed[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) byte = packed[at++]!;
    }
    if (literals > 24) packed.copy(into, end, at, at + literals);
    else for (let i = 0; i < literals; i++) into[end + i] = packed[at + i]!;
    at += literals;
    end += literals;
    if (at >= to) break;
    const distance = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      for (let byte = 255; byte === 255; length += byte) byte = packed[at++]!;
    }
    end = copyBack(into, end, distance, length);
  }
  return [at, end];
}

/** Repeats what stands `distance` bytes before `end`; the repetition may run into itself. */
export function copyBack(bytes: Buffer, end: number, distance: number, length: number): number {
  const from = end - distance;
  if (distance >= length && length > 24) bytes.copyWithin(end, from, from + length);
  else if (distance === 1 && length > 24) bytes.fill(bytes[from]!, end, end + length);
  else if (length > 256) {
    // What is there repeats itself: each copy doubles it.
    for (let done = 0; done < length;) {
      const more = Math.min(distance + done, length - done);
      bytes.copyWithin(end + done, from, from + more);
      done += more;
    }
  } else for (let i = 0; i < length; i++) bytes[end + i] = bytes[from + i]!;
  return end + length;
}
