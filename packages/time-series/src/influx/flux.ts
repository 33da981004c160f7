import { toFluxValue } from "@influxdata/influxdb-client";
import type { SeriesQuery } from "../time-series-store.ts";
import { END_OF_TIME, MIN_TIME } from "../point-checks.ts";
import { isTextField } from "../field-names.ts";
import { modulo, type Span } from "../windows/index.ts";
import type { WantedTag } from "./influxql.ts";
import { encodeName } from "./names.ts";
import { fluxTime, rfc3339Of } from "./times.ts";

/**
 * InfluxDB's CSV loses carriage returns and turns a line feed into two characters. As JSON, text comes back as it was.
 */
const JSON_PACKAGE = 'import "json"\n';
const TEXT_AS_JSON = "map(fn: (r) => ({r with _value: string(v: json.encode(v: r._value))}))";

/**
 * The storage of InfluxDB 2.7 never ends a mean, sum or count over a range that lies wholly before 1970. This changes
 * nothing but where the work is done.
 */
const IN_THE_ENGINE = "map(fn: (r) => ({r with _value: r._value}))";

/** Whether the values of the answer are text (as JSON). */
export function hasTextValues({ field, aggregate }: SeriesQuery): boolean {
  return isTextField(field) && aggregate !== "count";
}

/** Windows of one length, of which one begins at `start`. */
export interface FluxGrid {
  readonly every: number;
  readonly start: number;
}

type Tags = Readonly<Record<string, string>>;

/**
 * Flux and delete predicates. Everything that is not ours is a quoted literal. A series with exactly these tags is told
 * from one with more by the columns that are left once the known ones are dropped.
 */
export function seriesFlux(
  bucket: string,
  query: SeriesQuery,
  { start, end }: Span,
  limit: number,
  grid?: FluxGrid,
): string {
  const { aggregate } = query;
  const steps = seriesSteps(bucket, query, { start, end });
  if (aggregate !== undefined && grid !== undefined) {
    const { every } = grid;
    const aligned = `every: ${every}us, offset: ${modulo(grid.start, every)}us`;
    steps.push(`aggregateWindow(${aligned}, fn: ${aggregate}, createEmpty: false, timeSrc: "_start")`);
  } else if (aggregate !== undefined) {
    if (end <= 0) steps.push(IN_THE_ENGINE);
    steps.push(`${aggregate}()`);
  }
  if (limit < Infinity) steps.push(`limit(n: ${limit})`);
  if (hasTextValues(query)) steps.push(TEXT_AS_JSON);
  steps.push(dropOf(query));
  return `${JSON_PACKAGE}${steps.join(" |> ")}`;
}

/** The first and the last point, without their values, which may be text of any form. */
export function extentFlux(bucket: string, query: SeriesQuery, span: Span): string {
  const all = seriesSteps(bucket, query, span).join(" |> ");
  const ends = ["first", "last"].map(
    (end) => `all |> ${end}() |> map(fn: (r) => ({r with _value: 0})) |> ${dropOf(query)} |> yield(name: "${end}")`,
  );
  return [`all = ${all}`, ...ends].join("\n");
}

export function countFlux(bucket: string, query: SeriesQuery, span: Span): string {
  const steps = seriesSteps(bucket, query, span);
  if (span.end <= 0) steps.push(IN_THE_ENGINE);
  return [...steps, "count()", dropOf(query)].join(" |> ");
}

function seriesSteps(bucket: string, { measurement, tags, field }: SeriesQuery, { start, end }: Span): string[] {
  return [source(bucket, start, end), filter(measurement, tags, field)];
}

function dropOf({ tags }: SeriesQuery): string {
  return drop(["_start", "_stop", "_measurement", "_field", ...Object.keys(tags).map(encodeName)]);
}

/** The newest value of every field of the series that have each of these tags at one of its values, with their tags. */
export function latestOfFlux(bucket: string, measurement: string, wanted: readonly WantedTag[]): string {
  const steps = [source(bucket, MIN_TIME, END_OF_TIME), filter(measurement, {})];
  for (const { tag, values } of wanted) {
    const column = `r[${quote(encodeName(tag))}]`;
    const each = values.map((value) => `${column} == ${quote(encodeName(value))}`);
    steps.push(`filter(fn: (r) => ${anyOf(each)})`);
  }
  return newestOfBothKinds(steps.join(" |> "), drop(["_start", "_stop", "_measurement"]));
}

