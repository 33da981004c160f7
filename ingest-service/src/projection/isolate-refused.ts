import { metricOfField, type Point, type RefusedPoint, type TimeSeriesStore } from "@headwater/time-series";
import type { Refusal } from "../quarantine/refusal.ts";
import type { PointBatch } from "./point-batch.ts";

interface Place {
  readonly pointBatch: PointBatch;
  readonly source: number;
}

interface SingleField extends Place {
  readonly metric: string;
}

/**
 * Finds out which metrics of refused points are at fault: a point of several fields is written again as one point for
 * each, so that a field the store will not take costs the event no other. Rejects like `store.write`, and may then be
 * repeated from the start.
 */
export async function isolateRefused(
  store: Pick<TimeSeriesStore, "write">,
  pointBatches: readonly PointBatch[],
  refused: readonly RefusedPoint[],
): Promise<Map<PointBatch, Refusal[]>> {
  const found = new Map<PointBatch, Refusal[]>();
  const singles: Point[] = [];
  const owners: SingleField[] = [];
  const reasons = new Map<number, string>();
  for (const { index, reason } of refused) {
    const place = placeOf(pointBatches, index);
    const point = place.pointBatch.points[place.index]!;
    const fields = Object.entries(point.fields);
    for (const [field, value] of fields) {
      if (fields.length === 1) reasons.set(singles.length, reason);
      singles.push({ ...point, fields: { [field]: value } });
      owners.push({ pointBatch: place.pointBatch, source: place.source, metric: metricOfField(field).metric });
    }
  }
  const again = [...singles.keys()].filter((index) => !reasons.has(index));
  if (again.length > 0) {
    const result = await store.write(again.map((index) => singles[index]!));
    for (const { index, reason } of result.refused) reasons.set(again[index]!, reason);
  }
  for (const [index, reason] of reasons) {
    const { pointBatch, source, metric } = owners[index]!;
    const list = found.get(pointBatch) ?? [];
    found.set(pointBatch, list);
    list.push({ source, reason, cause: "", metrics: new Set([metric]) });
  }
  return found;
}

function placeOf(pointBatches: readonly PointBatch[], index: number): Place & { readonly index: number } {
  let at = index;
  for (const pointBatch of pointBatches) {
    if (at < pointBatch.points.length) return { pointBatch, index: at, source: pointBatch.sources[at]! };
    at -= pointBatch.points.length;
  }
  throw new RangeError(`the store refused point ${index}, which it was not given`);
}
