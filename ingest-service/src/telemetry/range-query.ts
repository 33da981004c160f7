import { type Static, Type } from "@sinclair/typebox";
import { nowMicros, parseDuration, parseTimeRef, RequestError } from "@headwater/core";
import { duration, timeReference, timeZoneName, windowLength, windowOffset } from "@headwater/service";
import {
  type Aggregate,
  aggregateNames,
  aggregates,
  isAggregate,
  percentilePattern,
  textAggregates,
  type Window,
  windowsOf,
} from "@headwater/time-series";
import { type Fill, parseFill } from "./fill.ts";
import { parseTimeZone, parseWindow, windowForWidth } from "./window-text.ts";

/** What of time is asked for, and in which windows: parameters of everything that answers series. */
export const rangeQuery = {
  from: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "Inclusive: ISO 8601, or relative like -1h (the default), -3mo or -1y",
      ...timeReference,
    }),
  ),
  to: Type.Optional(Type.String({ maxLength: 60, description: "Exclusive; default now", ...timeReference })),
  window: Type.Optional(
    Type.String({
      maxLength: 60,
      description:
        "Length of a window; needs `aggregate`. `1d`, `1w`, `1mo`, `1y` are of the calendar of `tz`, parts of a day " +
        "(`6h`, `5m`) of its clock, other lengths (`25h`) are aligned to 1970-01-01T00:00Z",
      ...windowLength,
    }),
  ),
  offset: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "How much later windows begin on the clock, like 6h, or sooner, like -1d; needs `window`",
      ...windowOffset,
    }),
  ),
  tz: Type.Optional(
    Type.String({
      maxLength: 64,
      description: "Time zone of windows, and of dates and times without an offset; default UTC",
      ...timeZoneName,
    }),
  ),
  width: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description:
        "In place of `window`: windows of a usual length, no more of them than this (pixels of a chart); the " +
        "aggregate is by default the mean, of text the last. The answer says which window it was",
    }),
  ),
  aggregate: Type.Optional(
    Type.String({
      maxLength: 40,
      description: `Of each window, or of the whole range: ${aggregateNames}`,
      documented: { pattern: `^(?:${aggregates.join("|")}|${percentilePattern})$` },
    }),
  ),
  unit: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "Of `rate` and `increase-rate`: per which time; of `integral`: × which time; default 1s",
      ...duration,
    }),
  ),
  fill: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        "What windows without points have: `none` (the default) leaves them out, `null`, `previous` (the value of the " +
        "window before), or a number",
      documented: { pattern: "^(?:none|null|previous|-?\\d{1,15}(?:\\.\\d{1,6})?)$" },
    }),
  ),
};

const schema = Type.Object(rangeQuery);
export type RangeQuery = Static<typeof schema>;

/** A request's range and windows. */
export interface ReadRange {
  readonly from: number;
  readonly to: number;
  readonly window: Window | undefined;
  /** The window as text, if `width` chose it. */
  readonly chosenWindow: string | undefined;
  readonly aggregate: Aggregate | undefined;
  readonly fill: Fill;
  /** By how much values are multiplied to be in the unit. */
  readonly scale: number;
}

/** Bounds what an empty range can make of an answer. */
const mostFilled = 10_000_000;

/** Reads the parameters; throws RequestError for what cannot be meant. `bounds`: those of the first page. */
export function readRange(query: RangeQuery, bounds?: readonly [from: number, to: number]): ReadRange {
  refuseCombinations(query);
  const aggregate = aggregateOf(query);
  const timeZone = query.tz === undefined ? undefined : parseTimeZone(query.tz);
  const now = nowMicros();
  const from = bounds?.[0] ?? parseTimeRef(query.from ?? "-1h", now, timeZone);
  const to = bounds?.[1] ?? parseTimeRef(query.to ?? "now", now, timeZone);
  if (from > to) throw bad("invalid-range", "`from` is later than `to`; it has to be before it");
  const chosenWindow = query.width === undefined ? undefined : windowForWidth(query.width, from, to);
  const windowText = query.window ?? chosenWindow;
  const form = { timeZone: timeZone ?? "UTC", offset: query.offset };
  const window = windowText === undefined ? undefined : parseWindow(windowText, form);
  const fill = fillOf(query, window, from, to);
  return { from, to, window, chosenWindow, aggregate, fill, scale: scaleOf(query, aggregate) };
}

function refuseCombinations({ window, offset, width, aggregate }: RangeQuery): void {
  if (window !== undefined && width !== undefined) {
    throw bad("window-and-width", "`width` chooses the window; leave one of `window` and `width` out");
  }
  if (offset !== undefined && window === undefined) {
    throw bad("offset-without-window", "`offset` moves windows; it needs a `window`");
  }
  if (window !== undefined && aggregate === undefined) {
    throw bad("window-without-aggregate", `A window needs an aggregate: ${aggregateNames}`);
  }
}

function aggregateOf({ aggregate }: RangeQuery): Aggregate | undefined {
  if (aggregate === undefined || isAggregate(aggregate)) return aggregate;
  const written = JSON.stringify(aggregate);
  throw bad("unknown-aggregate", `\`aggregate\` ${written} is unknown; there are ${aggregateNames}`);
}

/** Throws RequestError if text has no such aggregate. */
export function refuseOfText(aggregate: Aggregate | undefined): void {
  if (aggregate === undefined || textAggregates.includes(aggregate)) return;
  throw bad("aggregate-of-text", `Text has no ${aggregate}; of text there are ${textAggregates.join(", ")}`);
}

function fillOf(query: RangeQuery, window: Window | undefined, from: number, to: number): Fill {
  if (query.fill === undefined) return "none";
  const fill = parseFill(query.fill);
  if (query.window === undefined && query.width === undefined) {
    throw bad("fill-without-window", "`fill` is for windows without points; it needs a `window` or a `width`");
  }
  if (fill === "none" || window === undefined || from >= to) return fill;
  const { start, end } = windowsOf(window).at(from);
  if ((to - from) / (end - start) > mostFilled) {
    const many = `\`fill\` would make more than ${mostFilled} windows`;
    throw bad("too-many-windows", `${many}; choose a longer \`window\` or a shorter range, or leave \`fill\` out`);
  }
  return fill;
}

function scaleOf({ unit }: RangeQuery, aggregate: Aggregate | undefined): number {
  if (unit === undefined) return 1;
  const seconds = parseDuration(unit) / 1e6;
  if (seconds <= 0) throw bad("invalid-unit", "`unit` is a length of time above 0, like 1h");
  if (aggregate === "integral") return 1 / seconds;
  if (aggregate === "rate" || aggregate === "increase-rate") return seconds;
  throw bad("unit-without-rate", "`unit` is that of the aggregates rate, increase-rate and integral; leave it out");
}

function bad(code: string, message: string): RequestError {
  return new RequestError(400, code, message);
}
