import { Type } from "@sinclair/typebox";
import { isoFromMicros, nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import {
  afterQuery,
  decodeCursor,
  encodeCursor,
  type HttpApp,
  isNumberPlace,
  jsonInSlices,
  listQuery,
  pageSchema,
  timeReference,
} from "@headwater/service";
import { unknownDevice } from "../devices/routes.ts";
import { readingsShown } from "../quarantine/look.ts";
import type { DeviceSeries } from "../telemetry/device-series.ts";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { incarnationsQuery } from "../telemetry/series-request.ts";
import type { FindOwner } from "../telemetry/series-route.ts";
import type { DeviceEvent, DeviceEvents } from "./device-events.ts";

export interface EventRoutesOptions {
  readonly events: DeviceEvents;
  readonly series: DeviceSeries;
  readonly positions: ReadPositions;
  readonly ownerOf: FindOwner;
}

/** Of one event. */
const maxHexBytes = 16 * 1024;
const maxReadings = 1_000;

const time = Type.String({ format: "date-time" });
const eventSchema = Type.Object(
  {
    partition: Type.Integer(),
    offset: Type.Integer(),
    appendedAt: Type.String({ format: "date-time", description: "When the log took it" }),
    receivedAt: Type.Optional(Type.String({ format: "date-time", description: "By the clock of its gateway" })),
    eventTime: Type.Optional(time),
    gateway: Type.Optional(Type.String()),
    epoch: Type.Optional(Type.Integer({ description: "With `gateway`, `partition` and `n`: its identity" })),
    n: Type.Optional(Type.Integer()),
    incarnation: Type.Optional(Type.Integer({ description: "Which of the devices of this id sent it; 0: the first" })),
    rule: Type.Optional(Type.String({ description: "The rule that derived it" })),
    attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
    readings: Type.Optional(
      Type.Array(
        Type.Object({
          metric: Type.String(),
          value: Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()]),
          time,
          unit: Type.Optional(Type.String()),
        }),
        { description: `The first ${maxReadings}` },
      ),
    ),
    problem: Type.Optional(Type.String({ description: "Why its bytes cannot be read" })),
    bytes: Type.Integer({ description: "Of the record in the log" }),
    hex: Type.String({ description: "The first 16 KiB of the record" }),
  },
  { title: "DeviceEvent" },
);

export function eventRoutes(app: HttpApp, { events, series, positions, ownerOf }: EventRoutesOptions): void {
  app.get(
    "/api/v1/devices/:id/events",
    {
      config: { scopes: ["telemetry:read"], documentedAnswer: pageSchema(eventSchema) },
      schema: {
        operationId: "listDeviceEvents",
        summary: "What the log still has of a device, event by event, the newest first",
        description:
          "Each event as the log has it: its readings with their types and units, where and when it was taken, and its " +
          "bytes. A page has `limit` events or half a MiB of them, and looks at 100,000 records of all devices at " +
          "most: it may have few events, or none, and a `next`. What could not be decoded is in quarantine.",
        tags: ["telemetry"],
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          ...listQuery.properties,
          ...incarnationsQuery,
          ...afterQuery,
          from: Type.Optional(
            Type.String({
              maxLength: 60,
              description:
                "Appended to the log then or later: ISO 8601, or relative like -1h; default: all that it has",
              ...timeReference,
            }),
          ),
          to: Type.Optional(
            Type.String({ maxLength: 60, description: "Exclusive; default: the end of the log", ...timeReference }),
          ),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { limit, cursor, incarnations, after } = request.query;
      const before = decodeCursor(request, cursor, isNumberPlace);
      const [from, to] = rangeOf(request.query);
      await positions.waitFor(after);
      const { owner, isRegistered } = ownerOf(id, incarnations);
      const page = await events.page(owner, { from, to, limit, before });
      const isNone = page.events.length === 0 && page.next === undefined;
      if (isNone && !isRegistered && (await series.fields(owner)).length === 0) throw unknownDevice(id);
      const answer = await jsonInSlices({
        head: {},
        name: "items",
        items: page.events,
        textOf: (event) => JSON.stringify({ partition: page.partition, ...shown(event) }),
        tail: { next: page.next === undefined ? null : encodeCursor(request, page.next) },
      });
      return reply.type("application/json; charset=utf-8").send(answer);
    },
  );
}

function rangeOf(query: {
  readonly from?: string;
  readonly to?: string;
}): readonly [number | undefined, number | undefined] {
  const now = nowMicros();
  const from = query.from === undefined ? undefined : parseTimeRef(query.from, now);
  const to = query.to === undefined ? undefined : parseTimeRef(query.to, now);
  if (from !== undefined && to !== undefined && from > to) {
    throw new RequestError(400, "invalid-range", "`from` is later than `to`; it has to be before it");
  }
  return [from, to];
}

function shown({ offset, appendTime, bytes, record, problem }: DeviceEvent): object {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxHexBytes)).toString("hex");
  const place = { offset, appendedAt: isoFromMicros(appendTime) };
  if (record === undefined) return { ...place, problem, bytes: bytes.length, hex };
  const { gateway, epoch, n, incarnation, attributes, derived } = record;
  return {
    ...place,
    receivedAt: isoFromMicros(record.receivedAt),
    eventTime: isoFromMicros(record.eventTime),
    ...{ gateway, epoch, n, incarnation },
    ...(derived !== null && { rule: derived.rule }),
    ...(Object.keys(attributes).length > 0 && { attributes: { ...attributes } }),
    readings: readingsShown(record, maxReadings).map((each) => ({ ...each, time: isoFromMicros(each.time) })),
    bytes: bytes.length,
    hex,
  };
}
