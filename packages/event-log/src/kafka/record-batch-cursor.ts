import type { TopicPartition } from "../co-partitioning.ts";
import type { RecordCursor } from "../delivery/record-cursor.ts";
import type { LogGap, LogRecord } from "../event-log.ts";
import { SignedVarintReader } from "./signed-varint.ts";

const LOG_APPEND_TIME = 0x08;

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

/** Stored records that are none for a reader: markers of transactions, and records of those that were given up. */
export class NothingCursor implements RecordCursor {
  readonly bytes = 0;
  readonly endOffset: number;
  readonly gap = undefined;

  constructor(batch: Buffer) {
    this.endOffset = Number(batch.readBigInt64BE(0)) + batch.readInt32BE(23) + 1;
  }

  take(): boolean {
    return true;
  }
}

/** Offsets of which nothing can be read. */
export class GapCursor implements RecordCursor {
  readonly bytes = 0;
  readonly gap: LogGap;

  constructor(gap: LogGap) {
    this.gap = gap;
  }

  get endOffset(): number {
    return this.gap.toOffset;
  }

  take(): boolean {
    return true;
  }
}

/** Reads the records of one batch, unpacked, from `fromOffset` on. */
export class RecordBatchCursor implements RecordCursor {
  readonly bytes: number;
  readonly endOffset: number;
  readonly #place: TopicPartition;
  readonly #baseOffset: number;
  readonly #fromOffset: number;
  readonly #baseTime: number;
  readonly #appendTime: number | undefined;
  readonly #records: Buffer;
  readonly #reader: SignedVarintReader;
  #left: number;
  /** Behind the last record that was read. */
  #nextOffset: number;
  #gap: LogGap | undefined;

  constructor(place: TopicPartition, batch: Buffer, records: Buffer, fromOffset: number) {
    this.#place = place;
    this.bytes = records.length;
    this.#baseOffset = Number(batch.readBigInt64BE(0));
    this.endOffset = this.#baseOffset + batch.readInt32BE(23) + 1;
    this.#fromOffset = fromOffset;
    this.#nextOffset = this.#baseOffset;
    this.#baseTime = Number(batch.readBigInt64BE(27));
    const attributes = batch.readInt16BE(21);
    this.#appendTime = (attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(batch.readBigInt64BE(35)) * 1000;
    this.#left = batch.readInt32BE(57);
    this.#records = records;
    this.#reader = new SignedVarintReader(records, 0);
  }

  get gap(): LogGap | undefined {
    return this.#gap;
  }

  take(into: LogRecord[], limit: number): boolean {
    const reader = this.#reader;
    const { length: size } = this.#records;
    let room = limit;
    while (this.#left > 0 && room > 0) {
      const length = reader.next();
      const end = reader.at + length;
      // The shortest record has a byte of attributes, two differences, two lengths and a count of headers.
      if (length < 6 || !(end <= size)) return this.#giveUp();
      reader.at++;
      const time = this.#appendTime ?? (this.#baseTime + reader.nextLong()) * 1000;
      if (this.#appendTime !== undefined) reader.nextLong();
      const offset = this.#baseOffset + reader.next();
      const keyLength = reader.next();
      const keyAt = reader.at;
      if (keyLength > 0) reader.at += keyLength;
      if (!(reader.at < end)) return this.#giveUp();
      const valueLength = reader.next();
      const valueAt = reader.at;
      if (!(valueAt + valueLength <= end) || !(offset >= this.#nextOffset && offset < this.endOffset)) {
        return this.#giveUp();
      }
      reader.at = end;
      this.#left--;
      this.#nextOffset = offset + 1;
      if (offset < this.#fromOffset) continue;
      into.push(new FetchedRecord(offset, time, this.#records, keyAt, keyLength, valueAt, valueLength));
      room--;
    }
    return this.#left === 0;
  }

  /** The rest are no records, although the checksum is right: another client's, or a broker's fault. */
  #giveUp(): boolean {
    this.#left = 0;
    const fromOffset = Math.max(this.#nextOffset, this.#fromOffset);
    this.#gap = { ...this.#place, fromOffset, toOffset: this.endOffset, reason: "unreadable" };
    return true;
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
