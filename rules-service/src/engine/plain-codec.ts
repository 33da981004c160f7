import { UnreadableStateError } from "./errors.ts";
import { isNumberList, readNumbers, writeNumbers } from "./number-list-codec.ts";
import type { StateReader, StateWriter } from "./state-bytes.ts";

/** What states of conditions are made of. */
const kinds = {
  ...{ null: 0, undefined: 1, count: 2, number: 3, text: 4, list: 5, object: 6, true: 7, false: 8 },
  ...{ numbers: 9, same: 10, decimal: 11, likeBefore: 12 },
} as const;

const nothing: readonly never[] = [];
/** Readings have so many digits after the point, mostly. */
const decimals = 1000;
const mostDecimal = 2 ** 49;

/** Deepest that a state may nest. */
const maxDepth = 64;

/**
 * Writes plain immutable data: numbers, texts, booleans, null, undefined, lists and objects of them. `before`: what was
 * written not long ago and is much like it; it is read with the same beside it.
 */
export function writePlain(writer: StateWriter, value: unknown, before?: unknown): void {
  if (typeof value === "object" && value !== null && value === before) writer.count(kinds.same);
  else if (value === null) writer.count(kinds.null);
  else if (value === undefined) writer.count(kinds.undefined);
  else if (typeof value === "boolean") writer.count(value ? kinds.true : kinds.false);
  else if (typeof value === "string") writer.count(kinds.text).text(value);
  else if (typeof value === "number") {
    // Minus zero and what is no whole number keep all their bits.
    if (Number.isSafeInteger(value) && value >= -1 && !Object.is(value, -0)) writer.count(kinds.count).count(value);
    else writeFraction(writer, value);
  } else if (Array.isArray(value)) writeList(writer, value, before);
  else writeObject(writer, value as PlainObject, before);
}

type PlainObject = Record<string, unknown>;

function writeFraction(writer: StateWriter, value: number): void {
  const scaled = Math.round(value * decimals);
  if (scaled > 0 && scaled < mostDecimal && Object.is(scaled / decimals, value)) {
    writer.count(kinds.decimal).count(scaled);
  } else writer.count(kinds.number).number(value);
}

function writeList(writer: StateWriter, value: readonly unknown[], before: unknown): void {
  if (isNumberList(value)) {
    writer.count(kinds.numbers);
    return writeNumbers(writer, value, numbersOf(before));
  }
  const beside = Array.isArray(before) ? (before as readonly unknown[]) : nothing;
  let place = 0;
  writer.count(kinds.list).list(value, (item) => writePlain(writer, item, beside[place++]));
}

function numbersOf(before: unknown): readonly number[] {
  return Array.isArray(before) && isNumberList(before) ? before : nothing;
}

function writeObject(writer: StateWriter, value: PlainObject, before: unknown): void {
  const keys = Object.keys(value);
  const beside = objectOf(before);
  const isAlike = beside !== undefined && hasKeys(beside, keys);
  if (isAlike) writer.count(kinds.likeBefore);
  else writer.count(kinds.object).count(keys.length);
  for (const key of keys) {
    if (!isAlike) writer.text(key);
    writePlain(writer, value[key], isAlike ? beside[key] : undefined);
  }
}

function objectOf(before: unknown): PlainObject | undefined {
  if (typeof before !== "object" || before === null || Array.isArray(before)) return undefined;
  return before as PlainObject;
}

function hasKeys(object: PlainObject, keys: readonly string[]): boolean {
  const own = Object.keys(object);
  return own.length === keys.length && own.every((key, place) => key === keys[place]);
}

/** Throws UnreadableStateError at anything that `writePlain` does not write. */
export function readPlain(reader: StateReader, before?: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new UnreadableStateError("A rule's state nests too deep; it cannot be restored");
  switch (reader.count()) {
    case kinds.null:
      return null;
    case kinds.undefined:
      return undefined;
    case kinds.true:
      return true;
    case kinds.false:
      return false;
    case kinds.text:
      return reader.text();
    case kinds.count:
      return reader.count();
    case kinds.number:
      return reader.number();
    case kinds.decimal:
      return reader.count() / decimals;
    case kinds.numbers:
      return readNumbers(reader, numbersOf(before));
    case kinds.same:
      return there(before);
    case kinds.list:
      return readList(reader, before, depth);
    case kinds.object:
      return readObject(reader, depth);
    case kinds.likeBefore:
      return readAlike(reader, there(objectOf(before)), depth);
    default:
      throw new UnreadableStateError("A rule's state has a value of an unknown kind; it cannot be restored");
  }
}

function there<T>(before: T | undefined): T {
  if (before !== undefined) return before;
  throw new UnreadableStateError("A rule's state goes on from one that is not there; it cannot be restored");
}

function readList(reader: StateReader, before: unknown, depth: number): readonly unknown[] {
  const beside = Array.isArray(before) ? (before as readonly unknown[]) : nothing;
  let place = 0;
  return compact(reader.list(() => readPlain(reader, beside[place++], depth + 1)));
}

function readAlike(reader: StateReader, before: PlainObject, depth: number): unknown {
  const object: PlainObject = {};
  for (const key of Object.keys(before)) set(object, key, readPlain(reader, before[key], depth + 1));
  return object;
}

/** Numbers alone lie in the list itself, as those of windows do; a list that grew has room for more. */
function compact(list: readonly unknown[]): readonly unknown[] {
  if (list.length === 0) return nothing;
  if (!list.every((each) => typeof each === "number")) return list;
  // Begun with a half, it is a list of doubles whatever comes.
  const numbers = [0.5];
  for (let place = 0; place < list.length; place++) numbers[place] = list[place] as number;
  return numbers.slice();
}

function readObject(reader: StateReader, depth: number): unknown {
  const object: PlainObject = {};
  for (let left = reader.count(); left > 0; left--) set(object, reader.text(), readPlain(reader, undefined, depth + 1));
  return object;
}

function set(object: PlainObject, key: string, value: unknown): void {
  // A device may call a metric so.
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, writable: true });
  else object[key] = value;
}
