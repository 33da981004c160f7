import { isTextField } from "../field-names.ts";
import type { LatestValue } from "../time-series-store.ts";
import { fieldKeysInfluxql, latestInfluxql, type WantedTag } from "./influxql.ts";
import type { InfluxqlSeries } from "./influxql-answer.ts";
import type { InfluxqlEndpoint } from "./influxql-endpoint.ts";
import { decodeName, encodeName } from "./names.ts";
import { decodeText } from "./texts.ts";

/** Each costs a statement; of more, Flux finds those that a device has at less. */
const MOST_FIELDS = 16;
const MOST_MEASUREMENTS = 64;
/** For so long a measurement that had too many fields is not looked at again, in milliseconds. */
const WIDE_MS = 600_000;

/** The newest point of a series, and the tags and the field as their owner knows them. */
export interface SeriesEnd extends LatestValue {
  readonly tags: readonly (readonly [name: string, value: string])[];
}

interface KnownFields {
  /** As they are stored. */
  readonly fields: readonly string[];
  readonly at: number;
}

/**
 * The newest points of series, field by field, in InfluxQL: a third to a sixth of what Flux costs InfluxDB. The fields
 * of a measurement are remembered, and asked for again behind each question: if there are new ones, the question is put
 * once more.
 */
export class LatestInfluxql {
  readonly #endpoint: InfluxqlEndpoint;
  readonly #known = new Map<string, KnownFields>();

  constructor(endpoint: InfluxqlEndpoint) {
    this.#endpoint = endpoint;
  }

  /** Undefined where Flux is to be asked. */
  async ends(
    measurement: string,
    wanted: readonly WantedTag[],
    fields: readonly string[] | undefined,
  ): Promise<readonly SeriesEnd[] | undefined> {
    if (fields !== undefined) {
      if (fields.length > MOST_FIELDS) return undefined;
      return this.#endsOf(measurement, wanted, [...new Set(fields.map(encodeName))]);
    }
    let known = await this.#fieldsOf(measurement);
    while (known !== undefined && known.length <= MOST_FIELDS) {
      const asked = known;
      const statements = [...latestInfluxql(measurement, asked, wanted), fieldKeysInfluxql(measurement)];
      const found = await this.#endpoint.ask(statements);
      if (found === undefined) return undefined;
      known = this.#learn(measurement, found.at(-1)!);
      if (known.every((field) => asked.includes(field))) return endsIn(found.slice(0, -1), asked);
    }
    return undefined;
  }

  async #endsOf(
    measurement: string,
    wanted: readonly WantedTag[],
    fields: readonly string[],
  ): Promise<readonly SeriesEnd[] | undefined> {
    if (fields.length === 0) return [];
    const found = await this.#endpoint.ask(latestInfluxql(measurement, fields, wanted));
    return found === undefined ? undefined : endsIn(found, fields);
  }

  async #fieldsOf(measurement: string): Promise<readonly string[] | undefined> {
    const known = this.#known.get(measurement);
    const isStale = known !== undefined && known.fields.length > MOST_FIELDS && known.at < performance.now() - WIDE_MS;
    if (known !== undefined && !isStale) return known.fields;
    const found = await this.#endpoint.ask([fieldKeysInfluxql(measurement)]);
    return found === undefined ? undefined : this.#learn(measurement, found[0]!);
  }

  #learn(measurement: string, series: readonly InfluxqlSeries[]): readonly string[] {
    // A field that somebody has written as two types is listed twice.
    const fields = [...new Set(series.flatMap(({ values }) => values.map(([field]) => String(field))))];
    if (this.#known.size >= MOST_MEASUREMENTS) this.#known.clear();
    this.#known.set(measurement, { fields, at: performance.now() });
    return fields;
  }
}

function endsIn(found: readonly (readonly InfluxqlSeries[])[], fields: readonly string[]): SeriesEnd[] {
  return found.flatMap((series, index) => {
    const field = decodeName(fields[index]!);
    const isText = isTextField(field);
    return series.flatMap(({ tags, values: [newest] }): SeriesEnd[] => {
      const [time, value] = newest ?? [];
      if (time === undefined || value === undefined || value === null) return [];
      const held = Object.entries(tags ?? {}).filter(([, text]) => text !== "");
      return [
        {
          tags: held.map(([name, text]) => [decodeName(name), decodeName(text)] as const),
          field,
          time: Number(time),
          value: isText ? decodeText(value as string) : Number(value),
        },
      ];
    });
  });
}
