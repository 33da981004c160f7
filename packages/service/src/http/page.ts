import type { TSchema } from "@sinclair/typebox";
import { Type } from "@sinclair/typebox";
import { RequestError } from "@headwater/core";

/** The query parameters of every list; spread `listQuery.properties` into a schema that has more. */
export const listQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "How many items at most" }),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: "`next` of the page before" })),
});

/** One page of a list. `next` is null on the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/**
 * The page of `limit` items out of the rows of a query for one row more: the row too many is left out and shows that
 * there is a next page. That page begins after the place of the last row shown.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => unknown,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = last !== undefined && rows.length > limit ? encodeCursor(placeOf(last)) : null;
  return { items: shown.map(itemOf), next };
}

/** The schema of a page, for the `response` of a route. */
export function pageSchema<S extends TSchema>(item: S) {
  return Type.Object(
    { items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) },
    item.title === undefined ? {} : { title: `${item.title}Page` },
  );
}

/** Where the next page begins, as an opaque text. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/**
 * Reads encodeCursor's text back, of a shape that `isPlace` checks; undefined without a cursor. Throws RequestError
 * (400, `invalid-cursor`).
 */
export function decodeCursor<T>(cursor: string, isPlace: (value: unknown) => value is T): T;
export function decodeCursor<T>(cursor: string | undefined, isPlace: (value: unknown) => value is T): T | undefined;
export function decodeCursor<T>(cursor: string | undefined, isPlace: (value: unknown) => value is T): T | undefined {
  if (cursor === undefined) return undefined;
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    // No JSON, so no cursor of ours: answered below.
    place = undefined;
  }
  if (isPlace(place)) return place;
  throw new RequestError(
    400,
    "invalid-cursor",
    "The cursor is none that a list gave; leave it out to begin at the first page",
  );
}

/** Whether a place is a text, as in lists by id. */
export function isTextPlace(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a place is a whole number, as in lists by sequence. */
export function isNumberPlace(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
