import { createHash } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { RequestError } from "@headwater/core";
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
type Place = readonly [query: string, kind: Kind, from: number, to: number, restFrom: number, restTo: number];

/** Reads a query; throws RequestError for what cannot be meant. */
export function readSeriesRequest(list: CursorList, owner: SeriesOwner, query: SeriesQueryText): SeriesRequest {
  if (query.kind === "text") refuseOfText(asAggregate(query.aggregate));
  const print = fingerprint(owner, query);
  const place = decodeCursor(list, query.cursor, isPlace);
  if (place !== undefined && place[0] !== print) {
    throw new RequestError(
      400,
      "invalid-cursor",
      "The cursor is of another query; send it with the device and the parameters of the answer that gave it",
    );
  }
  const read = readRange(query, place && [place[2], place[3]]);
  const { from, to, window, fill, scale } = read;
  const candidates = kindsOf(query, place?.[1]).map((kind): Candidate => {
    const aggregate = aggregateOf(query, kind);
    const whole = { from, to, window, aggregate, order: query.order };
    const range = place === undefined ? whole : { ...whole, from: place[4], to: place[5] };
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
        return encodeCursor(list, [print, kind, from, to, rest.from, rest.to] satisfies Place);
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

/** Tells queries apart, but for the bounds, which a cursor has itself, and the size of a page. */
function fingerprint({ device, incarnation }: SeriesOwner, query: SeriesQueryText): string {
  const { metric, window, offset, tz, width, aggregate, unit, fill, kind, order } = query;
  const said = JSON.stringify([
    device,
    incarnation,
    metric,
    window,
    offset,
    tz,
    width,
    aggregate,
    unit,
    fill,
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
