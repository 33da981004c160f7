import {
  type LatestPage,
  type LatestValue,
  metricOfField,
  type MetricPage,
  pageOfFields,
  type SeriesRow,
  type TimeSeriesStore,
} from "@headwater/time-series";
import { mergedSeries, type ReadSeries } from "./merged-series.ts";
import type { SeriesRange } from "./series-range.ts";
import { telemetryMeasurement } from "../projection/telemetry-points.ts";

export interface DeviceSeriesQuery extends SeriesRange {
  readonly field: string;
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
        if (known === undefined || known.time <= value.time) newest.set(value.field, value);
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

  /** In batches. */
  async *query(device: string, query: DeviceSeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const all = await this.#tagsOf(device);
    const [only] = all;
    if (only !== undefined && all.length === 1) {
      yield* this.#rows(only, query.field, query, query.limit);
      return;
    }
    let left = query.limit ?? Infinity;
    const reads = all.map(
      (tags): ReadSeries =>
        (range, limit) =>
          this.#rows(tags, query.field, range, limit),
    );
    for await (const rows of mergedSeries(reads, query)) {
      yield rows.length > left ? rows.slice(0, left) : rows;
      left -= rows.length;
      if (left <= 0) return;
    }
  }

  #rows(
    tags: Tags,
    field: string,
    { from, to, window, aggregate, order }: SeriesRange,
    limit: number | undefined,
  ): AsyncIterable<readonly SeriesRow[]> {
    return this.#store.query({
      measurement: telemetryMeasurement,
      tags,
      field,
      from,
      to,
      ...(window !== undefined && { window }),
      ...(aggregate !== undefined && { aggregate }),
      ...(order !== undefined && { order }),
      ...(limit !== undefined && { limit }),
    });
  }

  /** In an order of their own, whichever store: of two values of one time the last one's counts. */
  async #tagsOf(device: string): Promise<readonly Tags[]> {
    if (!this.#hasTags) return [{ device }];
    const series = await this.#store.listSeries(telemetryMeasurement, { device });
    const distinct = new Map(series.map(({ tags }) => [tagKey(tags), tags]));
    const inOrder = [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, tags]) => tags);
    return inOrder.length === 0 ? [{ device }] : inOrder;
  }
}

function tagKey(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
