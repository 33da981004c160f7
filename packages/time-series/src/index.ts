export * from "./aggregate.ts";
export { QuantileSketch } from "./aggregation/quantile-sketch.ts";
export { windowRows, type PointRange, type ReadPoints } from "./aggregation/window-rows.ts";
export * from "./time-series-store.ts";
export { StoreNeedsMendingError, StoreRejectedCredentialsError, StoreUnavailableError } from "./errors.ts";
export * from "./field-names.ts";
export { MAX_NAME_BYTES, MAX_TAGS, MAX_TEXT_BYTES } from "./point-checks.ts";
export {
  openTimeSeriesStore,
  retentionInInflux,
  timeSeriesSettings,
  type OpenTimeSeriesStoreOptions,
  type TimeSeriesConfig,
} from "./config.ts";
export { pageOfFields, type MetricPage } from "./latest-page.ts";
export {
  isLocal,
  windowFault,
  windowsOf,
  type LocalWindow,
  type Span,
  type Window,
  type Windows,
} from "./windows/index.ts";
export {
  classes,
  type ClassMarks,
  type ClassSpan,
  OLDER_THAN_RAW,
  type Retention,
  type RetentionClass,
} from "./retention.ts";
