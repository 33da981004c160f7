import { slicedCrc } from "@headwater/core";
import { crc32 } from "node:zlib";
import type { ByteWriter } from "@headwater/proto/telemetry";

/**
 * A frame is one record on its way to the log, as it lies in a spool segment and in the buffer of a group commit:
 *
 *     magic u16 | length of the body u32 | CRC-32 of the body, from a seed on u32 | body
 *     body: kind u8 | flags u8 | partition u16 | n u48 | key length u16 | key
 *           | [headers length u16 | headers JSON] | value
 *
 * Little endian. The magic lets a reader find its way again after a corrupt range. A device chooses its payload and may
 * write a whole frame into it; its checksum is wrong all the same, because no device knows the seed.
 */
export const frameKinds = { event: 1, mark: 2, gap: 3, quarantine: 4, presence: 5, command: 6 } as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

export const frameMagic = 0x5748;
export const frameHeaderBytes = 10;
export const bodyFixedBytes = 12;
const hasHeaders = 1;

const shortCrc32 = slicedCrc(0xedb88320);
/** Of a longer range zlib has the checksum sooner (bytes). */
const shortRange = 256;

/** No frame is larger: it holds the largest packet that a gateway may be configured to take. */
export const maxFrameBody = 5 * 1024 * 1024;

/**
 * Writes all of a frame but its value, which follows, and answers with its start, for `endFrame`.
 *
 * @param n The place in the telemetry lane; 0 for other topics.
 * @param key UTF-8; empty for records that belong to a partition rather than to a device.
 * @param headers As JSON; the headers of telemetry follow from its kind.
 */
export function beginFrame(
  writer: ByteWriter,
  kind: FrameKind,
  partition: number,
  n: number,
  key: Uint8Array,
  headers?: string,
): number {
  const start = writer.position;
  writer.reserve(frameHeaderBytes + bodyFixedBytes + key.length + 2 + 3 * (headers?.length ?? 0));
  const { bytes } = writer;
  let at = start + frameHeaderBytes;
  bytes[at] = kind;
  bytes[at + 1] = headers === undefined ? 0 : hasHeaders;
  bytes[at + 2] = partition & 0xff;
  bytes[at + 3] = partition >>> 8;
  const high = Math.floor(n / 0x1_0000_0000);
  const low = n >>> 0;
  bytes[at + 4] = low & 0xff;
  bytes[at + 5] = (low >>> 8) & 0xff;
  bytes[at + 6] = (low >>> 16) & 0xff;
  bytes[at + 7] = low >>> 24;
  bytes[at + 8] = high & 0xff;
  bytes[at + 9] = high >>> 8;
  bytes[at + 10] = key.length & 0xff;
  bytes[at + 11] = key.length >>> 8;
  at += bodyFixedBytes;
  bytes.set(key, at);
  at += key.length;
  if (headers !== undefined) at = writeText(bytes, at, headers);
  writer.position = at;
  return start;
}

/** Fills in the length, and the checksum from a seed on if it is wanted (it is for what goes to a file). */
export function endFrame(writer: ByteWriter, start: number, seed: number | undefined): void {
  const { bytes, position } = writer;
  const body = start + frameHeaderBytes;
  bytes[start] = frameMagic & 0xff;
  bytes[start + 1] = frameMagic >>> 8;
  writeUint32(bytes, start + 2, position - body);
  writeUint32(bytes, start + 6, seed === undefined ? 0 : checksumOf(bytes, body, position, seed));
}

/** The seed in files of versions that knew of none. */
export const noSeed = 0;

export interface Frame {
  readonly kind: FrameKind;
  readonly partition: number;
  readonly n: number;
  readonly key: Buffer;
  readonly headers: string | undefined;
  readonly value: Buffer;
  /** Bytes of key and value. */
  readonly size: number;
  /** Where the next frame begins. */
  readonly end: number;
}

/**
 * A frame where it lies. Very many wait for the log at a time: a view of its key and one of its value are made where
 * they are asked for, and are gone soon after.
 */
