import { Readable } from "node:stream";
import type { DatabaseSync } from "node:sqlite";
import { Type } from "@sinclair/typebox";
import { afterQuery, decodeCursor, encodeCursor, type HttpApp, wantedType } from "@headwater/service";
import { RequestError } from "@headwater/core";
import { numberField, percentilePattern } from "@headwater/time-series";
import { classesHeader, classesSchema, classOf } from "../telemetry/classes-told.ts";
import type { DeviceSeries } from "../telemetry/device-series.ts";
import { parquetFile, parquetType } from "../telemetry/parquet.ts";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { rangeQuery, readRange } from "../telemetry/range-query.ts";
import { defaultLimit, maxLimit } from "../telemetry/series-request.ts";
import { acrossNames, parseAcross } from "./across.ts";
import { type FleetDevice, type FleetDevices, fleetQuery } from "./fleet-devices.ts";
import { acrossSeries, eachSeries, type FleetPart, type FleetSeriesRequest } from "./fleet-series.ts";
import { parseGroupKey } from "./grouping.ts";
import { isPlace, pagesOf, type Place } from "./series-pages.ts";
import {
  csvParts,
  jsonParts,
  labelledParts,
  type LeftOut,
  leftOutItems,
  leftOutTrailer,
  ndjsonParts,
} from "./series-parts.ts";

const types = ["application/json", "text/csv", "application/x-ndjson", parquetType] as const;
/** Series in one answer that has each device's. */
const mostSeries = 1_000;
const mostDevices = 10_000;

const value = { type: ["number", "string", "null"] };
const fleetSeriesSchema = Type.Object(
  {
    window: Type.Optional(Type.String({ description: "The window that `width` chose" })),
    aggregate: Type.Optional(Type.String({ description: "What the points of its windows are" })),
    series: Type.Array(
      Type.Object(
        {
          metric: Type.String(),
          device: Type.Optional(Type.String()),
          group: Type.Optional(Type.Unsafe<Record<string, string | number | boolean | null>>({ type: "object" })),
          devices: Type.Optional(Type.Integer({ description: "Of how many devices it is made" })),
          points: Type.Array(
            Type.Unsafe<(number | string | null)[]>({ type: "array", items: value, minItems: 2, maxItems: 2 }),
          ),
          truncated: Type.Optional(Type.Boolean({ description: "There are more points than `limit`" })),
        },
        { title: "FleetSeriesPart" },
      ),
    ),
    classes: classesSchema,
    ofText: Type.Optional(
      Type.Array(Type.Object({ metric: Type.String(), devices: Type.Integer() }), {
        description:
          "How many devices have texts alone of a metric in the range, so that what needs numbers leaves them out",
      }),
    ),
    next: Type.Optional(
      Type.String({ description: "The `cursor` that goes on with further devices, if there are more" }),
    ),
  },
  { title: "FleetSeries" },
);

export interface FleetSeriesRouteOptions {
  readonly db: DatabaseSync;
  readonly fleet: FleetDevices;
  readonly series: DeviceSeries;
  readonly positions: ReadPositions;
}

