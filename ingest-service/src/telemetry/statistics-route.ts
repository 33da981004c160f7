import { Type } from "@sinclair/typebox";
import { isoFromMicros, nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { afterQuery, decodeCursor, encodeCursor, type HttpApp, isTextPlace, timeReference } from "@headwater/service";
import { type Aggregate, isTextField, metricOfField, type SeriesRow } from "@headwater/time-series";
import { unknownDevice } from "../devices/routes.ts";
import type { DeviceSeries, SeriesOwner } from "./device-series.ts";
import type { ReadPositions } from "./read-positions.ts";
import { millis } from "./rows.ts";
import type { FindOwner } from "./series-route.ts";
import { incarnationsQuery } from "./series-request.ts";

const point = Type.Object({
  value: Type.Union([Type.Number(), Type.String()]),
  t: Type.Number({ description: "Milliseconds since the epoch" }),
  time: Type.String({ format: "date-time" }),
});
const number = Type.Optional(Type.Number({ description: "Of numbers" }));

const statisticsSchema = Type.Object(
  {
    device: Type.String(),
    series: Type.Integer({ description: "How many metrics and kinds it has, on all pages" }),
    items: Type.Array(
      Type.Object(
        {
          metric: Type.String(),
          kind: Type.Union([Type.Literal("number"), Type.Literal("text")]),
          count: Type.Integer(),
          first: Type.Optional(point),
          last: Type.Optional(point),
          min: number,
          max: number,
          mean: Type.Optional(Type.Number({ description: "Of numbers, unless no number holds their sum" })),
        },
        { title: "MetricStatistics" },
      ),
    ),
    next: Type.Union([Type.String(), Type.Null()]),
  },
  { title: "DeviceStatistics" },
);

const time = (description: string) => Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));
const anyTime = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

export interface StatisticsRouteOptions {
  readonly series: DeviceSeries;
  readonly ownerOf: FindOwner;
  readonly positions: ReadPositions;
}

export function statisticsRoute(app: HttpApp, { series, ownerOf, positions }: StatisticsRouteOptions): void {
  app.get(
    "/api/v1/devices/:id/statistics",
    {
      config: { scopes: ["telemetry:read"], conditional: "content" },
      schema: {
        operationId: "getStatistics",
        summary: "How many points each metric of a device has, the first and the last, least, greatest and mean",
        tags: ["telemetry"],
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          ...incarnationsQuery,
          ...afterQuery,
          metric: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
              maxItems: 50,
              verbatim: true,
              description: "These metrics only",
            }),
          ),
          from: time("Inclusive: ISO 8601, or relative like -1d; default: the first point"),
          to: time("Exclusive; default: behind the last point"),
          limit: Type.Integer({ minimum: 1, maximum: 100, default: 25, description: "How many at most" }),
          cursor: Type.Optional(Type.String({ maxLength: 4096, description: "`next` of the page before" })),
        }),
        response: { 200: statisticsSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { metric, limit, cursor, incarnations, after } = request.query;
      const place = decodeCursor(request, cursor, isTextPlace);
      await positions.waitFor(after);
      const now = nowMicros();
      const from = request.query.from === undefined ? anyTime.from : parseTimeRef(request.query.from, now);
      const to = request.query.to === undefined ? anyTime.to : parseTimeRef(request.query.to, now);
      if (from > to) throw new RequestError(400, "invalid-range", "`from` is later than `to`; it has to be before it");
      const { owner, isRegistered } = ownerOf(id, incarnations);
      const all = await series.fields(owner);
      if (all.length === 0 && !isRegistered) throw unknownDevice(id);
      const fields = all.filter((field) => metric === undefined || metric.includes(metricOfField(field).metric));
      const rest = fields.filter((field) => place === undefined || field > place);
      const shown = rest.slice(0, limit);
      const items = [];
      for (const field of shown) items.push(await statisticsOf(series, owner, field, { from, to }));
      const next = rest.length > limit ? encodeCursor(request, shown.at(-1)!) : null;
      return { device: id, series: fields.length, items, next };
    },
  );
}

async function statisticsOf(
  series: DeviceSeries,
  owner: SeriesOwner,
  field: string,
  range: { readonly from: number; readonly to: number },
) {
  const row = async (more: { aggregate?: Aggregate; order?: "desc" }): Promise<SeriesRow | undefined> => {
    for await (const [first] of series.query(owner, { ...range, field, limit: 1, ...more })) {
      if (first !== undefined) return first;
    }
    return undefined;
  };
  const of = async (aggregate: Aggregate) => Number((await row({ aggregate }))?.[1] ?? 0);
  const [first, last, count] = await Promise.all([row({}), row({ order: "desc" }), of("count")]);
  const meaning = { ...metricOfField(field), count };
  if (first === undefined || last === undefined) return meaning;
  const ends = { first: pointOf(first), last: pointOf(last) };
  if (isTextField(field)) return { ...meaning, ...ends };
  const [min, max, mean] = await Promise.all([of("min"), of("max"), of("mean")]);
  return { ...meaning, ...ends, min, max, ...(Number.isFinite(mean) && { mean }) };
}

function pointOf([micros, value]: SeriesRow) {
  return { value, t: millis(micros), time: isoFromMicros(micros) };
}
