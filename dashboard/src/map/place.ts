import { type Coordinates, type WorldPoint, worldPoint } from "./mercator.ts";

/** How a device is: the worst that is open of it, else whether it is connected. */
export const looks = ["critical", "warning", "accent", "good", "muted"] as const;
export type PlaceLook = (typeof looks)[number];

/** A device on the map. */
export interface Place extends WorldPoint {
  readonly id: string;
  readonly look: PlaceLook;
}

/** Names under which devices have their coordinates; the first that a device has count. */
const names = [
  ["lat", "lon"],
  ["lat", "lng"],
  ["latitude", "longitude"],
] as const;

/** Where a device stands; undefined: its attributes do not say, or say what is no place. */
export function placeOf(attributes: Readonly<Record<string, unknown>>): WorldPoint | undefined {
  for (const [latName, lonName] of names) {
    const [lat, lon] = [degrees(attributes[latName], 90), degrees(attributes[lonName], 180)];
    if (lat !== undefined && lon !== undefined) return worldPoint({ lat, lon } satisfies Coordinates);
  }
  return undefined;
}

function degrees(value: unknown, most: number): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Math.abs(number) <= most ? number : undefined;
}
