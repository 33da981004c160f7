import { createHash } from "node:crypto";
import { RequestError } from "@headwater/core";
import { type CursorList, decodeCursor, encodeCursor } from "@headwater/service";
import type { FleetDevice, FleetDevices, FleetText } from "./fleet-devices.ts";

/** The query, the bounds that it had at first, and the last device that was answered. */
type Place = readonly [query: string, from: number, to: number, after: string];

/** Reads a cursor; throws RequestError (400) for that of another query. `query`: all of it but cursor and sizes. */
export function readPlace(list: CursorList, cursor: string | undefined, query: object): Place | undefined {
  const place = decodeCursor(list, cursor, isPlace);
  if (place !== undefined && place[0] !== fingerprint(query)) {
    const text = "The cursor is of another query; send it with the parameters of the answer that gave it";
    throw new RequestError(400, "invalid-cursor", text);
  }
  return place;
}

export function placeAfter(list: CursorList, query: object, from: number, to: number, device: string): string {
  return encodeCursor(list, [fingerprint(query), from, to, device] satisfies Place);
}

function fingerprint(query: object): string {
  const said = Object.entries(query).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(said)).digest("base64url").slice(0, 12);
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [print, from, to, after] = value as unknown[];
  return typeof print === "string" && Number.isInteger(from) && Number.isInteger(to) && typeof after === "string";
}

/** All devices of a query, in pages of so many. */
export async function* pagesOf(
  fleet: FleetDevices,
  named: FleetText,
  limit: number,
): AsyncGenerator<readonly FleetDevice[]> {
  for (let after: string | undefined; ;) {
    const devices = await fleet.of(named, { limit, after });
    yield devices.slice(0, limit);
    if (devices.length <= limit) return;
    after = devices[limit - 1]!.id;
  }
}
