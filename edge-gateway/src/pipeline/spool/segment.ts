import { DecodeError } from "@headwater/core";
import { crc32 } from "node:zlib";
import { noSeed } from "../frame/frame.ts";
import type { LanesState } from "../lanes/lanes.ts";

/**
 * A segment is a file of frames behind a header that says how the lanes stood where it begins, so that nothing has to
 * be read but the newest segment to go on after a crash, and a lost range at the end of a segment is known by the
 * header of the next one. The header is there twice: all that follows hangs on it.
 *
 *     2 × (magic | length of the JSON u32 | CRC-32 of the JSON u32 | JSON) | frames
 *
 * The JSON has the seed of the frames' checksums as well: a random number of the process that wrote the segment.
 */
const magic = Buffer.from("HWSPOOL2", "latin1");
const fixedBytes = magic.length + 8;
const maxHeaderBytes = 1024 * 1024;

/** No header is longer, whatever the number of partitions. */
export const mostHeaderBytes = 2 * (fixedBytes + maxHeaderBytes);

export interface SegmentHeader {
  readonly state: LanesState;
  /** Of the checksums of its frames. */
  readonly seed: number;
  /** Where the first frame begins. */
  readonly length: number;
}

export function encodeSegmentHeader(state: LanesState, seed: number): Buffer {
  const json = Buffer.from(JSON.stringify({ ...state, seed }));
  const copy = Buffer.alloc(fixedBytes + json.length);
  magic.copy(copy);
  copy.writeUInt32LE(json.length, magic.length);
  copy.writeUInt32LE(crc32(json), magic.length + 4);
  json.copy(copy, fixedBytes);
  return Buffer.concat([copy, copy]);
}

/** Throws DecodeError if neither copy can be read. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader {
  let problem: unknown;
  for (const at of [0, bytes.indexOf(magic, 1)]) {
    if (at === -1) continue;
    try {
      const { state, seed, end } = decodeCopy(bytes, at);
      // Both copies are of the same length; a header anywhere else is what a device wrote into its payload.
      if (at !== 0 && end !== 2 * at) throw new DecodeError("The header of the spool segment is corrupt");
      return { state, seed, length: at === 0 ? end * 2 : end };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      problem ??= error;
    }
  }
  throw problem;
}

function decodeCopy(bytes: Buffer, at: number): { state: LanesState; seed: number; end: number } {
  const start = at + fixedBytes;
  if (bytes.length < start || !bytes.subarray(at, at + magic.length).equals(magic)) {
    throw new DecodeError("The file does not begin like a spool segment");
  }
  const end = start + bytes.readUInt32LE(at + magic.length);
  if (end - start > maxHeaderBytes || bytes.length < end) {
    throw new DecodeError("The header of the spool segment is cut off");
  }
  const json = bytes.subarray(start, end);
  if (crc32(json) !== bytes.readUInt32LE(at + magic.length + 4)) {
    throw new DecodeError("The header of the spool segment is corrupt");
  }
  const { seed = noSeed, ...state } = JSON.parse(json.toString("utf8")) as LanesState & { readonly seed?: number };
  return { state, seed, end };
}

const namePattern = /^(\d{10})\.segment$/;

export function segmentName(number: number): string {
  return `${String(number).padStart(10, "0")}.segment`;
}

/** The number of the segment in a file of this name; undefined if it is another kind of file. */
export function segmentNumber(name: string): number | undefined {
  const match = namePattern.exec(name);
  return match === null ? undefined : Number(match[1]);
}