/** The newest time of every series, without values. */
export function newestTimesFlux(bucket: string, measurement: string): string {
  const all = `${source(bucket, MIN_TIME, END_OF_TIME)} |> ${filter(measurement, {})}`;
  return newestOfBothKinds(all, drop(["_start", "_stop", "_measurement", "_value"]));
}

/** As a tree: Flux reads a chain of some hundred as nested too deep. */
function anyOf(conditions: readonly string[]): string {
  if (conditions.length < 2) return conditions[0] ?? "false";
  const half = conditions.length >>> 1;
  return `(${anyOf(conditions.slice(0, half))} or ${anyOf(conditions.slice(half))})`;
}

function newestOfBothKinds(all: string, dropped: string): string {
  return `${JSON_PACKAGE}all = ${all}
all |> filter(fn: (r) => r["_field"] !~ /_text$/) |> last() |> ${dropped} |> yield(name: "numbers")
all |> filter(fn: (r) => r["_field"] =~ /_text$/) |> last() |> ${TEXT_AS_JSON} |> ${dropped} |> yield(name: "texts")`;
}

/** One row for every series, its columns the tags and the field. */
export function listSeriesFlux(bucket: string, measurement: string, tags: Tags): string {
  const dropped = ["_start", "_stop", "_measurement", "_time", "_value"];
  return [source(bucket, MIN_TIME, END_OF_TIME), filter(measurement, tags), "last()", drop(dropped)].join(" |> ");
}

/** The values of a tag as they are stored, sorted, after one of them. */
export function tagValuesFlux(
  bucket: string,
  measurement: string,
  tag: string,
  after: string | undefined,
  limit: number,
): string {
  const range = `start: ${fluxTime(MIN_TIME)}, stop: ${fluxTime(END_OF_TIME)}`;
  const predicate = `(r) => r["_measurement"] == ${quote(encodeName(measurement))}`;
  const of = `bucket: ${quote(bucket)}, tag: ${quote(encodeName(tag))}, predicate: ${predicate}, ${range}`;
  const rest = after === undefined ? [] : [`filter(fn: (r) => r["_value"] > ${quote(encodeName(after))})`];
  const steps = [`schema.tagValues(${of})`, ...rest, "sort()", `limit(n: ${limit})`];
  return `import "influxdata/influxdb/schema"\n${steps.join(" |> ")}`;
}

export function measurementsFlux(bucket: string): string {
  const range = `start: ${fluxTime(MIN_TIME)}, stop: ${fluxTime(END_OF_TIME)}`;
  return `import "influxdata/influxdb/schema"\nschema.measurements(bucket: ${quote(bucket)}, ${range})`;
}

/** The body of a delete request. Its bounds are inclusive in nanoseconds. */
export function deletion(measurement: string, tags: Tags, from: number, to: number): object {
  const terms = [["_measurement", measurement] as const, ...Object.entries(tags)];
  const predicate = terms
    .map(([name, value], i) => `${i === 0 ? name : `"${predicateText(name)}"`}="${predicateText(value)}"`)
    .join(" AND ");
  return { start: rfc3339Of(from), stop: rfc3339Of(to - 1, 999), predicate };
}

function source(bucket: string, from: number, to: number): string {
  return `from(bucket: ${quote(bucket)}) |> range(start: ${fluxTime(from)}, stop: ${fluxTime(to)})`;
}

function filter(measurement: string, tags: Tags, field?: string): string {
  const terms = [["_measurement", measurement] as const, ...Object.entries(tags)];
  const conditions = terms.map(
    ([name, value], i) => `r[${quote(i === 0 ? name : encodeName(name))}] == ${quote(encodeName(value))}`,
  );
  if (field !== undefined) conditions.push(`r["_field"] == ${quote(encodeName(field))}`);
  return `filter(fn: (r) => ${conditions.join(" and ")})`;
}

function drop(columns: readonly string[]): string {
  return `drop(columns: [${columns.map(quote).join(", ")}])`;
}

function quote(text: string): string {
  return toFluxValue(text);
}

/** Encoded names have neither backslashes nor control characters, so the quote is all there is to escape. */
function predicateText(text: string): string {
  return encodeName(text).replaceAll('"', String.raw`\"`);
}
