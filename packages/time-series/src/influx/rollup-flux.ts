import { toFluxValue } from "@influxdata/influxdb-client";
import type { SummaryAggregate } from "../aggregate.ts";
import type { Span } from "../windows/index.ts";
import { fluxTime } from "./times.ts";

/** What of a minute or an hour is stored; a mean is a sum by a count. */
export const components = ["count", "sum", "min", "max", "first", "last"] as const;
export type Component = (typeof components)[number];

/** How components of parts become that of the whole. */
export const combiner: Readonly<Record<Component, SummaryAggregate>> = {
  count: "sum",
  sum: "sum",
  min: "min",
  max: "max",
  first: "first",
  last: "last",
};

/** Components of text. */
const ofText = new Set<Component>(["count", "first", "last"]);

export interface RollupBuckets {
  readonly raw: string;
  readonly minute: string;
  readonly hour: string;
}

export function rollupBuckets(raw: string): RollupBuckets {
  return { raw, minute: `${raw}-minute`, hour: `${raw}-hour` };
}

/** Roll-ups of a measurement are one measurement for each component, so that no field has two types. */
export function rollupMeasurement(measurement: string, component: Component): string {
  return `${measurement}.${component}`;
}

/** The count of a text is a number, and its field is called so. */
export function rollupField(field: string, component: Component, isText: boolean): string {
  return isText && component === "count" ? `${field}.count` : field;
}

/** Rolls up what `start` and `stop`, two variables before it, enclose. */
function rollupSteps(buckets: RollupBuckets, org: string, classes: readonly RollupClass[]): string {
  const lines = [
    `points = from(bucket: ${toFluxValue(buckets.raw)}) |> range(start: start, stop: stop)`,
    "numbers = points |> filter(fn: (r) => r._field !~ /_text$/)",
    "texts = points |> filter(fn: (r) => r._field =~ /_text$/)",
  ];
  for (const each of classes) {
    for (const component of components) {
      for (const kind of ofText.has(component) ? ["numbers", "texts"] : ["numbers"]) {
        const field = kind === "texts" && component === "count" ? ', _field: r._field + ".count"' : "";
        const value = component === "count" ? ", _value: float(v: r._value)" : "";
        lines.push(
          `${kind} |> aggregateWindow(every: ${everyOf[each]}, fn: ${component}, createEmpty: false, timeSrc: "_start")` +
            ` |> map(fn: (r) => ({r with _measurement: r._measurement + ".${component}"${field}${value}}))` +
            ` |> to(bucket: ${toFluxValue(buckets[each])}, org: ${toFluxValue(org)})` +
            ` |> yield(name: "${each} ${kind} ${component}")`,
        );
      }
    }
  }
  return lines.join("\n");
}

const everyOf = { minute: "1m", hour: "1h" } as const;
export type RollupClass = keyof typeof everyOf;

/** Rolls up a span of time now. */
export function rollupFlux(buckets: RollupBuckets, org: string, of: RollupClass, { start, end }: Span): string {
  return `start = ${fluxTime(start)}\nstop = ${fluxTime(end)}\n${rollupSteps(buckets, org, [of])}`;
}

export function taskName(raw: string): string {
  return `headwater roll-ups of ${raw}`;
}

/**
 * The task that rolls up the two days before the points end, four times a day: a run that fails has followers enough
 * before the points go, and what all of them miss the service does.
 */
export function rollupTask(
  buckets: RollupBuckets,
  org: string,
  rawMs: number,
  classes: readonly RollupClass[],
): string {
  return [
    'import "date"',
    `option task = {name: ${toFluxValue(taskName(buckets.raw))}, every: 6h, offset: 5m}`,
    `stop = date.truncate(t: date.sub(d: ${rawMs}ms, from: now()), unit: 1d)`,
    "start = date.sub(d: 2d, from: stop)",
    rollupSteps(buckets, org, classes),
  ].join("\n");
}

/** The time of the oldest point of a bucket. */
export function oldestFlux(bucket: string, before: number): string {
  return (
    `from(bucket: ${toFluxValue(bucket)}) |> range(start: ${fluxTime(0)}, stop: ${fluxTime(before)}) |> first()` +
    ' |> keep(columns: ["_time"]) |> group() |> sort(columns: ["_time"]) |> limit(n: 1) |> map(fn: (r) => ({r with _value: 0}))'
  );
}