export function fleetSeriesRoute(app: HttpApp, { db, fleet, series, positions }: FleetSeriesRouteOptions): void {
  app.get(
    "/api/v1/telemetry/series",
    {
      config: { scopes: ["telemetry:read", "devices:read"], produces: types, documentedAnswer: fleetSeriesSchema },
      schema: {
        operationId: "getFleetSeries",
        summary: "Series of several metrics and devices: each device's, or one across them",
        description:
          `Each device's series (in JSON at most ${mostSeries} of them, by device and on with \`next\`), or with ` +
          `\`across\` one for each group of at most ${mostDevices} devices. Devices without points are left out. Exports ` +
          "have all devices, and a column for each of metric, device and group. Where points have ended within the range, " +
          "exports say in the header `Headwater-Classes` what JSON says in `classes`.",
        tags: ["telemetry"],
        querystring: Type.Object({
          ...fleetQuery,
          ...afterQuery,
          metric: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
            minItems: 1,
            maxItems: 20,
            verbatim: true,
          }),
          ...rangeQuery,
          across: Type.Optional(
            Type.String({
              maxLength: 40,
              description:
                `What the values of all devices at one window become: ${acrossNames.join(", ")} or a percentile; ` +
                "needs `aggregate`, which is that of each device's window",
              documented: { pattern: `^(?:${acrossNames.join("|")}|${percentilePattern})$` },
            }),
          ),
          by: Type.Optional(
            Type.Array(
              Type.String({ maxLength: 80, documented: { pattern: "^(?:type|(?:tag|attribute):[\\s\\S]{1,64})$" } }),
              {
                maxItems: 4,
                verbatim: true,
                description: "With `across`: groups by `type`, `tag:name` or `attribute:name`",
              },
            ),
          ),
          limit: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: maxLimit,
              description: `Points of each series at most; default ${defaultLimit} in JSON, none in exports`,
            }),
          ),
          deviceLimit: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: mostSeries,
              description: `In JSON, without \`across\`: how many devices at most; default so many that there are ${mostSeries} series`,
            }),
          ),
          cursor: Type.Optional(
            Type.String({
              maxLength: 6000,
              description:
                "`next` of an answer in JSON that had more devices, with the same parameters; `from` and `to` are those of then",
            }),
          ),
        }),
      },
    },
    async (request, reply) => {
      const {
        metric,
        across,
        by,
        limit: asked,
        from,
        to,
        window,
        offset,
        tz,
        width,
        unit,
        fill,
        deviceLimit,
        cursor,
        ...rest
      } = request.query;
      const { aggregate: given, after, ...named } = rest;
      const type = wantedType(request);
      const isJson = type === "application/json";
      if ((deviceLimit !== undefined || cursor !== undefined) && (!isJson || across !== undefined)) {
        const text =
          "`deviceLimit` and `cursor` are for the devices of an answer in JSON without `across`; leave them out";
        throw new RequestError(400, "no-device-pages", text);
      }
      await positions.waitFor(after);
      const place = decodeCursor(request, cursor, isPlace);
      const aggregate = given ?? (width === undefined ? undefined : "mean");
      const bounds = place && ([place[0], place[1]] as const);
      const range = readRange({ from, to, window, offset, tz, width, aggregate, unit, fill }, bounds);
      const how = across === undefined ? undefined : parseAcross(across);
      const keys = (by ?? []).map(parseGroupKey);
      refuseCombinations(how !== undefined, keys.length > 0, aggregate);
      const metrics = [...new Set(metric)];
      const limit = asked ?? (isJson ? defaultLimit : undefined);
      // One more shows whether there are more.
      const ofText = new Map<string, number>();
      const onOfText = (of: string) => ofText.set(of, (ofText.get(of) ?? 0) + 1);
      const read = { metrics, range, limit: isJson ? limit! + 1 : limit, onOfText };
      const page = Math.min(deviceLimit ?? mostSeries, Math.floor(mostSeries / metrics.length));
      let next: string | undefined;
      let parts: AsyncGenerator<FleetPart>;
      if (how !== undefined) {
        const devices = await fleet.of(named, { limit: mostDevices });
        if (devices.length > mostDevices) throw tooManyDevices();
        parts = acrossSeries(db, series, { ...read, devices, across: how, by: keys });
      } else if (isJson) {
        const found = await fleet.of(named, { limit: page, after: place?.[2] });
        const devices = found.slice(0, page);
        if (found.length > page) {
          next = encodeCursor(request, [range.from, range.to, devices.at(-1)!.id] satisfies Place);
        }
        parts = eachSeries(series, { ...read, devices });
      } else {
        parts = eachSeriesOf(series, pagesOf(fleet, named, page), read);
      }
      const first = await parts.next();
      const all = resumed(first, parts);
      const chosen = {
        ...(range.chosenWindow !== undefined && { window: range.chosenWindow }),
        ...(width !== undefined && { aggregate }),
      };
      const spans = await series.classes({ ...range, field: numberField(metrics[0]!) });
      if (spans !== undefined && !isJson) void reply.headers(classesHeader(spans));
      const labels = how === undefined ? ["metric", "device"] : ["metric", ...keys.map(({ text }) => text)];
      void reply.type(type === parquetType ? type : `${type}; charset=utf-8`);
      const content: AsyncIterable<string | Uint8Array> = isJson
        ? jsonParts(all, {
            head: { ...chosen, ...(spans && { classes: spans.map(classOf) }) },
            limit: limit!,
            next,
            ofText,
          })
        : type === "text/csv"
          ? csvParts(all, labels)
          : type === parquetType
            ? parquetFile(labelledParts(all), { labels, values: ["number", "text"] }, () => notesOf(ofText))
            : ndjsonParts(all, ofText);
      // A row of CSV has no place for it, and none of a device without numbers; the other formats tell it as well.
      if (!isJson && aggregate !== undefined && request.method !== "HEAD") {
        void reply.trailer("headwater-of-text", (_reply, _payload, done) => done(null, leftOutTrailer(ofText)));
      }
      const body = Readable.from(request.method === "HEAD" ? [] : content, { objectMode: false });
      body.on("error", (error) => request.log.error(error));
      body.once("close", () => {
        // What fails while it is left fails for nobody.
        parts.return(undefined).catch(() => {});
      });
      return reply.send(body);
    },
  );
}

/** What the end of a file of Parquet says. */
function notesOf(ofText: LeftOut): Readonly<Record<string, string>> {
  return ofText.size === 0 ? {} : { "headwater.ofText": JSON.stringify(leftOutItems(ofText)) };
}

/** Page by page, of any number of devices. */
async function* eachSeriesOf(
  series: DeviceSeries,
  pages: AsyncIterable<readonly FleetDevice[]>,
  read: Omit<FleetSeriesRequest, "devices">,
): AsyncGenerator<FleetPart> {
  for await (const devices of pages) yield* eachSeries(series, { ...read, devices });
}

function tooManyDevices(): RequestError {
  return new RequestError(
    400,
    "too-many-devices",
    `This is more than ${mostDevices} devices in one answer; name fewer of them, as by \`type\` or \`tag\``,
  );
}

function refuseCombinations(isAcross: boolean, isGrouped: boolean, aggregate: string | undefined): void {
  if (isGrouped && !isAcross) {
    throw new RequestError(400, "group-without-across", "`by` makes groups of devices; it needs `across`, like mean");
  }
  if (isAcross && aggregate === undefined) {
    throw new RequestError(
      400,
      "across-without-aggregate",
      "`across` puts windows of devices together; it needs an `aggregate`, and mostly a `window`",
    );
  }
}

async function* resumed(
  first: IteratorResult<FleetPart, void>,
  rest: AsyncGenerator<FleetPart>,
): AsyncGenerator<FleetPart> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
