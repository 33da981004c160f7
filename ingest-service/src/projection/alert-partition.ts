import { alertTransition } from "@headwater/proto";
import type { GroupBatch } from "@headwater/event-log";
import type { FoldedEvents } from "@headwater/service";
import type { Point } from "@headwater/time-series";
import { alertPoint } from "./alert-points.ts";
import { heldBytes, type PointBatch } from "./point-batch.ts";

/** The points of a batch of alerts.v1. What no reader counts gives none. */
export function alertPointBatch(
  batch: GroupBatch,
  folded: FoldedEvents,
  onDurable: (offset: number) => void,
): PointBatch {
  const { records, topic, partition, signal } = batch;
  const points: Point[] = [];
  const sources: number[] = [];
  records.forEach((record, index) => {
    const event = folded.alert(batch, record);
    // A repetition is of an action, and no transition of the alert.
    if (event === undefined || (event.kind as number) === alertTransition.repeated) return;
    points.push(alertPoint(event));
    sources.push(index);
  });
  const valueBytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  const bytes = heldBytes(valueBytes, points.length);
  const next = records.at(-1)!.offset + 1;
  return { topic, partition, records, points, sources, bytes, refusals: [], signal, onDurable: () => onDurable(next) };
}
