import type { Metrics } from "@headwater/service";

/** Metrics of the evaluation, shared by all partitions. */
export function partitionMetrics(metrics: Metrics) {
  return {
    records: metrics.counter("headwater_rules_records_total", "Telemetry records applied, by what they are", ["kind"]),
    undecodable: metrics.counter(
      "headwater_rules_undecodable_total",
      "Telemetry records that are none; the ingest service quarantines them",
    ),
    expired: metrics.counter(
      "headwater_rules_expired_records_total",
      "Telemetry records that the log had dropped before the rules could see them",
    ),
    engine: metrics.counter(
      "headwater_rules_engine_total",
      "What the evaluation counts: evaluations, duplicates, gaps, too late, amended, not numeric",
      ["what"],
    ),
    lag: metrics.gauge(
      "headwater_rules_lag_records",
      "Telemetry records of an owned partition that are still to be applied",
      ["partition"],
      { maxSeries: 1000 },
    ),
    stragglers: metrics.gauge(
      "headwater_rules_straggling_gateways",
      "Gateways that are more than 30 s behind the ticks while they send, and delay the timers of their devices",
      ["partition"],
      { maxSeries: 1000 },
    ),
    outputs: metrics.counter("headwater_rules_outputs_total", "Events appended because of rules, by topic", ["topic"]),
    raised: metrics.counter(
      "headwater_rules_alerts_raised_total",
      "Episodes raised (repeats after a restart included)",
    ),
    controlEvents: metrics.counter(
      "headwater_rules_joins_total",
      "Rules, devices and operator actions that took effect",
      ["kind"],
    ),
    warmed: metrics.counter("headwater_rules_warm_up_records_total", "Older records scanned to warm rules"),
    checkpoints: metrics.counter("headwater_rules_checkpoints_total", "Checkpoints written"),
    partitions: metrics.gauge("headwater_rules_partitions", "Telemetry partitions owned"),
    batchSeconds: metrics.histogram(
      "headwater_rules_batch_seconds",
      "Time to evaluate a batch and to append what came of it",
    ),
  };
}

export type PartitionMetrics = ReturnType<typeof partitionMetrics>;
