import { type Static, Type } from "@sinclair/typebox";
import { type CursorList, decodeCursor, encodeCursor } from "@headwater/service";
import { type Aggregate, numberField, orders, textAggregates, textField } from "@headwater/time-series";
import type { SeriesOwner } from "./device-series.ts";
import type { Fill } from "./fill.ts";
import { rangeQuery, readRange, refuseOfText } from "./range-query.ts";
import { rangeAfter, type SeriesRange } from "./series-range.ts";

/** How many points JSON has unless the request says otherwise. */
export const defaultLimit = 10_000;
export const maxLimit = 1_000_000;

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
  ...rangeQuery,
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
  readonly fill: Fill;
  readonly scale: number;
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
type Place = readonly [kind: Kind, from: number, to: number, restFrom: number, restTo: number];

/** Reads a query; throws RequestError for what cannot be meant. */
export function readSeriesRequest(
  { routeOptions }: CursorList,
  owner: SeriesOwner,
  query: SeriesQueryText,
): SeriesRequest {
  const { device, incarnation } = owner;
  if (query.kind === "text") refuseOfText(asAggregate(query.aggregate));
  const list: CursorList = { routeOptions, params: { device, incarnation }, query: withoutBounds(query) };
  const place = decodeCursor(list, query.cursor, isPlace);
  const read = readRange(query, place && [place[1], place[2]]);
  const { from, to, window, fill, scale } = read;
  const candidates = kindsOf(query, place?.[0]).map((kind): Candidate => {
    const aggregate = aggregateOf(query, kind);
    const whole = { from, to, window, aggregate, order: query.order };
    const range = place === undefined ? whole : { ...whole, from: place[3], to: place[4] };
    return {
      field: kind === "text" ? textField(query.metric) : numberField(query.metric),
      range,
      fill,
      scale,
      chosen:
        query.width === undefined
          ? {}
          : { ...(read.chosenWindow !== undefined && { window: read.chosenWindow }), aggregate: aggregate! },
      next: (time) => {
        const rest = rangeAfter(range, time);
        return encodeCursor(list, [kind, from, to, rest.from, rest.to] satisfies Place);
      },
    };
  });
  return { candidates, isContinued: place !== undefined };
}

/** Numbers before texts: text is asked for only if there are no numbers. */
function kindsOf({ kind, aggregate }: SeriesQueryText, continued: Kind | undefined): readonly Kind[] {
  const asked = continued ?? kind;
  if (asked !== undefined) return [asked];
  // Text can be counted and picked, not averaged.
  const isForText = aggregate === undefined || (textAggregates as readonly string[]).includes(aggregate);
  return isForText ? ["number", "text"] : ["number"];
}

function aggregateOf({ aggregate, width }: SeriesQueryText, kind: Kind): Aggregate | undefined {
  if (aggregate !== undefined || width === undefined) return asAggregate(aggregate);
  return kind === "text" ? "last" : "mean";
}

/** What the range's reader found to be one. */
function asAggregate(text: string | undefined): Aggregate | undefined {
  return text as Aggregate | undefined;
}

/** What tells series apart: the bounds are in the cursor as they were at first. */
function withoutBounds({ from: _from, to: _to, ...query }: SeriesQueryText): object {
  return { ...query, order: query.order ?? "asc" };
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [kind, ...times] = value as unknown[];
  return (kind === "number" || kind === "text") && times.every(Number.isInteger);
}
