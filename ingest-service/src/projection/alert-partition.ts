import type { GroupBatch } from "@headwater/event-log";
import { events } from "@headwater/proto";
import type { Point } from "@headwater/time-series";
import { type Refusal, undecodable } from "../quarantine/refusal.ts";
import { alertPoint } from "./alert-points.ts";
import type { PointBatch } from "./point-batch.ts";

/** The points of a batch of alerts.v1. */
export function alertPointBatch(batch: GroupBatch, onDurable: (offset: number) => void): PointBatch {
  const { records, topic, partition, signal } = batch;
  const points: Point[] = [];
  const sources: number[] = [];
  const refusals: Refusal[] = [];
  records.forEach((record, index) => {
    try {
      points.push(alertPoint(events.alert.decode(record.value ?? Buffer.from([0]))));
      sources.push(index);
    } catch (error) {
      refusals.push(undecodable(error, index));
    }
  });
  const next = records.at(-1)!.offset + 1;
  return { topic, partition, records, points, sources, refusals, signal, onDurable: () => onDurable(next) };
}
