const minute = 60_000;

/** The spans that a page offers, up to now. */
export const spans = {
  "15m": 15 * minute,
  "1h": 60 * minute,
  "6h": 360 * minute,
  "24h": 1_440 * minute,
  "7d": 10_080 * minute,
} as const;
export type Span = keyof typeof spans;
export const spanNames = Object.keys(spans) as Span[];
const usual: Span = "1h";

/** ms since the epoch. */
export interface Ends {
  readonly from: number;
  readonly to: number;
}

/** A time that is looked at: a span that ends now and moves with it, or one that stands still. */
export interface TimeRange extends Ends {
  readonly span?: Span;
}

const shortest = 1_000;
const longest = 3_660 * 86_400_000;

export function spanUpTo(span: Span, now: number): TimeRange {
  return { from: now - spans[span], to: now, span };
}

/** What an address says: `span`, or `from` and `to`; the usual span where it says neither, or nonsense. */
export function readTimeRange(search: URLSearchParams, now: number): TimeRange {
  const from = Date.parse(search.get("from") ?? "");
  const to = Date.parse(search.get("to") ?? "");
  if (to - from >= shortest && to - from <= longest) return { from, to };
  return spanUpTo(spanNames.find((name) => name === search.get("span")) ?? usual, now);
}

/** The address with the range in it. */
export function writeTimeRange(search: URLSearchParams, range: TimeRange): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const name of ["span", "from", "to"]) next.delete(name);
  if (range.span === undefined) {
    next.set("from", new Date(range.from).toISOString());
    next.set("to", new Date(range.to).toISOString());
  } else if (range.span !== usual) next.set("span", range.span);
  return next;
}

/** A range that stands still; none reaches into the future or is too short or too long to be drawn. */
export function fixedRange(from: number, to: number, now: number): Ends {
  const length = Math.min(Math.max(to - from, shortest), longest);
  const middle = (from + to) / 2;
  const end = Math.min(Math.round(middle + length / 2), Math.max(now, shortest));
  return { from: end - Math.round(length), to: end };
}

/** So many times as long, around the place at that share of it. */
export function zoomed({ from, to }: Ends, factor: number, share: number, now: number): Ends {
  const at = from + (to - from) * share;
  return fixedRange(at - (at - from) * factor, at + (to - at) * factor, now);
}

/** Moved by that share of its length; negative: back. */
export function moved({ from, to }: Ends, share: number, now: number): Ends {
  const by = (to - from) * share;
  return fixedRange(from + by, to + by, now);
}
