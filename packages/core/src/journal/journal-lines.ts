import { crc32 } from "node:zlib";
import { InvariantError } from "../errors.ts";

/**
 * A journal is text: each entry is a line, behind the CRC-32 of the entry's UTF-8 bytes as eight hexadecimal digits.
 *
 *     3b2f90aa {"t":"release","token":"7 pump/client"}\n
 *
 * The line end is the length: it is written last, and no entry holds one. A line without a checksum is an entry of
 * version 0.1, which wrote none, as long as none before it has one.
 */
const checksumDigits = 8;
const checked = /^[0-9a-f]{8} /;
const noChecksum = "00000000 ";
const lineEnd = 0x0a;
const hexDigits = Buffer.from("0123456789abcdef", "latin1");

/** The bytes of these entries as lines. Throws InvariantError if one holds a line end. */
export function encodeLines(entries: Iterable<string>): Buffer {
  let text = "";
  for (const entry of entries) {
    if (entry.includes("\n")) throw new InvariantError("An entry of a journal holds a line end");
    text += `${noChecksum}${entry}\n`;
  }
  // All at once, and the checksums on the bytes: a call for each entry costs as much as all else that is done with it.
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length;) from = fillInChecksum(bytes, from);
  return bytes;
}

/** Answers where the next line begins. */
function fillInChecksum(bytes: Buffer, lineStart: number): number {
  let at = lineStart + noChecksum.length;
  let rest = -1;
  for (let byte = bytes[at]!; byte !== lineEnd; byte = bytes[at]!) {
    rest = (rest >>> 8) ^ crcTable[(rest ^ byte) & 0xff]!;
    at += 1;
  }
  rest = ~rest;
  for (let digit = lineStart + checksumDigits - 1; digit >= lineStart; digit -= 1) {
    bytes[digit] = hexDigits[rest & 0xf]!;
    rest >>>= 4;
  }
  return at + 1;
}

/** Of the CRC-32 of IEEE 802.3, reflected. */
const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ ((rest & 1) === 1 ? 0xedb88320 : 0);
  return rest;
});

/** The entry of a line (without its end); undefined if its checksum is wrong, or missing where there has to be one. */
export function decodeLine(line: string, mustBeChecked: boolean): string | undefined {
  if (!checked.test(line)) return mustBeChecked ? undefined : line;
  const entry = line.slice(checksumDigits + 1);
  return crc32(entry) === Number.parseInt(line.slice(0, checksumDigits), 16) ? entry : undefined;
}

export interface JournalContent {
  /** In the order in which they were appended. */
  readonly entries: readonly string[];
  /** Lines before the last sound one whose bytes are not those that were written. */
  readonly damaged: number;
  /** Where the last sound line ends. What lies behind it is an append that a crash cut off. */
  readonly soundBytes: number;
}

/** Reads the bytes of a journal: damage costs the lines it lies in, and no other. */
export function decodeLines(bytes: Buffer): JournalContent {
  const entries: string[] = [];
  let damaged = 0;
  let damagedSinceSound = 0;
  let soundBytes = 0;
  // A bit that makes a line end out of a letter must not make an entry out of what a device called itself.
  let isChecked = false;
  for (let from = 0; ;) {
    const end = bytes.indexOf(lineEnd, from);
    if (end === -1) return { entries, damaged, soundBytes };
    const line = bytes.toString("utf8", from, end);
    const entry = decodeLine(line, isChecked);
    from = end + 1;
    if (entry === undefined) {
      damagedSinceSound += 1;
      continue;
    }
    isChecked ||= checked.test(line);
    entries.push(entry);
    damaged += damagedSinceSound;
    damagedSinceSound = 0;
    soundBytes = from;
  }
}
