import type { Metrics } from "@headwater/service";
import type { BacktestsOptions } from "./backtests.ts";

/** Metrics of the backtests of this process. */
export function backtestMetrics(metrics: Metrics): Pick<BacktestsOptions, "onRecords" | "onEnded"> {
  const records = metrics.counter("headwater_backtest_records_total", "Telemetry records that backtests have read");
  const ended = metrics.counter("headwater_backtests_total", "Backtests that have ended, by how", ["state"]);
  return {
    onRecords: (count) => records.inc(count),
    onEnded: ({ state }) => ended.labels({ state }).inc(),
  };
}
