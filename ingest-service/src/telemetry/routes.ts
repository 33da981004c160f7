import { Readable } from "node:stream";
import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import {
  decodeCursor,
  duration,
  encodeCursor,
  type HttpApp,
  isTextPlace,
  timeReference,
  wantedType,
} from "@headwater/service";
import { isoFromMicros, nowMicros, parseDuration, parseTimeRef, RequestError } from "@headwater/core";
import { aggregates, metricOfField, numberField, type SeriesRow, textField } from "@headwater/time-series";
import { deviceState } from "../devices/device-model.ts";
import { unknownDevice } from "../devices/routes.ts";
import type { DeviceSeries, DeviceSeriesQuery } from "./device-series.ts";
import { begun, csvRows, jsonRows, millis } from "./rows.ts";

export interface TelemetryRoutesOptions {
  readonly model: ReadModel;
  readonly series: DeviceSeries;
}

const idParams = Type.Object({ id: Type.String() });
const config = { scopes: ["telemetry:read"] };
const tags = ["telemetry"];

const latestQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: "How many metrics at most" }),
  cursor: Type.Optional(Type.String({ maxLength: 4096, description: "`next` of the page before" })),
});

const seriesQuery = Type.Object({
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
    Type.String({ maxLength: 60, description: "Length of a window, like 5m; needs `aggregate`", ...duration }),
  ),
  aggregate: Type.Optional(Type.Union(aggregates.map((name) => Type.Literal(name)))),
  kind: Type.Optional(
    Type.Union([Type.Literal("number"), Type.Literal("text")], {
      description: "Of a metric that has both; default: its numbers, or its text if there are none",
    }),
  ),
  limit: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000, description: "How many points at most" }),
});

const pointSchema = { type: "array", items: { type: ["number", "string"] }, minItems: 2, maxItems: 2 };

const seriesSchema = Type.Object(
  {
    metric: Type.String(),
    points: Type.Array(Type.Unsafe<(number | string)[]>(pointSchema), {
      description: "Time in milliseconds since the epoch (a fraction carries microseconds) and value",
    }),
  },
  { title: "Series" },
);

export function telemetryRoutes(app: HttpApp, { model, series }: TelemetryRoutesOptions): void {
  const isRegistered = (id: string): boolean => deviceState(model.db, id)?.device !== undefined;

  app.get(
    "/api/v1/devices/:id/latest",
    {
      config,
      schema: {
        operationId: "getLatest",
        summary: "The newest value of every metric, by event time",
        description: "Of a device with more metrics than `limit` a page, in the order of their names.",
        tags,
        params: idParams,
        querystring: latestQuery,
        response: {
          200: Type.Object(
            {
              device: Type.String(),
              next: Type.Optional(Type.String({ description: "The `cursor` of the next page, if there is one" })),
              values: Type.Record(
                // A name with a line break, too: by default the serializer leaves it out.
                Type.String({ pattern: "^[^]*$" }),
                Type.Object({
                  value: Type.Union([Type.Number(), Type.String()]),
                  t: Type.Number({ description: "Milliseconds since the epoch" }),
                  time: Type.String({ format: "date-time" }),
                }),
              ),
            },
            { title: "LatestValues" },
          ),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { limit, cursor } = request.query;
      const after = decodeCursor(cursor, isTextPlace);
      const { values: latest, next } = await series.latest(id, { after, limit });
      if (latest.length === 0 && next === undefined && !isRegistered(id)) throw unknownDevice(id);
      // A metric with numbers and texts has two fields; the newer value counts.
      const values = new Map<string, { value: number | string; t: number; time: string }>();
      for (const { field, time, value } of latest.toSorted((a, b) => a.time - b.time)) {
        values.set(metricOfField(field).metric, { value, t: millis(time), time: isoFromMicros(time) });
      }
      const sorted = Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      return { device: id, values: sorted, ...(next !== undefined && { next: encodeCursor(next) }) };
    },
  );

  app.get(
    "/api/v1/devices/:id/metrics",
    {
      config,
      schema: {
        operationId: "listMetrics",
        summary: "The metrics a device has sent",
        tags,
        params: idParams,
        response: {
          200: Type.Object(
            {
              items: Type.Array(
                Type.Object({
                  metric: Type.String(),
                  kind: Type.Union([Type.Literal("number"), Type.Literal("text")]),
                }),
              ),
            },
            { title: "MetricList" },
          ),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const fields = await series.fields(id);
      if (fields.length === 0 && !isRegistered(id)) throw unknownDevice(id);
      return { items: fields.map(metricOfField) };
    },
  );

  app.get(
    "/api/v1/devices/:id/series",
    {
      config: { ...config, produces: ["application/json", "text/csv"], documentedAnswer: seriesSchema },
      schema: {
        operationId: "getSeries",
        summary: "A series: points, or windows of them, oldest first; `Accept: text/csv` exports",
        tags,
        params: idParams,
        querystring: seriesQuery,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { metric, window, aggregate, kind, limit } = request.query;
      const now = nowMicros();
      const query = {
        from: parseTimeRef(request.query.from ?? "-1h", now),
        to: parseTimeRef(request.query.to ?? "now", now),
        window: window === undefined ? undefined : parseDuration(window),
        aggregate,
        limit,
      };
      const { batches, isEmpty } = await find(series, id, metric, kind, query);
      if (isEmpty && !isRegistered(id)) throw unknownDevice(id);
      const asCsv = wantedType(request) === "text/csv";
      void reply.type(asCsv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8");
      const body = Readable.from(asCsv ? csvRows(batches) : jsonRows(metric, batches));
      body.on("error", (error) => request.log.error(error));
      return reply.send(body);
    },
  );
}

async function find(
  series: DeviceSeries,
  device: string,
  metric: string,
  kind: "number" | "text" | undefined,
  query: Omit<DeviceSeriesQuery, "field">,
): Promise<{ batches: AsyncIterable<readonly SeriesRow[]>; isEmpty: boolean }> {
  if (query.window !== undefined && query.aggregate === undefined) {
    throw new RequestError(400, "window-without-aggregate", `A window needs an aggregate: ${aggregates.join(", ")}`);
  }
  const fields = [
    ...(kind === "text" ? [] : [numberField(metric)]),
    // Text can be counted and picked, not averaged.
    ...(kind === "number" || !isForText(query.aggregate, kind) ? [] : [textField(metric)]),
  ];
  for (const field of fields) {
    // Text is asked for only if there are no numbers.
    const batches = await begun(series.query(device, { ...query, field }));
    if (batches !== undefined) return { batches, isEmpty: false };
  }
  return { batches: nothing(), isEmpty: true };
}

function isForText(aggregate: string | undefined, kind: string | undefined): boolean {
  return kind === "text" || aggregate === undefined || ["count", "first", "last"].includes(aggregate);
}

async function* nothing(): AsyncGenerator<never> {}
