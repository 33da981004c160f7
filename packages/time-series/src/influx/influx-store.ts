import { StoreUnavailableError } from "../errors.ts";
import type { FluxTableMetaData } from "@influxdata/influxdb-client";
import { isSummaryAggregate } from "../aggregate.ts";
import { END_OF_TIME, MIN_TIME } from "../point-checks.ts";
import {
  bucketLength,
  type ClassSpan,
  classSpansInTurns,
  isOfSummaries,
  NO_MARKS,
  olderThanRaw,
  type RetentionClass,
} from "../retention.ts";
import { rolledSeries } from "./rolled-series.ts";
import { components, rollupBuckets, rollupMeasurement } from "./rollup-flux.ts";
import { RollupSetup } from "./rollup-setup.ts";
import { ensureShadowBucket, hasBucket, shadowBucket } from "./shadow-bucket.ts";
import { checkQuery, checkRange } from "../query-checks.ts";
import type {
  LatestPage,
  LatestValue,
  NewestTime,
  Point,
  RefusedPoint,
  SeriesQuery,
  SeriesRef,
  SeriesRow,
  ShadowStore,
  StoreUsage,
  TagValuePage,
  TimeSeriesStore,
  WriteResult,
} from "../time-series-store.ts";
import { InfluxConnection, type InfluxStoreOptions } from "./connection.ts";
import { ColumnsOf, OF_THE_ANSWER } from "./columns.ts";
import { deletion, listSeriesFlux, measurementsFlux, tagValuesFlux } from "./flux.ts";
import { pageOfFields, type MetricPage } from "../latest-page.ts";
import { InfluxRefusedError } from "./influx-errors.ts";
import { InfluxqlEndpoint } from "./influxql-endpoint.ts";
import { LatestInfluxql } from "./latest-influxql.ts";
import { LatestReader } from "./latest-reader.ts";
import { decodeName } from "./names.ts";
import { eachPiece } from "./result-rows.ts";
import { type RunFlux, SeriesReader } from "./series-reader.ts";
import { PointWriter } from "./writer.ts";

/**
 * A store in InfluxDB 2. Nothing is sent before the first call; `health` tells whether server, bucket and token are
 * good.
 */
export function openInfluxStore(options: InfluxStoreOptions): InfluxTimeSeriesStore {
  return new InfluxStore(options);
}

export interface InfluxTimeSeriesStore extends TimeSeriesStore {
  setUp(): Promise<readonly string[]>;
}

