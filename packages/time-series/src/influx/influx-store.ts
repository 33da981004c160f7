import { StoreUnavailableError } from "../errors.ts";
import type { FluxTableMetaData } from "@influxdata/influxdb-client";
import { isTextField } from "../field-names.ts";
import { checkQuery, checkRange } from "../query-checks.ts";
import type {
  LatestPage,
  LatestValue,
  Point,
  SeriesQuery,
  SeriesRef,
  SeriesRow,
  TimeSeriesStore,
  WriteResult,
} from "../time-series-store.ts";
import { InfluxConnection, type InfluxStoreOptions } from "./connection.ts";
import { deletion, hasTextValues, latestFlux, listSeriesFlux, seriesFlux } from "./flux.ts";
import { pageOfFields, type MetricPage } from "../latest-page.ts";
import { InfluxRefusedError } from "./influx-errors.ts";
import { decodeName } from "./names.ts";
import { eachPiece } from "./result-rows.ts";
import { decodeText } from "./texts.ts";
import { microsOf } from "./times.ts";
import { PointWriter } from "./writer.ts";

/** Columns of an annotated table that are about the answer, not the data. */
const OF_THE_ANSWER = new Set(["", "result", "table"]);

/**
 * A store in InfluxDB 2. Nothing is sent before the first call; `health` tells whether server, bucket and token are
 * good.
 */
export function openInfluxStore(options: InfluxStoreOptions): TimeSeriesStore {
  return new InfluxStore(options);
}

class InfluxStore implements TimeSeriesStore {
  readonly #connection: InfluxConnection;
  readonly #writer: PointWriter;
  readonly #bucket: string;
  #closed = false;

  constructor(options: InfluxStoreOptions) {
    this.#connection = new InfluxConnection(options);
    this.#writer = new PointWriter(this.#connection);
    this.#bucket = options.bucket;
  }

  async write(points: readonly Point[]): Promise<WriteResult> {
    this.#assertOpen();
    return { refused: await this.#writer.write(points) };
  }

  async *query(query: SeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const { from, to } = checkQuery(query);
    this.#assertOpen();
    if (from >= to || query.limit === 0) return;
    const { window, aggregate } = query;
    const valueOf = hasTextValues(query) ? text : number;
    let rows: SeriesRow[] = [];
    const columns = new ColumnsOf(window === undefined && aggregate !== undefined ? ["_value"] : ["_time", "_value"]);
    const pieces = this.#run(seriesFlux(this.#bucket, query, from, to), (values, table) => {
      const at = columns.of(table);
      if (at === undefined) return;
      const time = window === undefined && aggregate !== undefined ? from : microsOf(values[at.time] as string);
      // A window cut off by the range still begins where all its like begin.
      rows.push([
        window === undefined ? time : Math.floor(time / window) * window,
        valueOf(values[at.value] as string),
      ]);
    });
    for await (const _ of pieces) {
      if (rows.length === 0) continue;
      yield rows;
      rows = [];
    }
  }

  async latest(measurement: string, tags: Readonly<Record<string, string>>): Promise<readonly LatestValue[]> {
    const latest: LatestValue[] = [];
    const columns = new ColumnsOf(["_time", "_value", "_field"]);
    const pieces = this.#run(latestFlux(this.#bucket, measurement, tags), (values, table) => {
      const at = columns.of(table);
      if (at === undefined) return;
      const field = decodeName(values[at.field] as string);
      const valueOf = isTextField(field) ? text : number;
      latest.push({ field, time: microsOf(values[at.time] as string), value: valueOf(values[at.value] as string) });
    });
    await finished(pieces);
    return latest;
  }

  async latestPage(measurement: string, tags: Readonly<Record<string, string>>, page: MetricPage): Promise<LatestPage> {
    const { found, next } = await pageOfFields(await this.latest(measurement, tags), ({ field }) => field, page);
    return { values: found, next };
  }

  async listSeries(measurement: string, tags: Readonly<Record<string, string>> = {}): Promise<readonly SeriesRef[]> {
    const series: SeriesRef[] = [];
    const pieces = this.#run(listSeriesFlux(this.#bucket, measurement, tags), (values, table) => {
      let field = "";
      const found: [string, string][] = [];
      for (const { label, index } of table.columns) {
        if (OF_THE_ANSWER.has(label)) continue;
        if (label === "_field") field = decodeName(values[index] as string);
        else found.push([decodeName(label), decodeName(values[index] as string)]);
      }
      series.push({ measurement, tags: Object.fromEntries(found), field });
    });
    await finished(pieces);
    return series;
  }

  async deleteRange(
    measurement: string,
    tags: Readonly<Record<string, string>>,
    from: number,
    to: number,
  ): Promise<void> {
    const range = checkRange(from, to);
    this.#assertOpen();
    if (range.from < range.to) await this.#connection.delete(deletion(measurement, tags, range.from, range.to));
  }

  async health(): Promise<void> {
    this.#assertOpen();
    const { status, message } = ((await this.#connection.health()) ?? {}) as { status?: string; message?: string };
    if (status !== "pass") throw new StoreUnavailableError(`InfluxDB says of itself: ${status} ${message ?? ""}`);
    await this.#connection.write("");
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#connection.close();
  }

  async *#run(flux: string, onRow: (values: string[], table: FluxTableMetaData) => void): AsyncGenerator<void> {
    this.#assertOpen();
    try {
      yield* eachPiece(this.#connection.query(flux), onRow);
    } catch (error) {
      if (!(error instanceof InfluxRefusedError)) throw error;
      throw new StoreUnavailableError(`InfluxDB refused a query: ${error.message}`, { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUnavailableError("the time-series store is closed");
  }
}

/** Where the wanted columns of a table are, or undefined if it has others too: then it is a series with more tags. */
class ColumnsOf {
  readonly #wanted: readonly string[];
  #table: FluxTableMetaData | undefined;
  #at: { time: number; value: number; field: number } | undefined;

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  of(table: FluxTableMetaData): { time: number; value: number; field: number } | undefined {
    if (table === this.#table) return this.#at;
    this.#table = table;
    const others = table.columns.filter(({ label }) => !OF_THE_ANSWER.has(label) && !this.#wanted.includes(label));
    const index = (wanted: string): number => table.columns.find(({ label }) => label === wanted)?.index ?? -1;
    // Selectors keep the time of the point they chose.
    const foreign = others.filter(({ label }) => label !== "_time");
    this.#at =
      foreign.length > 0 ? undefined : { time: index("_time"), value: index("_value"), field: index("_field") };
    return this.#at;
  }
}

async function finished(pieces: AsyncIterable<void>): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}

function text(json: string): string {
  return decodeText(JSON.parse(json) as string);
}

/** Flux writes infinities, which a sum can reach, in its own way. */
function number(written: string): number {
  return written === "+Inf" ? Infinity : written === "-Inf" ? -Infinity : Number(written);
}
