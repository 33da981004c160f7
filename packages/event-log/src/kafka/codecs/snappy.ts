import { copyBack } from "./lz4.ts";

/** Before the blocks of snappy-java, which the Java client writes: magic, version, the oldest version that reads it. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;
/** Output between two looks at the clock. */
const SLICE_BYTES = 256 * 1024;

/** One block of raw snappy. */
export interface SnappyBlock {
  /** Behind the announced size. */
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** The blocks of a value: one raw one, or those in the frame of snappy-java. */
export function snappyBlocks(packed: Buffer, limit: number): SnappyBlock[] | "unreadable" | "too-large" {
  const blocks: SnappyBlock[] = [];
  let total = 0;
  const add = (from: number, to: number): "unreadable" | "too-large" | undefined => {
    const block = blockAt(packed, from, to);
    if (block === undefined) return "unreadable";
    blocks.push(block);
    total += block.size;
    return total > limit ? "too-large" : undefined;
  };
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return add(0, packed.length) ?? blocks;
  for (let at = XERIAL_HEADER; at < packed.length;) {
    if (at + 4 > packed.length) return "unreadable";
    // Frames that follow one another, as of a client that flushes, each begin anew.
    if (packed.subarray(at, at + XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
      at += XERIAL_HEADER;
      continue;
    }
    const to = at + 4 + packed.readUInt32BE(at);
    if (to > packed.length) return "unreadable";
    const problem = add(at + 4, to);
    if (problem !== undefined) return problem;
    at = to;
  }
  return blocks;
}

function blockAt(packed: Buffer, from: number, to: number): SnappyBlock | undefined {
  let size = 0;
  for (let at = from, scale = 1; at < to && at < from + 5; at++, scale *= 128) {
    size += (packed[at]! & 0x7f) * scale;
    if (packed[at]! < 0x80) return { from: at + 1, to, size };
  }
  return undefined;
}

/** Unpacks one block in slices: `next` goes on for a while and answers whether it is done; undefined: it is broken. */
export class SnappyUnpacking {
  readonly #packed: Buffer;
  readonly #to: number;
  readonly #into: Buffer;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  #out: number;

  constructor(packed: Buffer, block: SnappyBlock, into: Buffer, out: number) {
    this.#packed = packed;
    this.#at = block.from;
    this.#to = block.to;
    this.#into = into;
    this.#start = out;
    this.#out = out;
    this.#end = out + block.size;
  }

  next(): boolean | undefined {
    const packed = this.#packed;
    const into = this.#into;
    const to = this.#to;
    const slice = Math.min(this.#end, this.#out + SLICE_BYTES);
    let at = this.#at;
    let out = this.#out;
    while (at < to && out <= slice) {
      const tag = packed[at++]!;
      const kind = tag & 3;
      if (kind === 0) {
        let length = tag >>> 2;
        if (length >= 60) {
          const bytes = length - 59;
          if (at + bytes > to) return undefined;
          length = packed.readUIntLE(at, bytes);
          at += bytes;
        }
        length += 1;
        if (at + length > to || out + length > this.#end) return undefined;
        if (length > 24) packed.copy(into, out, at, at + length);
        else for (let i = 0; i < length; i++) into[out + i] = packed[at + i]!;
        at += length;
        out += length;
        continue;
      }
      const offsetBytes = kind === 3 ? 4 : kind;
      if (at + offsetBytes > to) return undefined;
      const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const distance = kind === 1 ? ((tag >>> 5) << 8) | packed[at]! : packed.readUIntLE(at, offsetBytes);
      at += offsetBytes;
      if (distance === 0 || distance > out - this.#start || out + length > this.#end) return undefined;
      out = copyBack(into, out, distance, length);
    }
    this.#at = at;
    this.#out = out;
    if (at < to) return out < this.#end ? false : undefined;
    return out === this.#end ? true : undefined;
  }
}
