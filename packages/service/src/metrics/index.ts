export { createMetrics } from "./metrics.ts";
export type { CreateMetricsOptions, MetricOptions, Metrics } from "./metrics.ts";
export type { BoundCounter, Counter } from "./counter.ts";
export type { BoundGauge, Gauge } from "./gauge.ts";
export type { BoundHistogram, Histogram } from "./histogram.ts";
export { defaultBuckets } from "./histogram.ts";
