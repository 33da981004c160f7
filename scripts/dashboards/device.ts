import {
  BarAlignment,
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StateTimelinePanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { board, choice, search } from "./board.ts";
import { lines, maxRows, table } from "./panels.ts";
import { flux, influx } from "./sources.ts";

const maxCharts = 24;
const device = "r.device =~ /^${device:regex}$/";

/** The metric of a field, as packages/time-series/src/field-names.ts has it. */
const metricOf = `import "regexp"
import "strings"

metricOf = (field) =>
  regexp.replaceAllString(r: /(_text_*)_$/, v: strings.trimSuffix(v: field, suffix: "_text"), t: "$1")
`;

/** One device: a chart for each metric, because each has a unit of its own. */
export function deviceBoard(): DashboardBuilder {
  return board("headwater-device", "Headwater: device", "10s")
    .withVariable(search("find", "Find device", "Part of the id of a device, in any case"))
    .withVariable(
      choice({
        name: "device",
        label: "Device",
        description: "The first 1,000 that the search finds",
        query: `
import "influxdata/influxdb/schema"

schema.tagValues(bucket: v.defaultBucket, tag: "device", predicate: (r) => r._measurement == "telemetry" and r.device =~ /(?i)\${find:regex}/, start: v.timeRangeStart, stop: v.timeRangeStop)
  |> sort()
  |> limit(n: 1000)`,
      }),
    )
    .withVariable(search("findMetric", "Find metric", "Part of the name of a metric, in any case"))
    .withVariable(
      choice({
        name: "metric",
        label: "Metric",
        description: `Numbers and booleans (1 and 0), a chart each; the first ${maxCharts} that the search finds`,
        query: `
import "influxdata/influxdb/schema"

schema.fieldKeys(bucket: v.defaultBucket, predicate: (r) => r._measurement == "telemetry" and ${device} and r._field !~ /_text$/ and r._field =~ /(?i)\${findMetric:regex}/, start: v.timeRangeStart, stop: v.timeRangeStop)
  |> sort()
  |> limit(n: ${maxCharts})`,
        multi: true,
      }),
    )
    .withPanel(
      table({
        title: "Newest values",
        description: "The newest value of each metric in the time range, at most 500: a number, or a text.",
        source: influx,
        targets: [
          flux(`
${metricOf}
newest = from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry" and ${device})
  |> last()

numbers = newest
  |> filter(fn: (r) => r._field !~ /_text$/)
  |> map(fn: (r) => ({r with _field: metricOf(field: r._field)}))
  |> rename(columns: {_field: "metric", _value: "number", _time: "at"})
  |> keep(columns: ["metric", "number", "at"])

texts = newest
  |> filter(fn: (r) => r._field =~ /_text$/)
  |> map(fn: (r) => ({r with _field: metricOf(field: r._field)}))
  |> rename(columns: {_field: "metric", _value: "text", _time: "at"})
  |> keep(columns: ["metric", "text", "at"])

union(tables: [numbers, texts])
  |> group()
  |> sort(columns: ["metric"])
  |> limit(n: ${maxRows})`),
        ],
        width: 12,
        height: 12,
      }),
    )
    .withPanel(
      table({
        title: "Alerts",
        description: "The newest 100 transitions of the device's alerts in the time range.",
        source: influx,
        targets: [
          flux(`
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "alerts" and ${device})
  |> filter(fn: (r) => r._field == "kind_text" or r._field == "value")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 100)
  |> rename(columns: {_time: "at", kind_text: "what"})
  |> keep(columns: ["at", "what", "rule", "severity", "value"])`),
        ],
        width: 12,
        height: 12,
      }),
    )
    .withPanel(
      lines({
        title: "$metric",
        description: "The mean of each interval.",
        source: influx,
        targets: [
          flux(`
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry" and ${device} and r._field =~ /^\${metric:regex}$/ and r._field !~ /_text$/)
  |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false)
  |> keep(columns: ["_time", "_value", "_field"])`),
        ],
        width: 8,
        height: 8,
        name: "${__field.name}",
      })
        .barAlignment(BarAlignment.Center)
        .legend(
          new VizLegendOptionsBuilder()
            .displayMode(LegendDisplayMode.List)
            .placement(LegendPlacement.Bottom)
            .showLegend(false),
        )
        .repeat("metric")
        .maxPerRow(3)
        .maxDataPoints(500),
    )
    .withPanel(
      new StateTimelinePanel()
        .title("Texts")
        .description("The last text of each interval; the newest 2,000 changes of 20 metrics at most.")
        .datasource(influx)
        .targets([
          flux(`
${metricOf}
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry" and ${device} and r._field =~ /_text$/)
  |> aggregateWindow(every: v.windowPeriod, fn: last, createEmpty: false)
  |> map(fn: (r) => ({_time: r._time, _value: r._value, metric: metricOf(field: r._field)}))
  |> group()
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 2000)
  |> sort(columns: ["_time"])
  |> group(columns: ["metric"])`),
        ])
        .span(24)
        .height(8)
        .displayName("${__field.labels.metric}")
        .mergeValues(true)
        .showValue(VisibilityMode.Auto)
        .perPage(20)
        .maxDataPoints(100),
    );
}
