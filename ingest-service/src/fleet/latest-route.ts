import { Type } from "@sinclair/typebox";
import { afterQuery, decodeCursor, encodeCursor, type HttpApp, isTextPlace, listQuery } from "@headwater/service";
import { numberField, textField } from "@headwater/time-series";
import type { DeviceSeries } from "../telemetry/device-series.ts";
import { latestValuesSchema, valuesByMetric } from "../telemetry/latest-values.ts";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { type FleetDevices, fleetQuery } from "./fleet-devices.ts";

/** Values of one page; a device with more has all of its own. */
const mostValues = 20_000;
const devicesAtOnce = 250;

export interface FleetLatestOptions {
  readonly fleet: FleetDevices;
  readonly series: DeviceSeries;
  readonly positions: ReadPositions;
}

export function fleetLatestRoute(app: HttpApp, { fleet, series, positions }: FleetLatestOptions): void {
  app.get(
    "/api/v1/telemetry/latest",
    {
      config: { scopes: ["telemetry:read", "devices:read"], conditional: "content" },
      schema: {
        operationId: "getFleetLatest",
        summary: "The newest values of many devices, by event time",
        description:
          "Of the devices that are named, or of a filter. A device without values has none. A page may be shorter than " +
          "`limit` where devices have many metrics.",
        tags: ["telemetry"],
        querystring: Type.Object({
          ...fleetQuery,
          ...afterQuery,
          metric: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
              maxItems: 50,
              verbatim: true,
              description: "These metrics only",
            }),
          ),
          ...listQuery.properties,
        }),
        response: {
          200: Type.Object(
            {
              items: Type.Array(
                Type.Object({ device: Type.String(), values: latestValuesSchema }, { title: "LatestOfDevice" }),
              ),
              next: Type.Union([Type.String(), Type.Null()]),
            },
            { title: "FleetLatest" },
          ),
        },
      },
    },
    async (request) => {
      const { metric, limit, cursor, after: written, ...named } = request.query;
      await positions.waitFor(written);
      const after = decodeCursor(request, cursor, isTextPlace);
      const devices = await fleet.of(named, { limit, after });
      const fields = metric?.flatMap((name) => [numberField(name), textField(name)]);
      const shown = devices.slice(0, limit);
      const items: { device: string; values: ReturnType<typeof valuesByMetric> }[] = [];
      let count = 0;
      for (let start = 0; start < shown.length && count < mostValues; start += devicesAtOnce) {
        const some = shown.slice(start, start + devicesAtOnce);
        const latest = await series.latestOf(
          some.map(({ owner }) => owner),
          fields,
        );
        for (const [i, values] of latest.entries()) {
          count += values.length;
          items.push({ device: some[i]!.id, values: valuesByMetric(values) });
          if (count >= mostValues) break;
        }
      }
      const hasMore = items.length < devices.length;
      return { items, next: hasMore ? encodeCursor(request, items.at(-1)!.device) : null };
    },
  );
}
