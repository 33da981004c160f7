import type { Logger } from "@headwater/core";
import type { TimeSeriesStore } from "@headwater/time-series";
import type { Erasure } from "../devices/erasure-table.ts";
import { incarnationTag, telemetryMeasurement } from "./telemetry-points.ts";

/** All that a store has. */
const from = -(2 ** 53) + 1;
const to = 2 ** 53 - 1;

/** Which incarnation of its device a series is of, by its tags. */
export function incarnationOfTags(tags: Readonly<Record<string, string>>): number {
  return Number(tags[incarnationTag] ?? 0);
}

/**
 * Deletes what incarnations below that have sent; done again it deletes nothing else. The series of the first one has
 * no tag that the others have not, and InfluxDB deletes by tags that are there: it goes with all of the device, as long
 * as nothing of a later one is stored. Otherwise nobody is shown it any more, and the log says so.
 */
export async function erase(
  store: Pick<TimeSeriesStore, "listSeries" | "deleteRange">,
  { device, below }: Erasure,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const series = await store.listSeries(telemetryMeasurement, { device });
  const stored = new Set(series.map(({ tags }) => incarnationOfTags(tags)));
  const erased = [...stored].filter((incarnation) => incarnation < below);
  // Whoever has the partition now may store data of the next one at any time.
  if (erased.length === 0 || signal.aborted) return;
  if (erased.length === stored.size) {
    await store.deleteRange(telemetryMeasurement, { device }, from, to);
    return;
  }
  for (const incarnation of erased) {
    if (incarnation > 0) {
      await store.deleteRange(telemetryMeasurement, { device, [incarnationTag]: String(incarnation) }, from, to);
    } else logger.error({ device }, "data of a deleted device is hidden, not deleted: there is data of the next one");
  }
}
