import { UnreadableStateError } from "./errors.ts";
import type { StateReader, StateWriter } from "./state-bytes.ts";

/** What states of conditions are made of. */
const kinds = { null: 0, undefined: 1, count: 2, number: 3, text: 4, list: 5, object: 6, true: 7, false: 8 } as const;

const nothing: readonly never[] = [];

/** Deepest that a state may nest. */
const maxDepth = 64;

/** Writes plain immutable data: numbers, texts, booleans, null, undefined, lists and objects of them. */
export function writePlain(writer: StateWriter, value: unknown): void {
  if (value === null) writer.count(kinds.null);
  else if (value === undefined) writer.count(kinds.undefined);
  else if (typeof value === "boolean") writer.count(value ? kinds.true : kinds.false);
  else if (typeof value === "string") writer.count(kinds.text).text(value);
  else if (typeof value === "number") {
    // Minus zero and what is no whole number keep all their bits.
    if (Number.isSafeInteger(value) && value >= -1 && !Object.is(value, -0)) writer.count(kinds.count).count(value);
    else writer.count(kinds.number).number(value);
  } else if (Array.isArray(value)) {
    writer.count(kinds.list).list(value, (item) => writePlain(writer, item));
  } else {
    const keys = Object.keys(value);
    writer.count(kinds.object).count(keys.length);
    for (const key of keys) writePlain(writer.text(key), (value as Record<string, unknown>)[key]);
  }
}

/** Throws UnreadableStateError at anything that `writePlain` does not write. */
export function readPlain(reader: StateReader, depth = 0): unknown {
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
    case kinds.list:
      return compact(reader.list(() => readPlain(reader, depth + 1)));
    case kinds.object:
      return readObject(reader, depth);
    default:
      throw new UnreadableStateError("A rule's state has a value of an unknown kind; it cannot be restored");
  }
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
  const object: Record<string, unknown> = {};
  for (let left = reader.count(); left > 0; left--) {
    const key = reader.text();
    const value = readPlain(reader, depth + 1);
    // A device may call a metric so.
    if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, writable: true });
    else object[key] = value;
  }
  return object;
}
