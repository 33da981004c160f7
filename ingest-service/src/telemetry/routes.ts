import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import { afterQuery, decodeCursor, encodeCursor, type HttpApp, isTextPlace } from "@headwater/service";
import { metricOfField } from "@headwater/time-series";
import { deviceState } from "../devices/device-model.ts";
import { unknownDevice } from "../devices/routes.ts";
import type { DeviceSeries } from "./device-series.ts";
import { latestValuesSchema, valuesByMetric } from "./latest-values.ts";
import type { ReadPositions } from "./read-positions.ts";
import { type FindOwner, seriesRoute } from "./series-route.ts";
import { incarnationsQuery } from "./series-request.ts";
import { statisticsRoute } from "./statistics-route.ts";

export interface TelemetryRoutesOptions {
  readonly model: ReadModel;
  readonly series: DeviceSeries;
  readonly positions: ReadPositions;
}

const idParams = Type.Object({ id: Type.String() });
const config = { scopes: ["telemetry:read"], conditional: "content" as const };
const tags = ["telemetry"];

const latestQuery = Type.Object({
  ...incarnationsQuery,
  ...afterQuery,
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: "How many metrics at most" }),
  cursor: Type.Optional(Type.String({ maxLength: 4096, description: "`next` of the page before" })),
});

/** Whose telemetry is asked for, and whether there is such a device. */
export function ownersOf(model: ReadModel): FindOwner {
  return (device, incarnations) => {
    const state = deviceState(model.db, device);
    const incarnation = incarnations === "all" ? "all" : (state?.incarnation ?? 0);
    const owner = { device, incarnation, erasedBelow: state?.erasedBelow ?? 0 } as const;
    return { owner, isRegistered: state?.device !== undefined };
  };
}

export function telemetryRoutes(app: HttpApp, { model, series, positions }: TelemetryRoutesOptions): void {
  const ownerOf = ownersOf(model);
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
              values: latestValuesSchema,
            },
            { title: "LatestValues" },
          ),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { limit, cursor, incarnations } = request.query;
      const after = decodeCursor(request, cursor, isTextPlace);
      await positions.waitFor(request.query.after);
      const { owner, isRegistered } = ownerOf(id, incarnations);
      const { values: latest, next } = await series.latest(owner, { after, limit });
      if (latest.length === 0 && next === undefined && !isRegistered) throw unknownDevice(id);
      const sorted = valuesByMetric(latest);
      return { device: id, values: sorted, ...(next !== undefined && { next: encodeCursor(request, next) }) };
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
        querystring: Type.Object({ ...incarnationsQuery, ...afterQuery }),
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
      await positions.waitFor(request.query.after);
      const { owner, isRegistered } = ownerOf(id, request.query.incarnations);
      const fields = await series.fields(owner);
      if (fields.length === 0 && !isRegistered) throw unknownDevice(id);
      return { items: fields.map(metricOfField) };
    },
  );

  seriesRoute(app, { series, ownerOf, positions });
  statisticsRoute(app, { series, ownerOf, positions });
}
