import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import { isoFromMicros, nowMicros } from "@headwater/core";
import { afterQuery, decodeCursor, encodeCursor, type HttpApp, listQuery } from "@headwater/service";
import { StoreUnavailableError } from "@headwater/time-series";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { deviceFilterQuery, readFilter, withGroup } from "./device-filter.ts";
import type { LastSeen } from "./last-seen.ts";
import { type DeviceFilter, type FoundDevice, lastSeenOf, listDevices } from "./device-list.ts";
import { type DeviceSort, deviceSorts, type Place } from "./device-order.ts";
import { nameKey } from "../devices/name-key.ts";
import { deviceState } from "../devices/device-model.ts";
import { deviceResource, heardDeviceSchema, listedDeviceSchema } from "../devices/device-resource.ts";

export interface DeviceListOptions {
  readonly model: ReadModel;
  readonly lastSeen: LastSeen;
  readonly positions: ReadPositions;
}

export function deviceListRoute(app: HttpApp, { model, lastSeen, positions }: DeviceListOptions): void {
  app.get(
    "/api/v1/devices",
    {
      config: { scopes: ["devices:read"], conditional: "content" },
      schema: {
        operationId: "listDevices",
        summary: "Devices, registered or heard, of a filter",
        description:
          "By id, unless `sort` says otherwise; `name` is by id as people sort, hall-2 before hall-10. A list by `lastSeen` moves while it is paged through: a device that " +
          "sends meanwhile may be on two pages, or on none.",
        tags: ["devices"],
        querystring: Type.Object({
          ...listQuery.properties,
          ...afterQuery,
          ...deviceFilterQuery,
          sort: Type.Union(
            deviceSorts.map((name) => Type.Literal(name)),
            { default: "id" },
          ),
          order: Type.Union([Type.Literal("asc"), Type.Literal("desc")], { default: "asc" }),
          lastSeen: Type.Boolean({
            default: true,
            description: "`false`: without when they were seen, for which the time-series store would be asked",
          }),
          count: Type.Boolean({ default: false, description: "`true`: `total` says how many match, on all pages" }),
        }),
        response: {
          200: Type.Object(
            {
              items: Type.Array(Type.Union([listedDeviceSchema, heardDeviceSchema], { title: "ListedDevice" })),
              next: Type.Union([Type.String(), Type.Null()]),
              total: Type.Optional(Type.Integer()),
            },
            { title: "ListedDevicePage" },
          ),
        },
      },
    },
    async (request) => {
      const { limit, cursor, after, sort, order, count } = request.query;
      await positions.waitFor(after);
      const filter = readFilter(withGroup(model.db, request.query));
      const place = decodeCursor(request, cursor, isPlaceOf(sort));
      const listing = {
        sort,
        isBack: order === "desc",
        limit,
        after: place && placeOf(sort, place),
        count,
      };
      const seen = needsSeen(filter, sort) ? await lastSeen.all() : undefined;
      const { devices, total } = await listDevices(model.db, filter, listing, seen);
      const shown = devices.slice(0, limit);
      const last = devices.length > limit ? shown.at(-1) : undefined;
      const next = last === undefined ? null : encodeCursor(request, sortPlace(sort, last));
      const isTold = request.query.lastSeen;
      const page = isTold && seen === undefined ? await withSeen(shown, lastSeen) : shown;
      const items = page.flatMap((device) => listedResource(model, device, isTold) ?? []);
      return { items, next, ...(total !== undefined && { total }) };
    },
  );
}

/** What the device is sorted by, unless its id tells. */
type SortPlace = readonly [id: string, key?: string | number];

function sortPlace(sort: DeviceSort, { id, key }: Place): SortPlace {
  return sort === "id" || sort === "name" ? [id] : [id, key];
}

function placeOf(sort: DeviceSort, [id, key]: SortPlace): Place {
  return { id, key: key ?? (sort === "name" ? nameKey(id) : id) };
}

function isPlaceOf(sort: DeviceSort): (value: unknown) => value is SortPlace {
  return (value): value is SortPlace => {
    if (!Array.isArray(value)) return false;
    const [id, key, ...more] = value as unknown[];
    if (typeof id !== "string" || more.length > 0) return false;
    if (sort === "id" || sort === "name") return key === undefined;
    return sort === "type" ? typeof key === "string" : Number.isSafeInteger(key);
  };
}

function needsSeen({ seenAfter, seenBefore, registered }: DeviceFilter, sort: DeviceSort): boolean {
  return sort === "lastSeen" || seenAfter !== undefined || seenBefore !== undefined || registered !== true;
}

/** Without the store there is a list, too. */
async function withSeen(devices: readonly FoundDevice[], lastSeen: LastSeen): Promise<readonly FoundDevice[]> {
  try {
    const sent = await lastSeen.of(devices);
    const now = nowMicros();
    return devices.map((device, i) => ({ ...device, lastSeen: lastSeenOf(sent[i], device.presenceSince, now) }));
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    return devices.map((device) => ({ ...device, lastSeen: undefined }));
  }
}

/** undefined: it was deleted meanwhile. */
function listedResource(model: ReadModel, found: FoundDevice, isSeenTold: boolean) {
  const { id, connected, presenceSince, lastSeen, registered } = found;
  const seen = {
    connected,
    ...(presenceSince !== undefined && {
      [connected ? "connectedAt" : "disconnectedAt"]: isoFromMicros(presenceSince),
    }),
    ...(isSeenTold && lastSeen !== undefined && { lastSeen: isoFromMicros(lastSeen) }),
  };
  if (!registered) return { id, registered: false as const, ...seen };
  const device = deviceState(model.db, id)?.device;
  return device && { ...deviceResource(device), registered: true as const, ...seen };
}
