import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";
import { exactNumber, InexactNumber } from "../json-text.ts";
import { readValue, type WireValue } from "./payload.ts";
import { WireReader } from "./wire-reader.ts";

/** Datatypes by Sparkplug's numbers (specification 3.0, section 6.4.16). */
export const datatype = { dataSet: 16, bytes: 17, file: 18, template: 19 } as const;

interface Integer {
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

const integers: ReadonlyMap<number, Integer> = new Map([
  [1, { bits: 8, signed: true }],
  [2, { bits: 16, signed: true }],
  [3, { bits: 32, signed: true }],
  [4, { bits: 64, signed: true }],
  [5, { bits: 8, signed: false }],
  [6, { bits: 16, signed: false }],
  [7, { bits: 32, signed: false }],
  [8, { bits: 64, signed: false }],
  // A date: milliseconds since the epoch.
  [13, { bits: 64, signed: true }],
] as const);

const kinds: ReadonlyMap<number, WireValue["kind"]> = new Map([
  [9, "float"],
  [10, "float"],
  [11, "boolean"],
  [12, "text"],
  [14, "text"],
  [15, "text"],
  [datatype.dataSet, "dataset"],
  [datatype.bytes, "bytes"],
  [datatype.file, "bytes"],
  [datatype.template, "template"],
] as const);

/** The first of the array types; each comes as bytes. */
const arrays: ReadonlyMap<number, (bytes: Uint8Array) => unknown[]> = new Map([
  [22, (bytes: Uint8Array) => fixed(bytes, 1, (view, at) => view.getInt8(at))],
  [23, (bytes: Uint8Array) => fixed(bytes, 2, (view, at) => view.getInt16(at, true))],
  [24, (bytes: Uint8Array) => fixed(bytes, 4, (view, at) => view.getInt32(at, true))],
  [25, (bytes: Uint8Array) => fixed(bytes, 8, (view, at) => exact(view.getBigInt64(at, true)))],
  [26, (bytes: Uint8Array) => fixed(bytes, 1, (view, at) => view.getUint8(at))],
  [27, (bytes: Uint8Array) => fixed(bytes, 2, (view, at) => view.getUint16(at, true))],
  [28, (bytes: Uint8Array) => fixed(bytes, 4, (view, at) => view.getUint32(at, true))],
  [29, (bytes: Uint8Array) => fixed(bytes, 8, (view, at) => exact(view.getBigUint64(at, true)))],
  [30, (bytes: Uint8Array) => fixed(bytes, 4, (view, at) => finite(view.getFloat32(at, true)))],
  [31, (bytes: Uint8Array) => fixed(bytes, 8, (view, at) => finite(view.getFloat64(at, true)))],
  [32, booleans],
  [33, texts],
  [34, (bytes: Uint8Array) => fixed(bytes, 8, (view, at) => exact(view.getBigInt64(at, true)))],
]);

/** Whether a value needs no datatype to be understood. */
export function speaksForItself({ kind }: WireValue): boolean {
  return kind === "float" || kind === "boolean" || kind === "text" || kind === "template";
}

/**
 * What a value is by its datatype, in JSON's terms: InexactNumber where a double cannot hold it, bytes as Uint8Array, a
 * data set as an object, an array as an array. Of a template the value itself. Throws DecodeError if it does not fit.
 */
export function valueOf(value: WireValue, type: number): unknown {
  if (type === 0 && speaksForItself(value)) return value.value;
  const integer = integers.get(type);
  if (integer !== undefined && value.kind === "integer") return exact(integerOf(value, integer));
  const array = arrays.get(type);
  if (array !== undefined && value.kind === "bytes") return array(value.value);
  if (kinds.get(type) === value.kind) return value.kind === "dataset" ? dataSet(value.value) : value.value;
  throw new DecodeError(`A Sparkplug value does not fit its datatype ${type}`);
}

/** Encoders send a negative number as the two's complement of its own length, of 32, or of 64 bits. */
function integerOf({ value, bits: sent }: WireValue & { readonly kind: "integer" }, { bits, signed }: Integer): bigint {
  if (!signed) {
    if (value < 1n << BigInt(bits)) return value;
  } else {
    const own = BigInt.asIntN(sent, value);
    if (own === BigInt.asIntN(bits, own)) return own;
    if (value < 1n << BigInt(bits)) return BigInt.asIntN(bits, value);
  }
  throw new DecodeError(`A Sparkplug value does not fit into ${bits} bits`);
}

function exact(value: bigint): number | InexactNumber {
  return exactNumber(value) ?? new InexactNumber(String(value));
}

function finite(value: number): number | InexactNumber {
  return Number.isFinite(value) ? value : new InexactNumber(String(value));
}

function fixed(bytes: Uint8Array, size: number, at: (view: DataView, at: number) => unknown): unknown[] {
  if (bytes.length % size !== 0) throw new DecodeError("A Sparkplug array ends within an element");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, index) => at(view, index * size));
}

/** A count of four bytes, then a bit each, the highest first. */
function booleans(bytes: Uint8Array): unknown[] {
  if (bytes.length < 4) throw new DecodeError("A Sparkplug array of booleans has no count");
  const count = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (Math.ceil(count / 8) !== bytes.length - 4)
    throw new DecodeError("A Sparkplug array of booleans has another length than it says");
  return Array.from({ length: count }, (_, index) => ((bytes[4 + (index >> 3)]! >> (7 - (index & 7))) & 1) === 1);
}

/** Each ends with a zero. */
function texts(bytes: Uint8Array): unknown[] {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0 || !isUtf8(bytes))
    throw new DecodeError("A Sparkplug array of texts is not UTF-8, or without its last end");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength - 1)
    .toString("utf8")
    .split("\0");
}

function dataSet(bytes: Uint8Array): unknown {
  const reader = new WireReader(bytes);
  const columns: string[] = [];
  const types: number[] = [];
  const rows: Uint8Array[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) columns.push(reader.text());
    else if (field === 3) for (const type of reader.packed()) types.push(type);
    else if (field === 4) rows.push(reader.bytes());
    else reader.skip();
  }
  if (types.length !== columns.length) throw new DecodeError("A Sparkplug data set has not one type for each column");
  return { columns, rows: rows.map((row) => rowOf(row, types)) };
}

function rowOf(bytes: Uint8Array, types: readonly number[]): unknown[] {
  const reader = new WireReader(bytes);
  const cells: unknown[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) {
      reader.skip();
      continue;
    }
    const type = types[cells.length];
    if (type === undefined) throw new DecodeError("A row of a Sparkplug data set is longer than its columns");
    cells.push(cellOf(reader.bytes(), type));
  }
  if (cells.length !== types.length) throw new DecodeError("A row of a Sparkplug data set is shorter than its columns");
  return cells;
}

/** Null if the cell is empty. */
function cellOf(bytes: Uint8Array, type: number): unknown {
  const reader = new WireReader(bytes);
  let value: WireValue | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field <= 6) value = readValue(reader, field);
    else reader.skip();
  }
  if (value === undefined) return null;
  const read = valueOf(value, type);
  return typeof read === "number" ? finite(read) : read;
}
