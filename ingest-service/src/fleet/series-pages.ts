import type { FleetDevice, FleetDevices, FleetText } from "./fleet-devices.ts";

/** Where a page begins: the bounds that the query had at first, and the last device that was answered. */
export type Place = readonly [from: number, to: number, after: string];

export function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [from, to, after] = value as unknown[];
  return Number.isInteger(from) && Number.isInteger(to) && typeof after === "string";
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
