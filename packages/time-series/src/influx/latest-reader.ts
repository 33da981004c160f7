import type { FluxTableMetaData } from "@influxdata/influxdb-client";
import { isTextField } from "../field-names.ts";
import type { LatestValue, NewestTime } from "../time-series-store.ts";
import { OF_THE_ANSWER } from "./columns.ts";
import { latestOfFlux, newestTimesFlux } from "./flux.ts";
import type { LatestInfluxql } from "./latest-influxql.ts";
import { decodeName } from "./names.ts";
import { numberOf, textOf } from "./result-values.ts";
import type { WantedTag } from "./influxql.ts";
import type { RunFlux } from "./series-reader.ts";
import { microsOf } from "./times.ts";

type Tags = Readonly<Record<string, string>>;

/** Values of a tag in one question. */
const VALUES_A_QUERY = 200;
/** Of more sets of tags all of a measurement is asked for, in one question. */
const MOST_SETS = 2_000;

/** The newest points of series: in InfluxQL where that can be had, else in Flux. */
export class LatestReader {
  readonly #bucket: string;
  readonly #run: RunFlux;
  readonly #influxql: LatestInfluxql;

  constructor(bucket: string, run: RunFlux, influxql: LatestInfluxql) {
    this.#bucket = bucket;
    this.#run = run;
    this.#influxql = influxql;
  }

  async latestOf(
    measurement: string,
    tagSets: readonly Tags[],
    fields: readonly string[] | undefined,
  ): Promise<readonly (readonly LatestValue[])[]> {
    const places = Map.groupBy(tagSets.keys(), (index) => keyOf(Object.entries(tagSets[index]!)));
    const latest: LatestValue[][] = tagSets.map(() => []);
    const take = (tags: WrittenEnd["tags"], value: LatestValue): void => {
      for (const index of places.get(keyOf(tags)) ?? []) latest[index]!.push(value);
    };
    for (const wanted of questions(tagSets)) {
      const ends = wanted.length === 0 ? undefined : await this.#influxql.ends(measurement, wanted, fields);
      for (const { tags, field, time, value } of ends ?? []) take(tags, { field, time, value });
      if (ends !== undefined) continue;
      const flux = latestOfFlux(this.#bucket, measurement, wanted);
      await this.#eachRow(flux, ({ tags, field, time, value }) => {
        if (fields !== undefined && !fields.includes(field)) return;
        take(tags, { field, time, value: isTextField(field) ? textOf(value) : numberOf(value) });
      });
    }
    return latest;
  }

  async newestTimes(measurement: string): Promise<readonly NewestTime[]> {
    const newest = new Map<string, NewestTime>();
    await this.#eachRow(newestTimesFlux(this.#bucket, measurement), ({ tags, time }) => {
      const key = keyOf(tags);
      if (time > (newest.get(key)?.time ?? -Infinity)) newest.set(key, { tags: Object.fromEntries(tags), time });
    });
    return [...newest.values()];
  }

  async #eachRow(flux: string, take: (row: WrittenEnd) => void): Promise<void> {
    let columns: SeriesColumns | undefined;
    let of: FluxTableMetaData | undefined;
    const pieces = this.#run(flux, (values, table) => {
      if (table !== of || columns === undefined) {
        columns = columnsOf(table);
        of = table;
      }
      take({
        tags: columns.tags.map(([name, index]) => [name, decodeName(values[index]!)]),
        field: decodeName(values[columns.field]!),
        time: microsOf(values[columns.time]!),
        value: values[columns.value] ?? "",
      });
    });
    for await (const _ of pieces);
  }
}

/** Which tags each question asks for; none: for all of the measurement. */
function* questions(tagSets: readonly Tags[]): Generator<readonly WantedTag[]> {
  const [first] = tagSets;
  if (first === undefined) return;
  if (tagSets.length === 1) {
    yield Object.entries(first).map(([tag, value]) => ({ tag, values: [value] }));
    return;
  }
  const common = Object.keys(first).filter((name) => tagSets.every((tags) => Object.hasOwn(tags, name)));
  const valuesOf = (tag: string): readonly string[] => [...new Set(tagSets.map((tags) => tags[tag]!))];
  const [finest] = common
    .map((tag) => ({ tag, values: valuesOf(tag) }))
    .toSorted((a, b) => b.values.length - a.values.length);
  if (finest === undefined || tagSets.length > MOST_SETS) {
    yield [];
    return;
  }
  const { tag, values } = finest;
  for (let start = 0; start < values.length; start += VALUES_A_QUERY) {
    yield [{ tag, values: values.slice(start, start + VALUES_A_QUERY) }];
  }
}

/** The newest point of one series, out of Flux. */
interface WrittenEnd {
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly field: string;
  readonly time: number;
  /** As it was written. */
  readonly value: string;
}

interface SeriesColumns {
  readonly tags: readonly (readonly [name: string, index: number])[];
  readonly field: number;
  readonly time: number;
  readonly value: number;
}

function columnsOf({ columns }: FluxTableMetaData): SeriesColumns {
  const index = (wanted: string): number => columns.find(({ label }) => label === wanted)?.index ?? -1;
  const own = new Set(["_field", "_time", "_value"]);
  const tags = columns
    .filter(({ label }) => !OF_THE_ANSWER.has(label) && !own.has(label))
    .map((column) => [decodeName(column.label), column.index] as const);
  return { tags, field: index("_field"), time: index("_time"), value: index("_value") };
}

function keyOf(tags: readonly (readonly [string, string])[]): string {
  return JSON.stringify(tags.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
