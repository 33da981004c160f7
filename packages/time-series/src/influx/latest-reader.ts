import type { FluxTableMetaData } from "@influxdata/influxdb-client";
import { isTextField } from "../field-names.ts";
import type { LatestValue, NewestTime } from "../time-series-store.ts";
import { OF_THE_ANSWER } from "./columns.ts";
import { latestOfFlux, newestTimesFlux } from "./flux.ts";
import { decodeName } from "./names.ts";
import { numberOf, textOf } from "./result-values.ts";
import type { RunFlux } from "./series-reader.ts";
import { microsOf } from "./times.ts";

type Tags = Readonly<Record<string, string>>;

/** Values of a tag in one question. */
const VALUES_A_QUERY = 200;
/** Of more sets of tags all of a measurement is asked for, in one question. */
const MOST_SETS = 2_000;

/** The newest points of many series. */
export class LatestReader {
  readonly #bucket: string;
  readonly #run: RunFlux;

  constructor(bucket: string, run: RunFlux) {
    this.#bucket = bucket;
    this.#run = run;
  }

  async latestOf(
    measurement: string,
    tagSets: readonly Tags[],
    fields: readonly string[] | undefined,
  ): Promise<readonly (readonly LatestValue[])[]> {
    const places = Map.groupBy(tagSets.keys(), (index) => keyOf(Object.entries(tagSets[index]!)));
    const latest: LatestValue[][] = tagSets.map(() => []);
    for (const flux of this.#questions(measurement, tagSets)) {
      await this.#eachRow(flux, ({ tags, field, time, value }) => {
        if (fields !== undefined && !fields.includes(field)) return;
        for (const index of places.get(keyOf(tags)) ?? []) {
          latest[index]!.push({ field, time, value: isTextField(field) ? textOf(value) : numberOf(value) });
        }
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

  *#questions(measurement: string, tagSets: readonly Tags[]): Generator<string> {
    const [first] = tagSets;
    if (first === undefined) return;
    const tag = Object.keys(first).find((name) => tagSets.every((tags) => Object.hasOwn(tags, name)));
    if (tag === undefined || tagSets.length > MOST_SETS) {
      yield latestOfFlux(this.#bucket, measurement);
      return;
    }
    const values = [...new Set(tagSets.map((tags) => tags[tag]!))];
    for (let start = 0; start < values.length; start += VALUES_A_QUERY) {
      yield latestOfFlux(this.#bucket, measurement, { tag, values: values.slice(start, start + VALUES_A_QUERY) });
    }
  }

  async #eachRow(flux: string, take: (row: SeriesEnd) => void): Promise<void> {
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

/** The newest point of one series. */
interface SeriesEnd {
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
