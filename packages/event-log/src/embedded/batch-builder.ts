import type { RecordHeaders } from "../event-log.ts";
import { BATCH_HEADER_BYTES } from "./record-batch.ts";
import { varintSize, writeVarint } from "./varint.ts";

const INITIAL_BYTES = 16 * 1024;
const INITIAL_SET_BYTES = 512;
/** Strings up to this length are written by hand when they are ASCII; a call into the encoder costs more. */
const SHORT_STRING = 64;

/**
 * Collects the records of one partition until their commit. The bytes of the caller are copied at once, so they may
 * reuse their buffers, and the buffer here is kept from commit to commit.
 */
export class BatchBuilder {
  #records = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #recordBytes = 0;
  /** The header sets one behind the other, without their count: events have each their own, so they are many. */
  #sets = Buffer.allocUnsafeSlow(INITIAL_SET_BYTES);
  #setBytes = 0;
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
    return varintSize(this.#headerSets.size) + this.#setBytes;
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
    const setsAt = writeVarint(target, at + BATCH_HEADER_BYTES, this.#headerSets.size);
    this.#sets.copy(target, setsAt, 0, this.#setBytes);
    const recordsAt = setsAt + this.#setBytes;
    this.#records.copy(target, recordsAt, 0, this.#recordBytes);
    return recordsAt + this.#recordBytes;
  }

  /** Ready for the next batch. */
  clear(): void {
    this.#recordBytes = 0;
    this.#count = 0;
    if (this.#headerSets.size > 0) this.#headerSets = new Map();
    this.#setBytes = 0;
    this.#lastHeaders = undefined;
    // One huge batch must not hold its memory for ever.
    if (this.#sets.length > 8 * 1024 * 1024) this.#sets = Buffer.allocUnsafeSlow(INITIAL_SET_BYTES);
    if (this.#records.length > 8 * 1024 * 1024) this.#records = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  #setOf(headers: RecordHeaders): number {
    if (headers === this.#lastHeaders) return this.#lastSet;
    let set = this.#headerSets.get(headers);
    if (set === undefined) {
      set = this.#headerSets.size + 1;
      this.#headerSets.set(headers, set);
      this.#addSet(headers);
    }
    this.#lastHeaders = headers;
    this.#lastSet = set;
    return set;
  }

  #addSet(headers: RecordHeaders): void {
    let fields = 0;
    let bound = 5;
    for (const name in headers) {
      const value = headers[name]!;
      bound += name.length * 3 + (typeof value === "string" ? value.length * 3 : value.length) + 10;
      fields++;
    }
    this.#sets = withRoom(this.#sets, this.#setBytes, bound);
    const to = this.#sets;
    let at = writeVarint(to, this.#setBytes, fields);
    for (const name in headers) {
      const value = headers[name]!;
      at = writeString(to, at, name, 0);
      at = typeof value === "string" ? writeString(to, at, value, 0) : writeField(to, at, value, 0);
    }
    this.#setBytes = at;
  }

  #reserve(bytes: number): void {
    this.#records = withRoom(this.#records, this.#recordBytes, bytes);
  }
}

/** The buffer, or a larger one with what it holds, so that there is room behind that. */
function withRoom(buffer: Buffer<ArrayBuffer>, used: number, bytes: number): Buffer<ArrayBuffer> {
  const needed = used + bytes;
  if (needed <= buffer.length) return buffer;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
  buffer.copy(grown, 0, 0, used);
  return grown;
}

/** `more`: what is added to the length, where 0 stands for a field that is not there. */
function writeField(to: Buffer, at: number, bytes: Uint8Array, more = 1): number {
  const dataAt = writeVarint(to, at, bytes.length + more);
  to.set(bytes, dataAt);
  return dataAt + bytes.length;
}

function writeString(to: Buffer, at: number, text: string, more = 1): number {
  if (text.length <= SHORT_STRING) {
    // ASCII of this length has a one-byte varint.
    let seen = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      seen |= unit;
      to[at + 1 + i] = unit;
    }
    if (seen < 0x80) {
      to[at] = text.length + more;
      return at + 1 + text.length;
    }
  }
  const bytes = Buffer.byteLength(text);
  const dataAt = writeVarint(to, at, bytes + more);
  to.write(text, dataAt, "utf8");
  return dataAt + bytes;
}
