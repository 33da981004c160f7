import { crc32 } from "node:zlib";
import type { LogRecord } from "../event-log.ts";
import type { RecordCursor } from "../delivery/record-cursor.ts";
import { ByteReader } from "./varint.ts";

/**
 * A stored batch: records of one partition that were committed together, like Kafka's record batches.
 *
 * ```
 *  0 u8  magic 0x48        8 u64 base offset       24 u32 count of records
 *  1 u8  version           16 u64 append time, µs  28 u32 length of the header table
 *  2 u8  flags             32 header table, then records
 *  4 u32 CRC-32 of everything else
 * ```
 * Header table: varint sets, per set varint n and n × (varint length, key, varint length, value); producers share
 * header objects, so a set is stored once. A record: [sparse: varint offset - base, varint µs since append time],
 * varint header set + 1 or 0, varint key length + 1 or 0 for null, key, varint value length + 1 or 0, value.
 */
export const BATCH_HEADER_BYTES = 32;
const MAGIC = 0x48;
const VERSION = 1;
/** Offsets are not consecutive and append times differ, as in a batch that was compacted. */
const SPARSE = 1;

export interface BatchHeader {
  readonly baseOffset: number;
  readonly appendTime: number;
  readonly count: number;
  readonly sparse: boolean;
}

/** Fills in the header of a batch whose table and records are in place, and its checksum. */
export function sealBatch(batch: Uint8Array, header: BatchHeader & { readonly headerTableBytes: number }): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  view.setUint8(0, MAGIC);
  view.setUint8(1, VERSION);
  view.setUint8(2, header.sparse ? SPARSE : 0);
  view.setUint8(3, 0);
  view.setBigUint64(8, BigInt(header.baseOffset));
  view.setBigUint64(16, BigInt(header.appendTime));
  view.setUint32(24, header.count);
  view.setUint32(28, header.headerTableBytes);
  view.setUint32(4, checksum(batch));
}

/** Whether these are the bytes that were sealed. */
export function isIntact(batch: Uint8Array): boolean {
  if (batch.length < BATCH_HEADER_BYTES || batch[0] !== MAGIC || batch[1] !== VERSION) return false;
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  return view.getUint32(4) === checksum(batch);
}

function checksum(batch: Uint8Array): number {
  return crc32(batch.subarray(8), crc32(batch.subarray(0, 4)));
}

export function readBatchHeader(batch: Uint8Array): BatchHeader {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  return {
    baseOffset: Number(view.getBigUint64(8)),
    appendTime: Number(view.getBigUint64(16)),
    count: view.getUint32(24),
    sparse: (view.getUint8(2) & SPARSE) !== 0,
  };
}

const noHeaders: Readonly<Record<string, Uint8Array>> = Object.freeze({});

/** Key, value and headers are views into the batch, made when asked for: most readers look at one of them. */
class StoredRecord implements LogRecord {
  readonly offset: number;
  readonly appendTime: number;
  readonly #headers: HeaderSets;
  readonly #set: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #valueAt: number;
  readonly #end: number;

  constructor(
    offset: number,
    appendTime: number,
    headers: HeaderSets,
    set: number,
    bytes: Buffer,
    keyAt: number,
    valueAt: number,
    end: number,
  ) {
    this.offset = offset;
    this.appendTime = appendTime;
    this.#headers = headers;
    this.#set = set;
    this.#bytes = bytes;
    this.#keyAt = keyAt;
    this.#valueAt = valueAt;
    this.#end = end;
  }

  get headers(): Readonly<Record<string, Uint8Array>> {
    return this.#set === 0 ? noHeaders : this.#headers.at(this.#set - 1);
  }

  get key(): Uint8Array | null {
    return this.#keyAt < 0 ? null : this.#field(this.#keyAt);
  }

  get value(): Uint8Array | null {
    return this.#valueAt < 0 ? null : this.#bytes.subarray(this.#valueAt, this.#end);
  }

  /** The key's length stands before it; its end need not be kept. */
  #field(lengthAt: number): Uint8Array {
    const reader = new ByteReader(this.#bytes, lengthAt);
    const length = reader.varint() - 1;
    return this.#bytes.subarray(reader.at, reader.at + length);
  }
}

/** Reads the records of one intact batch, from `fromOffset` on, below `toOffset`. */
export class BatchCursor implements RecordCursor {
  readonly gap = undefined;
  readonly bytes: number;
  readonly endOffset: number;
  readonly #header: BatchHeader;
  readonly #buffer: Buffer;
  readonly #headers: HeaderSets;
  readonly #fromOffset: number;
  readonly #reader: ByteReader;
  #next = 0;

  constructor(batch: Uint8Array, endOffset: number, fromOffset = 0) {
    this.bytes = batch.length;
    this.endOffset = endOffset;
    this.#header = readBatchHeader(batch);
    this.#buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
    this.#fromOffset = fromOffset;
    this.#reader = new ByteReader(this.#buffer, BATCH_HEADER_BYTES);
    this.#headers = new HeaderSets(this.#reader, this.#buffer);
  }

  take(into: LogRecord[], limit: number): boolean {
    const { baseOffset, appendTime, count, sparse } = this.#header;
    const reader = this.#reader;
    const buffer = this.#buffer;
    let left = limit;
    while (this.#next < count && left > 0) {
      const offset = baseOffset + (sparse ? reader.varint() : this.#next);
      const time = appendTime + (sparse ? reader.varint() : 0);
      this.#next++;
      const set = reader.varint();
      const lengthAt = reader.at;
      const keyLength = reader.varint() - 1;
      const keyAt = keyLength < 0 ? -1 : lengthAt;
      if (keyLength > 0) reader.at += keyLength;
      const valueLength = reader.varint() - 1;
      const valueAt = valueLength < 0 ? -1 : reader.at;
      if (valueLength > 0) reader.at += valueLength;
      if (offset < this.#fromOffset) continue;
      into.push(new StoredRecord(offset, time, this.#headers, set, buffer, keyAt, valueAt, reader.at));
      left--;
    }
    return this.#next >= count;
  }
}

/**
 * The headers of a batch, each set once. Read when the first is asked for: where each record has its own they are many.
 */
class HeaderSets {
  readonly #buffer: Buffer;
  readonly #from: number;
  #sets: readonly Readonly<Record<string, Uint8Array>>[] | undefined;

  /** Passes over them. */
  constructor(reader: ByteReader, buffer: Buffer) {
    this.#buffer = buffer;
    this.#from = reader.at;
    for (let left = reader.varint(); left > 0; left--) {
      for (let fields = 2 * reader.varint(); fields > 0; fields--) {
        const length = reader.varint();
        reader.at += length;
      }
    }
  }

  at(index: number): Readonly<Record<string, Uint8Array>> {
    this.#sets ??= readHeaderSets(new ByteReader(this.#buffer, this.#from), this.#buffer);
    return this.#sets[index]!;
  }
}

function readHeaderSets(reader: ByteReader, buffer: Buffer): Readonly<Record<string, Uint8Array>>[] {
  const sets: Readonly<Record<string, Uint8Array>>[] = [];
  const field = (): Buffer => {
    const length = reader.varint();
    reader.at += length;
    return buffer.subarray(reader.at - length, reader.at);
  };
  for (let left = reader.varint(); left > 0; left--) {
    const set = Object.create(null) as Record<string, Uint8Array>;
    for (let headers = reader.varint(); headers > 0; headers--) {
      const key = field().toString("utf8");
      set[key] = field();
    }
    sets.push(set);
  }
  return sets;
}
