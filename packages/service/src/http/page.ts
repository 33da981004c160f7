import type { TSchema } from "@sinclair/typebox";
import { Type } from "@sinclair/typebox";
import { RequestError, sha256 } from "@headwater/core";

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
  list: CursorList,
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => unknown,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = last !== undefined && rows.length > limit ? encodeCursor(list, placeOf(last)) : null;
  return { items: shown.map(itemOf), next };
}

/** The schema of a page, for the `response` of a route. */
export function pageSchema<S extends TSchema>(item: S) {
  return Type.Object(
    { items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) },
    item.title === undefined ? {} : { title: `${item.title}Page` },
  );
}

/** The list that a cursor is of: the request for one of its pages. */
export interface CursorList {
  readonly routeOptions: { readonly url?: string | undefined };
  readonly params?: unknown;
  readonly query?: unknown;
  /** Of what is posted the `filter` counts. */
  readonly body?: unknown;
}

/** Parameters that say how much of a list is answered and what is told of it, and not what is in it. */
const ofThePage = new Set(["limit", "cursor", "after", "count", "deviceLimit", "lastSeen"]);

/** Where the next page of that list begins, as an opaque text. */
export function encodeCursor(list: CursorList, place: unknown): string {
  return Buffer.from(JSON.stringify([nameOf(list), queryOf(list), place])).toString("base64url");
}

/** Short, and the same for every page. */
function nameOf({ routeOptions }: CursorList): string {
  return printOf(routeOptions.url ?? "");
}

/** Tells the lists of one route apart: whose they are, what chooses among the items, and their order. */
function queryOf({ params, query, body }: CursorList): string {
  const filter = (body as { readonly filter?: unknown } | null | undefined)?.filter;
  return printOf(JSON.stringify([said(params), said(query).filter(([name]) => !ofThePage.has(name)), said(filter)]));
}

function said(parameters: unknown): [name: string, value: unknown][] {
  return Object.entries(parameters ?? {})
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function printOf(text: string): string {
  return sha256(text).toString("base64url").slice(0, 8);
}

/**
 * Reads encodeCursor's text back, of a shape that `isPlace` checks; undefined without a cursor. Throws RequestError
 * (400, `invalid-cursor`), also for the cursor of another list, or of the same with other parameters.
 */
export function decodeCursor<T>(
  list: CursorList,
  cursor: string | undefined,
  isPlace: (value: unknown) => value is T,
): T | undefined {
  if (cursor === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    // No JSON, so no cursor of ours: answered below.
    content = undefined;
  }
  if (!Array.isArray(content) || content.length !== 3 || content[0] !== nameOf(list)) {
    throw invalid("The cursor is none that this list gave; leave it out to begin at the first page");
  }
  const [, query, place] = content as unknown[];
  if (query !== queryOf(list)) {
    throw invalid("The cursor is of another query; send it with the parameters of the answer that gave it");
  }
  if (!isPlace(place)) throw invalid("The cursor is none that this list gave; leave it out to begin at the first page");
  return place;
}

function invalid(detail: string): RequestError {
  return new RequestError(400, "invalid-cursor", detail);
}

/** Whether a place is a text, as in lists by id. */
export function isTextPlace(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a place is a whole number, as in lists by sequence. */
export function isNumberPlace(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
