import type { RecordHeaders } from "../event-log.ts";
import { BATCH_HEADER_BYTES } from "./record-batch.ts";
import { varintSize, writeVarint } from "./varint.ts";

const INITIAL_BYTES = 16 * 1024;
/** Strings up to this length are written by hand when they are ASCII; a call into the encoder costs more. */
const SHORT_STRING = 64;

/**
 * Collects the records of one partition until their commit. The bytes of the caller are copied at once, so they may
 * reuse their buffers, and the buffer here is kept from commit to commit.
 */
export class BatchBuilder {
  #records = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #recordBytes = 0;
  #headerTable: Buffer | undefined;
  #headerSets = new Map<RecordHeaders, number>();
  #lastHeaders: RecordHeaders | undefined;
  #lastSet = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Of the sealed batch. */
  get bytes(): number {
    return BATCH_HEADER_BYTES + this.headerTableBytes + this.#recordBytes;
  }

  get headerTableBytes(): number {
    return this.#table().length;
  }

  add(key: string | Uint8Array | null, value: Uint8Array | null, headers: RecordHeaders | undefined): void {
    const set = headers === undefined ? 0 : this.#setOf(headers);
    const keyBound = key === null ? 0 : typeof key === "string" ? key.length * 3 : key.length;
    const valueBytes = value === null ? 0 : value.length;
    this.#reserve(keyBound + valueBytes + 30);
    const to = this.#records;
    let at = writeVarint(to, this.#recordBytes, set);
    at =
      key === null
        ? writeVarint(to, at, 0)
        : typeof key === "string"
          ? writeString(to, at, key)
          : writeField(to, at, key);
    at = value === null ? writeVarint(to, at, 0) : writeField(to, at, value);
    this.#recordBytes = at;
    this.#count++;
  }

  /** A record that keeps its place: for batches that compaction writes. */
  addSparse(
    offsetDelta: number,
    timeDelta: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: RecordHeaders | undefined,
  ): void {
    this.#reserve(20);
    this.#recordBytes = writeVarint(this.#records, this.#recordBytes, offsetDelta);
    this.#recordBytes = writeVarint(this.#records, this.#recordBytes, timeDelta);
    this.add(key, value, headers);
  }

  /** Writes table and records behind room for the batch's header; answers the position behind them. */
  copyTo(target: Uint8Array, at: number): number {
    const table = this.#table();
    target.set(table, at + BATCH_HEADER_BYTES);
    const recordsAt = at + BATCH_HEADER_BYTES + table.length;
    this.#records.copy(target, recordsAt, 0, this.#recordBytes);
    return recordsAt + this.#recordBytes;
  }

  /** Ready for the next batch. */
  clear(): void {
    this.#recordBytes = 0;
    this.#count = 0;
    if (this.#headerSets.size > 0) this.#headerSets = new Map();
    this.#headerTable = undefined;
    this.#lastHeaders = undefined;
    // One huge batch must not hold its memory for ever.
    if (this.#records.length > 8 * 1024 * 1024) this.#records = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  #setOf(headers: RecordHeaders): number {
    if (headers === this.#lastHeaders) return this.#lastSet;
    let set = this.#headerSets.get(headers);
    if (set === undefined) {
      set = this.#headerSets.size + 1;
      this.#headerSets.set(headers, set);
      this.#headerTable = undefined;
    }
    this.#lastHeaders = headers;
    this.#lastSet = set;
    return set;
  }

  #table(): Buffer {
    this.#headerTable ??= encodeHeaderSets([...this.#headerSets.keys()]);
    return this.#headerTable;
  }

  #reserve(bytes: number): void {
    const needed = this.#recordBytes + bytes;
    if (needed <= this.#records.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#records.length * 2));
    this.#records.copy(grown, 0, 0, this.#recordBytes);
    this.#records = grown;
  }
}

function writeField(to: Buffer, at: number, bytes: Uint8Array): number {
  const dataAt = writeVarint(to, at, bytes.length + 1);
  to.set(bytes, dataAt);
  return dataAt + bytes.length;
}

function writeString(to: Buffer, at: number, text: string): number {
  if (text.length <= SHORT_STRING) {
    // ASCII of this length has a one-byte varint.
    let seen = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      seen |= unit;
      to[at + 1 + i] = unit;
    }
    if (seen < 0x80) {
      to[at] = text.length + 1;
      return at + 1 + text.length;
    }
  }
  const bytes = Buffer.byteLength(text);
  const dataAt = writeVarint(to, at, bytes + 1);
  to.write(text, dataAt, "utf8");
  return dataAt + bytes;
}

function encodeHeaderSets(sets: readonly RecordHeaders[]): Buffer {
  const parts: Uint8Array[] = [varint(sets.length)];
  for (const set of sets) {
    const entries = Object.entries(set);
    parts.push(varint(entries.length));
    for (const [key, value] of entries) {
      const keyBytes = Buffer.from(key);
      const valueBytes = typeof value === "string" ? Buffer.from(value) : value;
      parts.push(varint(keyBytes.length), keyBytes, varint(valueBytes.length), valueBytes);
    }
  }
  return Buffer.concat(parts);
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
}
