import { Readable } from "node:stream";
import { Type } from "@sinclair/typebox";
import { afterQuery, type HttpApp, wantedType } from "@headwater/service";
import { isTextField, metricOfField, type SeriesRow } from "@headwater/time-series";
import { unknownDevice } from "../devices/routes.ts";
import { classesHeader, classesSchema, classOf } from "./classes-told.ts";
import type { DeviceSeries, SeriesOwner } from "./device-series.ts";
import type { FilledRow } from "./fill.ts";
import { type LabelledRows, parquetFile, parquetType } from "./parquet.ts";
import { refuseOfText } from "./range-query.ts";
import type { ReadPositions } from "./read-positions.ts";
import { type Begun, begun, csvRows, jsonRows, ndjsonRows } from "./rows.ts";
import { type Candidate, defaultLimit, readSeriesRequest, seriesQuery } from "./series-request.ts";
import { shaped } from "./shape.ts";

const types = ["application/json", "text/csv", "application/x-ndjson", parquetType] as const;

const pointSchema = { type: "array", items: { type: ["number", "string", "null"] }, minItems: 2, maxItems: 2 };

const seriesSchema = Type.Object(
  {
    metric: Type.String(),
    window: Type.Optional(Type.String({ description: "The window that `width` chose" })),
    aggregate: Type.Optional(Type.String({ description: "What the points of its windows are" })),
    points: Type.Array(Type.Unsafe<(number | string | null)[]>(pointSchema), {
      description:
        "Time in milliseconds since the epoch (a fraction carries microseconds) and value; a sum beyond what a number " +
        "holds is null, and so is a window that `fill=null` fills",
    }),
    classes: classesSchema,
    truncated: Type.Optional(Type.Boolean({ description: "There are more points than `limit`" })),
    next: Type.Optional(Type.String({ description: "The `cursor` that goes on, if it was truncated" })),
  },
  { title: "Series" },
);

/** Whose telemetry a request asks for, and whether there is such a device. */
export type FindOwner = (
  device: string,
  incarnations: string | undefined,
) => { readonly owner: SeriesOwner; readonly isRegistered: boolean };

export interface SeriesRouteOptions {
  readonly series: DeviceSeries;
  readonly ownerOf: FindOwner;
  readonly positions: ReadPositions;
}

export function seriesRoute(app: HttpApp, { series, ownerOf, positions }: SeriesRouteOptions): void {
  app.get(
    "/api/v1/devices/:id/series",
    {
      config: { scopes: ["telemetry:read"], produces: types, documentedAnswer: seriesSchema },
      schema: {
        operationId: "getSeries",
        summary: "A series: points, or windows of them; `Accept` exports it as CSV, NDJSON or Parquet",
        description:
          "JSON has `limit` points and says if there are more. Exports have all of them unless `limit` is given; their " +
          "columns are `time`, `t` and `value`. In CSV a text that a spreadsheet would take for a formula begins with " +
          "an apostrophe; NDJSON has texts as they are. An answer that fails on its way is cut off, without the end " +
          "that HTTP gives to a whole one. Where points have ended within the range, exports say in the header " +
          "`Headwater-Classes` what JSON says in `classes`. Parquet (application/vnd.apache.parquet) has `time` in microseconds and `value`.",
        tags: ["telemetry"],
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({ ...seriesQuery.properties, ...afterQuery }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { metric, limit } = request.query;
      const type = wantedType(request);
      await positions.waitFor(request.query.after);
      const { owner, isRegistered } = ownerOf(id, request.query.incarnations);
      const { candidates, isContinued } = readSeriesRequest(request, owner, request.query);
      const isJson = type === "application/json";
      // One more shows whether there are more.
      const most = isJson ? (limit ?? defaultLimit) + 1 : limit;
      const found = await firstWithPoints(series, owner, candidates, most);
      if (found === undefined && !isContinued) {
        const kinds = await kindsOf(series, owner, metric);
        if (kinds.size === 0 && !isRegistered) throw unknownDevice(id);
        // An empty answer would say that nothing was sent.
        if (kinds.has("text") && !kinds.has("number")) refuseOfText(candidates[0]!.range.aggregate);
      }
      const candidate = found?.candidate ?? candidates[0]!;
      const { chosen, next } = candidate;
      const batches = shaped(series, owner, candidate, found?.batches ?? nothing(), most);
      const spans = await series.classes({ ...candidate.range, field: candidate.field });
      if (spans !== undefined && !isJson) void reply.headers(classesHeader(spans));
      void reply.type(type === parquetType ? type : `${type}; charset=utf-8`);
      const content: AsyncIterable<string | Uint8Array> = isJson
        ? jsonRows(batches, {
            head: { metric, ...chosen, ...(spans && { classes: spans.map(classOf) }) },
            limit: limit ?? defaultLimit,
            next: ([time]) => next(time),
          })
        : type === "text/csv"
          ? csvRows(batches)
          : type === parquetType
            ? parquetFile(labelled(batches), { labels: [], values: [hasTexts(candidate) ? "text" : "number"] })
            : ndjsonRows(batches);
      // A stream of bytes, since one of objects would hold sixteen batches ready for a reader that is slow.
      const body = Readable.from(request.method === "HEAD" ? [] : content, { objectMode: false });
      body.on("error", (error) => request.log.error(error));
      body.once("close", () => found?.close());
      return reply.send(body);
    },
  );
}

async function firstWithPoints(
  series: DeviceSeries,
  owner: SeriesOwner,
  candidates: readonly Candidate[],
  limit: number | undefined,
): Promise<(Begun<SeriesRow> & { candidate: Candidate }) | undefined> {
  for (const candidate of candidates) {
    const found = await begun(series.query(owner, { ...candidate.range, field: candidate.field, limit }));
    if (found !== undefined) return { ...found, candidate };
  }
  return undefined;
}

/** What of this metric was sent at any time. */
async function kindsOf(
  series: DeviceSeries,
  owner: SeriesOwner,
  metric: string,
): Promise<ReadonlySet<"number" | "text">> {
  const fields = await series.fields(owner);
  return new Set(fields.map(metricOfField).flatMap((each) => (each.metric === metric ? [each.kind] : [])));
}

function hasTexts({ field, range }: Candidate): boolean {
  return isTextField(field) && range.aggregate !== "count";
}

async function* labelled(batches: AsyncIterable<readonly FilledRow[]>): AsyncGenerator<LabelledRows> {
  for await (const rows of batches) yield { labels: {}, rows };
}

async function* nothing(): AsyncGenerator<never> {}