class InfluxStore implements InfluxTimeSeriesStore {
  readonly #connection: InfluxConnection;
  readonly #writer: PointWriter;
  readonly #reader: SeriesReader;
  readonly #latest: LatestReader;
  readonly #bucket: string;
  readonly #options: InfluxStoreOptions;
  readonly #rollups: RollupSetup | undefined;
  readonly #readers: Readonly<Record<RetentionClass, SeriesReader>>;
  #closed = false;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
    this.#connection = new InfluxConnection(options);
    this.#writer = new PointWriter(this.#connection);
    const run: RunFlux = (flux, onRow) => this.#run(flux, onRow);
    this.#reader = new SeriesReader(options.bucket, run);
    const { minute, hour } = rollupBuckets(options.bucket);
    this.#readers = { raw: this.#reader, minute: new SeriesReader(minute, run), hour: new SeriesReader(hour, run) };
    const influxql = new LatestInfluxql(new InfluxqlEndpoint(this.#connection, options));
    this.#latest = new LatestReader(options.bucket, run, influxql);
    this.#bucket = options.bucket;
    const { retention } = options;
    this.#rollups =
      retention === undefined
        ? undefined
        : new RollupSetup({ ...options, retention, connection: this.#connection, run });
    void this.#rollups?.start().catch(() => {});
  }

  /** Sets roll-ups up, which otherwise happens behind everything else; says what is missing. */
  async setUp(): Promise<readonly string[]> {
    await this.#rollups?.start();
    return this.warnings();
  }

  warnings(): readonly string[] {
    const missing = this.#rollups?.missing;
    return missing === undefined ? [] : [missing];
  }

  async openShadow(): Promise<ShadowStore> {
    this.#assertOpen();
    const { retention: _, ...options } = this.#options;
    const bucket = await ensureShadowBucket(this.#connection, options);
    const store = new InfluxStore({ ...options, bucket });
    return Object.assign(store, { discard: () => store.close() });
  }

  async sweepShadow(isOver: (measurement: string) => boolean): Promise<void> {
    this.#assertOpen();
    const bucket = shadowBucket(this.#bucket);
    if (!(await hasBucket(this.#connection, this.#options.org, bucket))) return;
    const found: string[] = [];
    const columns = new ColumnsOf(["_value"]);
    const pieces = this.#run(measurementsFlux(bucket), (row, table) => {
      const at = columns.of(table);
      if (at !== undefined) found.push(decodeName(row[at.value] as string));
    });
    await finished(pieces);
    for (const measurement of found.filter(isOver)) {
      await this.#connection.delete(deletion(measurement, {}, MIN_TIME, END_OF_TIME), bucket);
    }
  }

  usage(): StoreUsage {
    return { bytes: undefined, marks: this.#rollups?.marks ?? NO_MARKS };
  }

  async write(points: readonly Point[]): Promise<WriteResult> {
    this.#assertOpen();
    const oldest = this.#rollups?.oldestTaken ?? -Infinity;
    if (points.every(({ time }) => !(time < oldest))) return { refused: await this.#writer.write(points) };
    const refused: RefusedPoint[] = [];
    const taken: number[] = [];
    for (const [index, { time }] of points.entries()) {
      if (time < oldest) refused.push({ index, reason: olderThanRaw(time, oldest) });
      else taken.push(index);
    }
    for (const { index, reason } of await this.#writer.write(taken.map((index) => points[index]!))) {
      refused.push({ index: taken[index]!, reason });
    }
    return { refused: refused.sort((a, b) => a.index - b.index) };
  }

  async *query(query: SeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const { from, to } = checkQuery(query);
    this.#assertOpen();
    if (from >= to || query.limit === 0) return;
    const { aggregate } = query;
    const asked = { ...query, from, to, isOfSummaries: isOfSummaries(query) };
    const spans = await classSpansInTurns(asked, this.usage().marks);
    if (aggregate !== undefined && isSummaryAggregate(aggregate) && spans.some((span) => span.class !== "raw")) {
      yield* rolledSeries(this.#readers, { ...query, from, aggregate }, spans);
      return;
    }
    // The bucket has points a little longer than they are answered with.
    const start = spans[0]?.from ?? to;
    if (start < to) yield* this.#reader.read({ ...query, from }, { start, end: to });
  }

  async latest(measurement: string, tags: Readonly<Record<string, string>>): Promise<readonly LatestValue[]> {
    const [values = []] = await this.latestOf(measurement, [tags]);
    return values;
  }

  async latestPage(measurement: string, tags: Readonly<Record<string, string>>, page: MetricPage): Promise<LatestPage> {
    const { found, next } = await pageOfFields(await this.latest(measurement, tags), ({ field }) => field, page);
    return { values: found, next };
  }

  async latestOf(
    measurement: string,
    tagSets: readonly Readonly<Record<string, string>>[],
    fields?: readonly string[],
  ): Promise<readonly (readonly LatestValue[])[]> {
    this.#assertOpen();
    return this.#latest.latestOf(measurement, tagSets, fields);
  }

  newestTimes(measurement: string): Promise<readonly NewestTime[]> {
    return this.#latest.newestTimes(measurement);
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

  async tagValues(
    measurement: string,
    tag: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<TagValuePage> {
    const values: string[] = [];
    const columns = new ColumnsOf(["_value"]);
    const pieces = this.#run(tagValuesFlux(this.#bucket, measurement, tag, after, limit + 1), (row, table) => {
      const at = columns.of(table);
      if (at !== undefined) values.push(decodeName(row[at.value] as string));
    });
    await finished(pieces);
    const page = values.slice(0, limit);
    return { values: page, next: values.length > limit ? page.at(-1) : undefined };
  }

  async classes(query: SeriesQuery): Promise<readonly ClassSpan[]> {
    return classSpansInTurns(
      { ...query, ...checkQuery(query), isOfSummaries: isOfSummaries(query) },
      this.usage().marks,
    );
  }

  async deleteRange(
    measurement: string,
    tags: Readonly<Record<string, string>>,
    from: number,
    to: number,
  ): Promise<void> {
    const range = checkRange(from, to);
    this.#assertOpen();
    if (range.from >= range.to) return;
    await this.#connection.delete(deletion(measurement, tags, range.from, range.to));
    if (this.#rollups === undefined || this.#rollups.marks === NO_MARKS) return;
    for (const [each, length] of Object.entries(bucketLength) as [keyof typeof bucketLength, number][]) {
      const from = Math.max(MIN_TIME, range.from - length + 1);
      for (const component of components) {
        const body = deletion(rollupMeasurement(measurement, component), tags, from, range.to);
        await this.#connection.delete(body, this.#rollups.buckets[each]);
      }
    }
  }

  async health(): Promise<void> {
    this.#assertOpen();
    const { status, message } = ((await this.#connection.health()) ?? {}) as { status?: string; message?: string };
    if (status !== "pass") throw new StoreUnavailableError(`InfluxDB says of itself: ${status} ${message ?? ""}`);
    await this.#connection.write(new Uint8Array(0));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rollups?.close();
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

async function finished(pieces: AsyncIterable<void>): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}
