import { createHash } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import {
  type CursorList,
  decodeCursor,
  encodeCursor,
  timeReference,
  timeZoneName,
  windowLength,
  windowOffset,
} from "@headwater/service";
import { type Aggregate, aggregates, numberField, orders, textField, textAggregates } from "@headwater/time-series";
import type { SeriesOwner } from "./device-series.ts";
import { rangeAfter, type SeriesRange } from "./series-range.ts";
import { parseTimeZone, parseWindow, windowForWidth } from "./window-text.ts";

/** How many points JSON has unless the request says otherwise. */
export const defaultLimit = 10_000;
const maxLimit = 1_000_000;

/** Of all that reads telemetry. */
export const incarnationsQuery = {
  incarnations: Type.Optional(
    Type.Union([Type.Literal("present"), Type.Literal("all")], {
      description:
        "`present` (the default): what the device has sent, and whoever was heard under its id before it was registered; " +
        "`all`: also what devices of this id have sent that were deleted since",
    }),
  ),
};

export const seriesQuery = Type.Object({
  ...incarnationsQuery,
  metric: Type.String({ minLength: 1, maxLength: 1024 }),
  from: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "Inclusive: ISO 8601, or relative like -1h (the default)",
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
  aggregate: Type.Optional(Type.Union(aggregates.map((name) => Type.Literal(name)))),
  kind: Type.Optional(
    Type.Union([Type.Literal("number"), Type.Literal("text")], {
      description: "Of a metric that has both; default: its numbers, or its text if there are none",
    }),
  ),
  order: Type.Optional(
    Type.Union(
      orders.map((name) => Type.Literal(name)),
      { description: "`asc` (the default): the oldest first; `desc`: the newest first" },
    ),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: maxLimit,
      description:
        `How many points at most; default ${defaultLimit} in JSON, which then says that it was cut and goes on with ` +
        "`cursor`; CSV and NDJSON are complete by default",
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: "`next` of an answer that was cut, with the same parameters; `from` and `to` are those of then",
    }),
  ),
});

export type SeriesQueryText = Static<typeof seriesQuery>;

type Kind = "number" | "text";

/** A field in which a metric's values may be, and what is asked of it. */
export interface Candidate {
  readonly field: string;
  readonly range: SeriesRange;
  /** What the answer says of windows that the request left to be chosen. */
  readonly chosen: Readonly<Record<string, string>>;
  /** The cursor of what follows a row of this time. */
  readonly next: (time: number) => string;
}

export interface SeriesRequest {
  /** The first one that has something is answered. */
  readonly candidates: readonly Candidate[];
  readonly isContinued: boolean;
}

/** The bounds of the first request, what is left of them, and which of the metric's fields it is about. */
type Place = readonly [query: string, kind: Kind, from: number, to: number, restFrom: number, restTo: number];

/** Reads a query; throws RequestError for what cannot be meant. */
export function readSeriesRequest(list: CursorList, owner: SeriesOwner, query: SeriesQueryText): SeriesRequest {
  refuseCombinations(query);
  const timeZone = query.tz === undefined ? undefined : parseTimeZone(query.tz);
  const print = fingerprint(owner, query);
  const place = decodeCursor(list, query.cursor, isPlace);
  if (place !== undefined && place[0] !== print) {
    throw new RequestError(
      400,
      "invalid-cursor",
      "The cursor is of another query; send it with the device and the parameters of the answer that gave it",
    );
  }
  const now = nowMicros();
  const from = place?.[2] ?? parseTimeRef(query.from ?? "-1h", now, timeZone);
  const to = place?.[3] ?? parseTimeRef(query.to ?? "now", now, timeZone);
  if (from > to) throw new RequestError(400, "invalid-range", "`from` is later than `to`; it has to be before it");
  const windowText = query.width === undefined ? query.window : windowForWidth(query.width, from, to);
  const form = { timeZone: timeZone ?? "UTC", offset: query.offset };
  const window = windowText === undefined ? undefined : parseWindow(windowText, form);
  const candidates = kindsOf(query, place?.[1]).map((kind): Candidate => {
    const aggregate = aggregateOf(query, kind);
    const whole = { from, to, window, aggregate, order: query.order };
    const range = place === undefined ? whole : { ...whole, from: place[4], to: place[5] };
    return {
      field: kind === "text" ? textField(query.metric) : numberField(query.metric),
      range,
      chosen:
        query.width === undefined
          ? {}
          : { ...(windowText !== undefined && { window: windowText }), aggregate: aggregate! },
      next: (time) => {
        const rest = rangeAfter(range, time);
        return encodeCursor(list, [print, kind, from, to, rest.from, rest.to] satisfies Place);
      },
    };
  });
  return { candidates, isContinued: place !== undefined };
}

function refuseCombinations({ window, offset, width, aggregate, kind }: SeriesQueryText): void {
  if (window !== undefined && width !== undefined) {
    throw new RequestError(
      400,
      "window-and-width",
      "`width` chooses the window; leave one of `window` and `width` out",
    );
  }
  if (offset !== undefined && window === undefined) {
    throw new RequestError(400, "offset-without-window", "`offset` moves windows; it needs a `window`");
  }
  if (window !== undefined && aggregate === undefined) {
    throw new RequestError(400, "window-without-aggregate", `A window needs an aggregate: ${aggregates.join(", ")}`);
  }
  if (kind === "text" && aggregate !== undefined && !textAggregates.includes(aggregate)) {
    const known = textAggregates.join(", ");
    throw new RequestError(400, "aggregate-of-text", `Text has no ${aggregate}; of text there are ${known}`);
  }
}

/** Numbers before texts: text is asked for only if there are no numbers. */
function kindsOf({ kind, aggregate }: SeriesQueryText, continued: Kind | undefined): readonly Kind[] {
  const asked = continued ?? kind;
  if (asked !== undefined) return [asked];
  // Text can be counted and picked, not averaged.
  const isForText = aggregate === undefined || textAggregates.includes(aggregate);
  return isForText ? ["number", "text"] : ["number"];
}

function aggregateOf({ aggregate, width }: SeriesQueryText, kind: Kind): Aggregate | undefined {
  if (aggregate !== undefined || width === undefined) return aggregate;
  return kind === "text" ? "last" : "mean";
}

/** Tells queries apart, but for the bounds, which a cursor has itself, and the size of a page. */
function fingerprint({ device, incarnation }: SeriesOwner, query: SeriesQueryText): string {
  const { metric, window, offset, tz, width, aggregate, kind, order } = query;
  const said = JSON.stringify([
    device,
    incarnation,
    metric,
    window,
    offset,
    tz,
    width,
    aggregate,
    kind,
    order ?? "asc",
  ]);
  return createHash("sha256").update(said).digest("base64url").slice(0, 12);
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 6) return false;
  const [print, kind, ...times] = value as unknown[];
  return typeof print === "string" && (kind === "number" || kind === "text") && times.every(Number.isInteger);
}