class FrameInPlace implements Frame {
  readonly kind: FrameKind;
  readonly partition: number;
  readonly n: number;
  readonly headers: string | undefined;
  readonly end: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #keyEnd: number;
  readonly #valueAt: number;

  constructor(bytes: Buffer, body: number, keyEnd: number, valueAt: number, end: number) {
    this.kind = bytes[body] as FrameKind;
    this.partition = bytes.readUInt16LE(body + 2);
    this.n = bytes.readUIntLE(body + 4, 6);
    this.headers = valueAt === keyEnd ? undefined : bytes.toString("utf8", keyEnd + 2, valueAt);
    this.end = end;
    this.#bytes = bytes;
    this.#keyAt = body + bodyFixedBytes;
    this.#keyEnd = keyEnd;
    this.#valueAt = valueAt;
  }

  get key(): Buffer {
    return this.#bytes.subarray(this.#keyAt, this.#keyEnd);
  }

  get value(): Buffer {
    return this.#bytes.subarray(this.#valueAt, this.end);
  }

  get size(): number {
    return this.#keyEnd - this.#keyAt + this.end - this.#valueAt;
  }
}

/** The checksum of a range of the bytes that a frame is read from. */
export type ChecksumOf = (start: number, end: number) => number;

/**
 * Reads the frame that begins at `start`: "cut" if the bytes end before it does, "bad" if these are not the bytes of a
 * frame. The views share the memory of `bytes`.
 *
 * @param checksum The seed of the checksum; undefined if it is not compared; or where checksums come from.
 */
export function readFrame(
  bytes: Buffer,
  start: number,
  checksum: number | undefined | ChecksumOf,
): Frame | "cut" | "bad" {
  if (bytes.length - start < frameHeaderBytes) return isMagicPrefix(bytes, start) ? "cut" : "bad";
  if (bytes.readUInt16LE(start) !== frameMagic) return "bad";
  const length = bytes.readUInt32LE(start + 2);
  if (length < bodyFixedBytes || length > maxFrameBody) return "bad";
  const body = start + frameHeaderBytes;
  const end = body + length;
  if (end > bytes.length) return "cut";
  const kind = bytes[body]!;
  if (kind < frameKinds.event || kind > frameKinds.command) return "bad";
  if (checksum !== undefined) {
    const actual = typeof checksum === "number" ? crc32(bytes.subarray(body, end), checksum) : checksum(body, end);
    if (actual !== bytes.readUInt32LE(start + 6)) return "bad";
  }

  const keyEnd = body + bodyFixedBytes + bytes.readUInt16LE(body + 10);
  if (keyEnd > end) return "bad";
  const valueAt = (bytes[body + 1]! & hasHeaders) === 0 ? keyEnd : textEndAt(bytes, keyEnd, end);
  if (valueAt === undefined) return "bad";
  return new FrameInPlace(bytes, body, keyEnd, valueAt, end);
}

function textEndAt(bytes: Buffer, at: number, end: number): number | undefined {
  if (at + 2 > end) return undefined;
  const textEnd = at + 2 + bytes.readUInt16LE(at);
  return textEnd > end ? undefined : textEnd;
}

function isMagicPrefix(bytes: Buffer, start: number): boolean {
  const rest = bytes.length - start;
  return (rest < 1 || bytes[start] === (frameMagic & 0xff)) && (rest < 2 || bytes[start + 1] === frameMagic >>> 8);
}

function checksumOf(bytes: Buffer, from: number, to: number, seed: number): number {
  return to - from <= shortRange ? shortCrc32(bytes, from, to, seed) : crc32(bytes.subarray(from, to), seed);
}

function writeText(bytes: Buffer, at: number, text: string): number {
  const length = bytes.write(text, at + 2);
  bytes[at] = length & 0xff;
  bytes[at + 1] = length >>> 8;
  return at + 2 + length;
}

function writeUint32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = value >>> 24;
}
