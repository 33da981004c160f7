import { startTransition, useEffect, useState } from "react";
import { inSlices } from "../data/in-slices.ts";
import type { WorldPoint } from "../map/mercator.ts";
import { placeOf } from "../map/place.ts";
import type { ListedDevice } from "./use-fleet.ts";

/** Where devices stand that say so, by id; undefined until it is known. Of 10,000 it takes longer than a frame. */
export function usePoints(devices: readonly ListedDevice[]): ReadonlyMap<string, WorldPoint> | undefined {
  const [points, setPoints] = useState<ReadonlyMap<string, WorldPoint>>();
  useEffect(() => {
    const found = new Map<string, WorldPoint>();
    let at = 0;
    return inSlices(
      () => {
        const device = devices[at];
        if (device === undefined) return false;
        const point = device.registered ? placeOf(device.attributes) : undefined;
        if (point !== undefined) found.set(device.id, point);
        at += 1;
        return true;
      },
      () => startTransition(() => setPoints(found)),
    );
  }, [devices]);
  return points;
}
