import { DecodeError } from "@headwater/service-kit";
import { crc32 } from "node:zlib";
import type { LanesState } from "../lanes/lanes.ts";

/**
 * A segment is a file of frames behind a header that says how the lanes stood where it begins, so that nothing has to be read but the
 * newest segment to go on after a crash, and a lost stretch at the end of a segment is known by the header of the next one.
 */
const magic = Buffer.from("HWSPOOL1", "latin1");
const fixedBytes = magic.length + 8;
const maxHeaderBytes = 1024 * 1024;

export interface SegmentHeader {
  readonly state: LanesState;
  /** Where the first frame begins. */
  readonly length: number;
}

export function encodeSegmentHeader(state: LanesState): Buffer {
  const json = Buffer.from(JSON.stringify(state));
  const header = Buffer.alloc(fixedBytes + json.length);
  magic.copy(header);
  header.writeUInt32LE(json.length, magic.length);
  header.writeUInt32LE(crc32(json), magic.length + 4);
  json.copy(header, fixedBytes);
  return header;
}

/** Throws DecodeError if these are not the first bytes of a segment. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader {
  if (bytes.length < fixedBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new DecodeError("The file does not begin like a spool segment");
  }
  const length = bytes.readUInt32LE(magic.length);
  if (length > maxHeaderBytes || bytes.length < fixedBytes + length) {
    throw new DecodeError("The header of the spool segment is cut off");
  }
  const json = bytes.subarray(fixedBytes, fixedBytes + length);
  if (crc32(json) !== bytes.readUInt32LE(magic.length + 4)) {
    throw new DecodeError("The header of the spool segment is corrupt");
  }
  return { state: JSON.parse(json.toString("utf8")) as LanesState, length: fixedBytes + length };
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
