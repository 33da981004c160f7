import type { GroupBatch } from "@headwater/event-log";
import type { Metrics } from "@headwater/service";

export interface ProjectionMetrics {
  consumed(batch: GroupBatch): void;
  written(points: number, seconds: number): void;
  quarantined(records: number): void;
  beyondLimit(device: string, limit: string, metrics: number): void;
}

/** The others are counted as `other`. */
const maxNamedDevices = 50;

export function projectionMetrics(metrics: Metrics): ProjectionMetrics {
  const records = metrics.counter("headwater_ingest_records_total", "Records read by the projection", ["topic"]);
  const lag = metrics.gauge("headwater_ingest_lag_records", "Records behind what was read last", [
    "topic",
    "partition",
  ]);
  const points = metrics.counter("headwater_ingest_points_total", "Points stored");
  const writes = metrics.histogram("headwater_ingest_write_seconds", "Duration of writes to the time-series store");
  const quarantined = metrics.counter("headwater_ingest_quarantined_total", "Records quarantined");
  const beyondLimit = metrics.counter(
    "headwater_ingest_beyond_series_limit_total",
    "Metrics of events that went to quarantine because their device, the store or the minute has as many series as it may",
    ["device", "limit"],
    { maxSeries: maxNamedDevices },
  );
  return {
    consumed(batch) {
      const { topic, partition, highWatermark } = batch;
      records.labels({ topic }).inc(batch.records.length);
      const behind = highWatermark - batch.records.at(-1)!.offset - 1;
      lag.labels({ topic, partition: String(partition) }).set(behind);
    },
    written(count, seconds) {
      points.inc(count);
      writes.observe(seconds);
    },
    quarantined: (count) => quarantined.inc(count),
    beyondLimit: (device, limit, count) => beyondLimit.labels({ device, limit }).inc(count),
  };
}
