import type { OutgoingRecord, RecordHeaders } from "../event-log.ts";
import { compressed } from "../zstd.ts";
import { crc32c } from "./crc32c.ts";
import type { Compression } from "./settings.ts";
import { signedVarintSize, writeSignedVarint } from "./signed-varint.ts";

/** Length of a record batch before its first record. */
export const BATCH_OVERHEAD = 61;
const LENGTH_AT = 8;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const MAGIC = 2;
/** The codec, as attributes have it. */
const ZSTD = 4;
const NO_PRODUCER = -1n;
const INITIAL_BYTES = 16 * 1024;

/**
 * One record batch (format 2) in the making. Records are encoded as they are added, straight into the bytes for
 * the broker; the bytes of the caller are copied once.
 */
export class RecordBatchEncoder {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = BATCH_OVERHEAD;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get length(): number {
    return this.#length;
  }

  add({ key, value, headers }: OutgoingRecord): void {
    const keyBytes = key === null ? -1 : typeof key === "string" ? byteLength(key) : key.length;
    const valueBytes = value === null ? -1 : value.length;
    const headerBytes = headers === undefined ? noHeaders : encodedHeaders(headers);
    const offsetDelta = this.#count;
    const bodyBytes =
      2 +
      signedVarintSize(offsetDelta) +
      signedVarintSize(keyBytes) +
      Math.max(keyBytes, 0) +
      signedVarintSize(valueBytes) +
      Math.max(valueBytes, 0) +
      headerBytes.length;
    this.#reserve(bodyBytes + 5);
    const to = this.#bytes;
    let at = writeSignedVarint(to, this.#length, bodyBytes);
    // Attributes, then the time since the batch's: the log's own time replaces it.
    to[at++] = 0;
    to[at++] = 0;
    at = writeSignedVarint(to, at, offsetDelta);
    at = writeSignedVarint(to, at, keyBytes);
    if (typeof key === "string") at = writeText(to, at, key, keyBytes);
    else if (key !== null) at = writeBytes(to, at, key);
    at = writeSignedVarint(to, at, valueBytes);
    if (value !== null) at = writeBytes(to, at, value);
    this.#length = writeBytes(to, at, headerBytes);
    this.#count++;
  }

  /** The finished batch: a view of this encoder's memory, unless its records were compressed. */
  seal(now: number, compression: Compression = "none"): Buffer {
    const packed =
      compression === "none"
        ? undefined
        : compressed(this.#bytes.subarray(BATCH_OVERHEAD, this.#length), BATCH_OVERHEAD);
    const batch = packed ?? this.#bytes;
    const length = packed?.length ?? this.#length;
    batch.writeBigInt64BE(0n, 0);
    batch.writeInt32BE(length - LENGTH_AT - 4, LENGTH_AT);
    batch.writeInt32BE(-1, 12);
    batch.writeInt8(MAGIC, 16);
    batch.writeInt16BE(packed === undefined ? 0 : ZSTD, ATTRIBUTES_AT);
    batch.writeInt32BE(this.#count - 1, 23);
    batch.writeBigInt64BE(BigInt(now), 27);
    batch.writeBigInt64BE(BigInt(now), 35);
    batch.writeBigInt64BE(NO_PRODUCER, 43);
    batch.writeInt16BE(-1, 51);
    batch.writeInt32BE(-1, 53);
    batch.writeInt32BE(this.#count, 57);
    batch.writeUInt32BE(crc32c(batch, ATTRIBUTES_AT, length), CRC_AT);
    return batch.subarray(0, length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Bytes that a record takes in a batch, at most. */
export function boundOfRecord({ key, value, headers }: OutgoingRecord): number {
  const keyBytes = key === null ? 0 : typeof key === "string" ? key.length * 3 : key.length;
  return 30 + keyBytes + (value?.length ?? 0) + (headers === undefined ? 0 : encodedHeaders(headers).length);
}

const noHeaders = new Uint8Array(1);
/** Producers share header objects, so each is encoded once. */
const headerCache = new WeakMap<RecordHeaders, Uint8Array>();
let lastHeaders: RecordHeaders | undefined;
let lastEncoded: Uint8Array = noHeaders;

function encodedHeaders(headers: RecordHeaders): Uint8Array {
  if (headers === lastHeaders) return lastEncoded;
  let encoded = headerCache.get(headers);
  if (encoded === undefined) {
    encoded = encodeHeaders(headers);
    headerCache.set(headers, encoded);
  }
  lastHeaders = headers;
  lastEncoded = encoded;
  return encoded;
}

function encodeHeaders(headers: RecordHeaders): Uint8Array {
  const entries = Object.entries(headers).map(([name, value]) => ({
    name: Buffer.from(name),
    value: typeof value === "string" ? Buffer.from(value) : value,
  }));
  const parts: Uint8Array[] = [signedVarint(entries.length)];
  for (const { name, value } of entries) {
    parts.push(signedVarint(name.length), name, signedVarint(value.length), value);
  }
  return Buffer.concat(parts);
}

function signedVarint(value: number): Uint8Array {
  const bytes = new Uint8Array(signedVarintSize(value));
  writeSignedVarint(bytes, 0, value);
  return bytes;
}

/** Short values are copied by hand: a call into the engine's copy costs more than they do. */
function writeBytes(to: Buffer, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  if (length <= 24) for (let i = 0; i < length; i++) to[at + i] = bytes[i]!;
  else to.set(bytes, at);
  return at + length;
}

function writeText(to: Buffer, at: number, text: string, bytes: number): number {
  if (bytes === text.length && bytes <= 64) for (let i = 0; i < bytes; i++) to[at + i] = text.charCodeAt(i);
  else to.write(text, at, "utf8");
  return at + bytes;
}

function byteLength(text: string): number {
  if (text.length > 64) return Buffer.byteLength(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return Buffer.byteLength(text);
  return text.length;
}
