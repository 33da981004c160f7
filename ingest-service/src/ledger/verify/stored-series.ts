import { partitionFor } from "@headwater/event-log";
import type { TimeSeriesStore } from "@headwater/time-series";
import { incarnationOfTags } from "../../projection/erase.ts";
import { telemetryMeasurement } from "../../projection/telemetry-points.ts";

/** A series as readers see it, whatever further tags its points carry. */
export interface StoredSeries {
  readonly device: string;
  readonly incarnation: number;
  readonly field: string;
}

/** The series of telemetry that the store has, by the partition of their device. */
export async function storedSeries(
  store: Pick<TimeSeriesStore, "listSeries">,
  partitions: number,
): Promise<ReadonlyMap<number, readonly StoredSeries[]>> {
  const found = new Map<string, StoredSeries>();
  for (const { tags, field } of await store.listSeries(telemetryMeasurement)) {
    const { device } = tags;
    if (device === undefined) continue;
    const series = { device, incarnation: incarnationOfTags(tags), field };
    found.set(keyOf(series), series);
  }
  return Map.groupBy(found.values(), ({ device }) => partitionFor(device, partitions));
}

export function keyOf({ device, incarnation, field }: StoredSeries): string {
  return JSON.stringify([device, incarnation, field]);
}
