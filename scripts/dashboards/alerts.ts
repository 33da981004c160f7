import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertsSince } from "./alert-queries.ts";
import { board, choice, search } from "./board.ts";
import { bars, maxRows, statOfRows, table } from "./panels.ts";
import { flux, influx } from "./sources.ts";

const lookBack = "30d";
const chosen = " and r.rule =~ /^${rule:regex}$/ and r.device =~ /(?i)${find:regex}/";
const folded = `import "date"\n${alertsSince(`date.sub(d: ${lookBack}, from: v.timeRangeStop)`, chosen)}`;
/** An alert that silence raised has no value. */
const withNull = `import "internal/debug"\n${folded}`;
const openNow = `Open at the end of the time range, raised in the ${lookBack} before it; rules in shadow left out.`;

/** How alerts stand and what happened to them. An alert counts once, however many transitions it has. */
export function alertsBoard(): DashboardBuilder {
  return board("headwater-alerts", "Headwater: alerts", "1m")
    .withVariable(
      choice({
        name: "rule",
        label: "Rule",
        description: "Rules with alerts in the time range, the first 500",
        query: `
import "influxdata/influxdb/schema"

schema.tagValues(bucket: v.defaultBucket, tag: "rule", predicate: (r) => r._measurement == "alerts", start: v.timeRangeStart, stop: v.timeRangeStop)
  |> sort()
  |> limit(n: 500)`,
        multi: true,
      }).allValue(".*"),
    )
    .withVariable(search("find", "Find device", "Part of the id of a device, in any case"))
    .withPanel(
      statOfRows(
        {
          title: "Open, by severity and state",
          description: openNow,
          source: influx,
          targets: [
            flux(
              `${folded}
open
  |> map(fn: (r) => ({which: r.severity + ", " + (if r.acknowledged then "acknowledged" else "active"), alerts: 1}))
  |> group(columns: ["which"])
  |> sum(column: "alerts")
  |> group()
  |> sort(columns: ["which"])`,
            ),
          ],
          width: 24,
          height: 5,
        },
        "which",
      ),
    )
    .withPanel(
      table({
        title: "Open now",
        description: `${openNow} The newest ${maxRows}, with the value that raised, escalated or amended each last.`,
        source: influx,
        targets: [
          flux(
            `${withNull}
open
  |> map(fn: (r) => ({raised: r.raised, severity: r.severity, rule: r.rule, device: r.device, state: if r.acknowledged then "acknowledged" else "active", value: if r.measured then r.value else debug.null(type: "float")}))
  |> sort(columns: ["raised"], desc: true)
  |> limit(n: ${maxRows})`,
          ),
        ],
        width: 24,
        height: 12,
        times: ["raised"],
      }),
    )
    .withPanel(
      bars({
        title: "Raised, by severity",
        description:
          "Alerts that were raised in each interval. What clears them is not counted again; rules in shadow are.",
        source: influx,
        targets: [
          flux(`
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "alerts" and r._field == "kind_text" and r._value == "raised"${chosen})
  |> group(columns: ["severity"])
  |> aggregateWindow(every: v.windowPeriod, fn: count, createEmpty: false)
  |> keep(columns: ["_time", "_value", "severity"])`),
        ],
        width: 12,
        height: 10,
        name: "${__field.labels.severity}",
      })
        .maxDataPoints(100)
        .interval("1m"),
    )
    .withPanel(
      table({
        title: "Raised most often",
        description: "The 20 pairs of rule and device with the most alerts raised in the time range.",
        source: influx,
        targets: [
          flux(`
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "alerts" and r._field == "kind_text" and r._value == "raised"${chosen})
  |> group(columns: ["rule", "device"])
  |> count()
  |> group()
  |> sort(columns: ["_value"], desc: true)
  |> limit(n: 20)
  |> keep(columns: ["rule", "device", "_value"])
  |> rename(columns: {_value: "raised"})`),
        ],
        width: 12,
        height: 10,
      }),
    )
    .withPanel(
      table({
        title: "What happened",
        description: "The newest 200 transitions in the time range, those of rules in shadow included.",
        source: influx,
        targets: [
          flux(`
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "alerts"${chosen})
  |> filter(fn: (r) => r._field == "kind_text" or r._field == "value" or r._field == "threshold" or r._field == "shadow")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 200)
  |> rename(columns: {_time: "at", kind_text: "what"})
  |> keep(columns: ["at", "what", "severity", "rule", "device", "value", "threshold", "shadow"])`),
        ],
        width: 24,
        height: 12,
      }),
    );
}
