import {
  type Aggregate,
  type LatestPage,
  type LatestValue,
  metricOfField,
  type MetricPage,
  pageOfFields,
  type SeriesQuery,
  type SeriesRow,
  type TimeSeriesStore,
} from "@headwater/time-series";
import { telemetryMeasurement } from "../projection/telemetry-points.ts";

export interface DeviceSeriesQuery {
  readonly field: string;
  readonly from: number;
  readonly to: number;
  readonly window?: number | undefined;
  readonly aggregate?: Aggregate | undefined;
  readonly limit?: number | undefined;
}

type Tags = Readonly<Record<string, string>>;

/**
 * The telemetry of a device, whatever further tags its points carry: stamped tags change over time and each of their
 * combinations is a series of its own in the store, but to a reader the device has one.
 */
export class DeviceSeries {
  readonly #store: TimeSeriesStore;
  readonly #hasTags: boolean;

  constructor(store: TimeSeriesStore, tagNames: readonly string[]) {
    this.#store = store;
    this.#hasTags = tagNames.length > 0;
  }

  /** A page of metrics by name: each field of theirs with its newest value. */
  async latest(device: string, page: MetricPage): Promise<LatestPage> {
    const newest = new Map<string, LatestValue>();
    let next: string | undefined;
    for (const tags of await this.#tagsOf(device)) {
      const found = await this.#store.latestPage(telemetryMeasurement, tags, page);
      // What one series has beyond the page of another waits for the next page.
      if (found.next !== undefined && (next === undefined || found.next < next)) next = found.next;
      for (const value of found.values) {
        const known = newest.get(value.field);
        if (known === undefined || known.time < value.time) newest.set(value.field, value);
      }
    }
    const last = next;
    const within = [...newest.values()].filter(
      ({ field }) => last === undefined || metricOfField(field).metric <= last,
    );
    // Together the series may have more metrics than each of them.
    const { found, next: sooner } = await pageOfFields(within, ({ field }) => field, page);
    return { values: found, next: sooner ?? next };
  }

  async fields(device: string): Promise<readonly string[]> {
    const series = await this.#store.listSeries(telemetryMeasurement, { device });
    return [...new Set(series.map(({ field }) => field))].toSorted();
  }

  /** Oldest first, in batches. */
  async *query(device: string, query: DeviceSeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const all = await this.#tagsOf(device);
    const [only] = all;
    if (only !== undefined && all.length === 1) {
      yield* this.#store.query(this.#seriesQuery(only, query));
      return;
    }
    const merged =
      query.aggregate === undefined || query.window === undefined
        ? await this.#mergedRows(all, query)
        : await this.#mergedWindows(all, query, query.aggregate);
    yield query.limit === undefined ? merged : merged.slice(0, query.limit);
  }

  async #mergedRows(all: readonly Tags[], query: DeviceSeriesQuery): Promise<SeriesRow[]> {
    const rows = new Map<number, SeriesRow>();
    for (const tags of all) {
      for await (const batch of this.#store.query(this.#seriesQuery(tags, query))) {
        for (const row of batch) rows.set(row[0], row);
      }
    }
    return [...rows.values()].toSorted((a, b) => a[0] - b[0]);
  }

  /** Windows of several series as one: each aggregate of aggregates, the mean by sum and count. */
  async #mergedWindows(all: readonly Tags[], query: DeviceSeriesQuery, aggregate: Aggregate): Promise<SeriesRow[]> {
    if (aggregate === "mean") {
      const sums = await this.#mergedWindows(all, query, "sum");
      const counts = new Map(await this.#mergedWindows(all, query, "count"));
      return sums.map(([time, sum]) => [time, Number(sum) / Number(counts.get(time) ?? 1)]);
    }
    if (aggregate === "first" || aggregate === "last") {
      const rows = await this.#mergedRows(all, { ...query, window: undefined, aggregate: undefined, limit: undefined });
      const windows = new Map<number, SeriesRow[1]>();
      for (const [time, value] of rows) {
        const start = Math.floor(time / query.window!) * query.window!;
        if (aggregate === "last" || !windows.has(start)) windows.set(start, value);
      }
      return [...windows];
    }
    const windows = new Map<number, number>();
    for (const tags of all) {
      for await (const batch of this.#store.query(this.#seriesQuery(tags, { ...query, aggregate }))) {
        for (const [time, value] of batch) {
          const known = windows.get(time);
          windows.set(time, known === undefined ? Number(value) : combine(aggregate, known, Number(value)));
        }
      }
    }
    return [...windows].toSorted((a, b) => a[0] - b[0]);
  }

  #seriesQuery(tags: Tags, query: DeviceSeriesQuery): SeriesQuery {
    return {
      measurement: telemetryMeasurement,
      tags,
      field: query.field,
      from: query.from,
      to: query.to,
      ...(query.window !== undefined && { window: query.window }),
      ...(query.aggregate !== undefined && { aggregate: query.aggregate }),
      ...(query.limit !== undefined && { limit: query.limit }),
    };
  }

  async #tagsOf(device: string): Promise<readonly Tags[]> {
    if (!this.#hasTags) return [{ device }];
    const series = await this.#store.listSeries(telemetryMeasurement, { device });
    const distinct = new Map(series.map(({ tags }) => [tagKey(tags), tags]));
    return distinct.size === 0 ? [{ device }] : [...distinct.values()];
  }
}

function tagKey(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function combine(aggregate: Aggregate, a: number, b: number): number {
  if (aggregate === "min") return Math.min(a, b);
  return aggregate === "max" ? Math.max(a, b) : a + b;
}
