import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { LogUnusableError } from "../errors.ts";
import type { RecordCursor } from "../delivery/record-cursor.ts";
import type { LogRecord } from "../event-log.ts";
import { BATCH_OVERHEAD } from "./record-batch-encoder.ts";
import { SignedVarintReader } from "./signed-varint.ts";

const MAGIC = 2;
const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;
/** A compressed batch may not unpack to more. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** Cuts fetched bytes into its batches; a last one that the broker cut off is left for the next fetch. */
export function cursorsOf(records: Buffer, fromOffset: number): RecordBatchCursor[] {
  const cursors: RecordBatchCursor[] = [];
  let at = 0;
  while (records.length - at >= BATCH_OVERHEAD) {
    const end = at + 12 + records.readInt32BE(at + 8);
    if (end > records.length) break;
    if (records[at + 16] !== MAGIC) {
      throw new LogUnusableError(`a record batch of format ${records[at + 16]} was read; only format 2 is known`);
    }
    const cursor = new RecordBatchCursor(records.subarray(at, end), fromOffset);
    if (cursor.endOffset > fromOffset) cursors.push(cursor);
    at = end;
  }
  return cursors;
}

const noHeaders: Readonly<Record<string, Uint8Array>> = Object.freeze({});

/** Key and value are views into the fetched batch, made when asked for. */
class FetchedRecord implements LogRecord {
  readonly offset: number;
  readonly appendTime: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #keyLength: number;
  readonly #valueAt: number;
  readonly #valueLength: number;
  #headers: Readonly<Record<string, Uint8Array>> | undefined;

  constructor(
    offset: number,
    appendTime: number,
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ) {
    this.offset = offset;
    this.appendTime = appendTime;
    this.#bytes = bytes;
    this.#keyAt = keyAt;
    this.#keyLength = keyLength;
    this.#valueAt = valueAt;
    this.#valueLength = valueLength;
  }

  get key(): Uint8Array | null {
    return this.#keyLength < 0 ? null : this.#bytes.subarray(this.#keyAt, this.#keyAt + this.#keyLength);
  }

  get value(): Uint8Array | null {
    return this.#valueLength < 0 ? null : this.#bytes.subarray(this.#valueAt, this.#valueAt + this.#valueLength);
  }

  get headers(): Readonly<Record<string, Uint8Array>> {
    this.#headers ??= readHeaders(this.#bytes, this.#valueAt + Math.max(this.#valueLength, 0));
    return this.#headers;
  }
}

/** Reads the records of one batch from `fromOffset` on. */
class RecordBatchCursor implements RecordCursor {
  readonly bytes: number;
  readonly endOffset: number;
  readonly #baseOffset: number;
  readonly #fromOffset: number;
  readonly #baseTime: number;
  readonly #appendTime: number | undefined;
  readonly #records: Buffer;
  readonly #reader: SignedVarintReader;
  #left: number;

  constructor(batch: Buffer, fromOffset: number) {
    const attributes = batch.readInt16BE(21);
    this.bytes = batch.length;
    this.#baseOffset = Number(batch.readBigInt64BE(0));
    this.endOffset = this.#baseOffset + batch.readInt32BE(23) + 1;
    this.#fromOffset = fromOffset;
    this.#baseTime = Number(batch.readBigInt64BE(27));
    this.#appendTime = (attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(batch.readBigInt64BE(35)) * 1000;
    // Markers of transactions are no records.
    this.#left = (attributes & CONTROL) === 0 ? batch.readInt32BE(57) : 0;
    this.#records = unpack(batch.subarray(BATCH_OVERHEAD), attributes & COMPRESSION);
    this.#reader = new SignedVarintReader(this.#records, 0);
  }

  take(into: LogRecord[], limit: number): boolean {
    const reader = this.#reader;
    let room = limit;
    while (this.#left > 0 && room > 0) {
      const length = reader.next();
      const end = reader.at + length;
      reader.at++;
      const time = this.#appendTime ?? (this.#baseTime + reader.nextLong()) * 1000;
      if (this.#appendTime !== undefined) reader.nextLong();
      const offset = this.#baseOffset + reader.next();
      const keyLength = reader.next();
      const keyAt = reader.at;
      if (keyLength > 0) reader.at += keyLength;
      const valueLength = reader.next();
      const valueAt = reader.at;
      reader.at = end;
      this.#left--;
      if (offset < this.#fromOffset) continue;
      into.push(new FetchedRecord(offset, time, this.#records, keyAt, keyLength, valueAt, valueLength));
      room--;
    }
    return this.#left === 0;
  }
}

function readHeaders(bytes: Buffer, at: number): Readonly<Record<string, Uint8Array>> {
  const reader = new SignedVarintReader(bytes, at);
  const count = reader.next();
  if (count === 0) return noHeaders;
  const headers = Object.create(null) as Record<string, Uint8Array>;
  for (let left = count; left > 0; left--) {
    const name = readField(reader, bytes).toString("utf8");
    headers[name] = readField(reader, bytes);
  }
  return headers;
}

function readField(reader: SignedVarintReader, bytes: Buffer): Buffer {
  const length = Math.max(reader.next(), 0);
  reader.at += length;
  return bytes.subarray(reader.at - length, reader.at);
}

function unpack(records: Buffer, compression: number): Buffer {
  switch (compression) {
    case 0:
      return records;
    case 1:
      return gunzipSync(records, { maxOutputLength: MAX_UNPACKED_BYTES });
    case 4:
      return zstdDecompressSync(records, { maxOutputLength: MAX_UNPACKED_BYTES });
    default:
      throw new LogUnusableError(
        `a record batch is compressed with ${compression === 2 ? "snappy" : "lz4"}; gzip, zstd and none are known`,
      );
  }
}
