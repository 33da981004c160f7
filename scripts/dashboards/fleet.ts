import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertsSince } from "./alert-queries.ts";
import { board, choice, search } from "./board.ts";
import { lines, stat, statOfRows, table } from "./panels.ts";
import { flux, influx } from "./sources.ts";

const ranked = 20;

/** What the whole fleet does, in answers whose size does not grow with it. */
export function fleet(): DashboardBuilder {
  return board("headwater", "Headwater: fleet", "1m")
    .withVariable(search("find", "Find metric", "Part of the name of a metric, in any case"))
    .withVariable(
      choice({
        name: "metric",
        label: "Metric",
        description: "Numbers and booleans; the first 500 that the search finds",
        query: `
import "influxdata/influxdb/schema"

schema.fieldKeys(bucket: v.defaultBucket, predicate: (r) => r._measurement == "telemetry" and r._field !~ /_text$/ and r._field =~ /(?i)\${find:regex}/, start: v.timeRangeStart, stop: v.timeRangeStop)
  |> sort()
  |> limit(n: 500)`,
      }),
    )
    .withPanel(
      stat({
        title: "Devices heard",
        description: "Devices with at least one reading in the time range.",
        source: influx,
        targets: [flux(`${lastHeard}\nheard\n  |> count(column: "device")`)],
        width: 8,
        height: 5,
      }),
    )
    .withPanel(
      stat({
        title: "Silent for 5 minutes",
        description: "Devices with a reading in the time range, and none in its last five minutes.",
        source: influx,
        targets: [
          flux(`
import "date"
${lastHeard}
heard
  |> filter(fn: (r) => r.heard < date.sub(d: 5m, from: v.timeRangeStop))
  |> count(column: "device")`),
        ],
        width: 8,
        height: 5,
        alarmFrom: 1,
      }),
    )
    .withPanel(
      statOfRows(
        {
          title: "Open alerts by severity",
          description: "Episodes that are open at the end of the time range and were raised in the 30 days before it.",
          source: influx,
          targets: [
            flux(`
import "date"
${alertsSince("date.sub(d: 30d, from: v.timeRangeStop)")}
open
  |> group(columns: ["severity"])
  |> count(column: "device")
  |> group()
  |> rename(columns: {device: "alerts"})`),
          ],
          width: 8,
          height: 5,
        },
        "severity",
      ),
    )
    .withPanel(
      lines({
        title: "$metric in the fleet",
        description: "Of all devices together: the least, the mean and the greatest value of each interval.",
        source: influx,
        targets: [
          flux(perInterval("min", "lowest"), "A"),
          flux(perInterval("mean", "mean"), "B"),
          flux(perInterval("max", "highest"), "C"),
        ],
        width: 16,
        height: 10,
        name: "${__field.labels.of}",
      })
        .maxDataPoints(60)
        .interval("1m"),
    )
    .withPanel(
      table({
        title: "Longest silent",
        description: "The 20 devices that were heard longest ago, within the time range.",
        source: influx,
        targets: [flux(`${lastHeard}\nheard\n  |> sort(columns: ["heard", "device"])\n  |> limit(n: ${ranked})`)],
        width: 8,
        height: 10,
      }),
    )
    .withPanel(extremes("Highest $metric", "greatest", "top"))
    .withPanel(extremes("Lowest $metric", "least", "bottom"));
}

/** When each device was heard last. Without the values: those of text and of numbers are in no table together. */
const lastHeard = `
heard = from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry")
  |> last()
  |> keep(columns: ["_time", "device"])
  |> group(columns: ["device"])
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 1)
  |> group()
  |> rename(columns: {_time: "heard"})`;

const chosen = `from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry" and r._field =~ /^\${metric:regex}$/ and r._field !~ /_text$/)`;

/**
 * First per series, which the store does by itself, then over all of them in the same intervals. Grouping by time
 * instead takes InfluxDB nine times as long.
 */
function perInterval(aggregate: "min" | "mean" | "max", name: string): string {
  return `
${chosen}
  |> aggregateWindow(every: v.windowPeriod, fn: ${aggregate}, createEmpty: false, timeSrc: "_start")
  |> group()
  |> aggregateWindow(every: v.windowPeriod, fn: ${aggregate}, createEmpty: false)
  |> map(fn: (r) => ({_time: r._time, _value: r._value, of: "${name}"}))
  |> group(columns: ["of"])`;
}

function extremes(title: string, which: string, select: "top" | "bottom") {
  return table({
    title,
    description: `The ${ranked} devices whose newest value in the time range is ${which}.`,
    source: influx,
    targets: [
      flux(`
${chosen}
  |> last()
  |> group()
  |> ${select}(n: ${ranked})
  |> keep(columns: ["device", "_value", "_time"])
  |> rename(columns: {_value: "value", _time: "at"})`),
    ],
    width: 12,
    height: 10,
  });
}
