import { Readable } from "node:stream";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { Device } from "@headwater/aggregates";
import { isoFromMicros, sharedTurn } from "@headwater/core";
import { afterQuery, type HttpApp, wantedType } from "@headwater/service";
import { Type } from "@sinclair/typebox";
import { deviceState } from "../devices/device-model.ts";
import { deviceFilterQuery, readFilter, withGroup } from "../fleet/device-filter.ts";
import { listDevices } from "../fleet/device-list.ts";
import type { LastSeen } from "../fleet/last-seen.ts";
import type { ReadPositions } from "../telemetry/read-positions.ts";
import { cellOfAttribute, cellOfText } from "./device-cells.ts";

const csvType = "text/csv";
const ndjsonType = "application/x-ndjson";
const devicesAtATime = 500;

export interface ExportRouteOptions {
  readonly model: ReadModel;
  readonly lastSeen: LastSeen;
  readonly positions: ReadPositions;
}

export function exportRoute(app: HttpApp, { model, lastSeen, positions }: ExportRouteOptions): void {
  const { registered: _registered, ...filters } = deviceFilterQuery;
  app.get(
    "/api/v1/exports/devices",
    {
      config: { scopes: ["devices:read"], produces: [ndjsonType, csvType] },
      schema: {
        operationId: "exportDevices",
        summary: "All registered devices of a filter, as an import reads them",
        description:
          "By id; without credentials. In CSV there is a column for each tag and each attribute of any of them.",
        tags: ["devices"],
        querystring: Type.Object({ ...afterQuery, ...filters }),
      },
    },
    async (request, reply) => {
      await positions.waitFor(request.query.after);
      const filter = { ...readFilter(withGroup(model.db, request.query)), registered: true };
      const needsSeen = filter.seenAfter !== undefined || filter.seenBefore !== undefined;
      const listing = { sort: "id", isBack: false, limit: Number.MAX_SAFE_INTEGER - 1, count: false } as const;
      const { devices } = await listDevices(model.db, filter, listing, needsSeen ? await lastSeen.all() : undefined);
      const ids = devices.map(({ id }) => id);
      const isCsv = wantedType(request) === csvType;
      void reply.type(isCsv ? `${csvType}; charset=utf-8` : ndjsonType);
      if (isCsv) void reply.header("content-disposition", 'attachment; filename="devices.csv"');
      return reply.send(Readable.from(isCsv ? csvLines(model, ids) : jsonLines(model, ids)));
    },
  );
}

async function* jsonLines(model: ReadModel, ids: readonly string[]): AsyncGenerator<string> {
  for await (const devices of present(model, ids)) {
    yield devices
      .map(({ id, type, tags, attributes, createdAt }) => {
        const device = { id, type, tags, attributes, createdAt: isoFromMicros(createdAt) };
        return `${JSON.stringify(device)}\n`;
      })
      .join("");
  }
}

async function* csvLines(model: ReadModel, ids: readonly string[]): AsyncGenerator<string> {
  const [tags, attributes] = [new Set<string>(), new Set<string>()];
  for await (const devices of present(model, ids)) {
    for (const device of devices) {
      for (const name of Object.keys(device.tags)) tags.add(name);
      for (const name of Object.keys(device.attributes)) attributes.add(name);
    }
  }
  const [tagNames, attributeNames] = [[...tags].toSorted(), [...attributes].toSorted()];
  const line = (cells: readonly string[]): string => `${cells.join(",")}\r\n`;
  const columns = [...tagNames.map((name) => `tag.${name}`), ...attributeNames.map((name) => `attribute.${name}`)];
  yield line(["id", "type", "createdAt", ...columns].map(cellOfText));
  for await (const devices of present(model, ids)) {
    yield devices
      .map((device) =>
        line([
          ...[cellOfText(device.id), cellOfText(device.type), isoFromMicros(device.createdAt)],
          ...tagNames.map((name) => cellOfText(ownOf(device.tags, name) ?? "")),
          ...attributeNames.map((name) => {
            const value = ownOf(device.attributes, name);
            return value === undefined ? "" : cellOfAttribute(value);
          }),
        ]),
      )
      .join("");
  }
}

/** What another device calls `constructor` is nothing that every object has. */
function ownOf<T>(facts: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}

/** Those that are still there, in slices, so that a large fleet holds nobody up. */
async function* present(model: ReadModel, ids: readonly string[]): AsyncGenerator<readonly Device[]> {
  for (let from = 0; from < ids.length; from += devicesAtATime) {
    yield ids.slice(from, from + devicesAtATime).flatMap((id) => deviceState(model.db, id)?.device ?? []);
    await sharedTurn();
  }
}
