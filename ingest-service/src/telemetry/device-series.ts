import {
  type ClassSpan,
  isTextField,
  type LatestPage,
  type LatestValue,
  metricOfField,
  type MetricPage,
  pageOfFields,
  type SeriesRef,
  type SeriesRow,
  type TimeSeriesStore,
} from "@headwater/time-series";
import { mergedSeries, type ReadSeries } from "./merged-series.ts";
import type { SeriesRange } from "./series-range.ts";
import { incarnationTag, telemetryMeasurement } from "../projection/telemetry-points.ts";
import { incarnationOfTags } from "../projection/erase.ts";

export interface DeviceSeriesQuery extends SeriesRange {
  readonly field: string;
  readonly limit?: number | undefined;
}

/** Whose series are meant: those of one device of an id, or of all that have had it. */
export interface SeriesOwner {
  readonly device: string;
  readonly incarnation: number | "all";
  /** What incarnations below this one have sent is deleted, wherever it still is. */
  readonly erasedBelow?: number;
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
  async latest(owner: SeriesOwner, page: MetricPage): Promise<LatestPage> {
    const newest = new Map<string, LatestValue>();
    let next: string | undefined;
    for (const tags of await this.#tagsOf(owner)) {
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

  /** The newest value of each field of many devices, in their order; of these fields only, if any are named. */
  async latestOf(
    owners: readonly SeriesOwner[],
    fields: readonly string[] | undefined,
  ): Promise<readonly (readonly LatestValue[])[]> {
    const tagSets: Tags[] = [];
    const places: number[] = [];
    const all = this.#hasTags && owners.length > manyOwners ? await this.#tagsByDevice() : undefined;
    for (const [index, owner] of owners.entries()) {
      for (const tags of all === undefined ? await this.#tagsOf(owner) : tagsAmong(all, owner)) {
        tagSets.push(tags);
        places.push(index);
      }
    }
    const latest = owners.map(() => new Map<string, LatestValue>());
    for (const [i, values] of (await this.#store.latestOf(telemetryMeasurement, tagSets, fields)).entries()) {
      const newest = latest[places[i]!]!;
      for (const value of values) {
        const known = newest.get(value.field);
        if (known === undefined || known.time <= value.time) newest.set(value.field, value);
      }
    }
    return latest.map((values) => [...values.values()]);
  }

  /** One question for a fleet, where each of its devices may have any stamped tags. */
  async #tagsByDevice(): Promise<ReadonlyMap<string, readonly Tags[]>> {
    const newest = await this.#store.newestTimes(telemetryMeasurement);
    return Map.groupBy(
      newest.map(({ tags }) => tags),
      (tags) => tags["device"] ?? "",
    );
  }

  async fields(owner: SeriesOwner): Promise<readonly string[]> {
    const series = await this.#seriesOf(owner);
    return [...new Set(series.map(({ field }) => field))].toSorted();
  }

  /** Which retention class answers which part of a range; nothing to tell (undefined) if points answer all of it. */
  async classes(query: DeviceSeriesQuery): Promise<readonly ClassSpan[] | undefined> {
    const spans = await this.#store.classes({ ...query, measurement: telemetryMeasurement, tags: {} });
    const isOfPoints = query.from >= query.to || (spans[0]?.class === "raw" && spans[0].from <= query.from);
    return isOfPoints ? undefined : spans;
  }

  /** In batches. */
  async *query(owner: SeriesOwner, query: DeviceSeriesQuery): AsyncGenerator<readonly SeriesRow[]> {
    const all = await this.#tagsOf(owner);
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
    for await (const rows of mergedSeries(reads, query, isTextField(query.field))) {
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
  async #tagsOf(owner: SeriesOwner): Promise<readonly Tags[]> {
    const { device, incarnation } = owner;
    const own = tagsOfDevice(device, incarnation === "all" ? 0 : incarnation);
    if (!this.#hasTags && incarnation !== "all") return [own];
    const series = await this.#seriesOf(owner);
    const distinct = new Map(series.map(({ tags }) => [tagKey(tags), tags]));
    return inOrder([...distinct.values()]);
  }

  async #seriesOf({ device, incarnation, erasedBelow = 0 }: SeriesOwner): Promise<readonly SeriesRef[]> {
    const series = await this.#store.listSeries(telemetryMeasurement, { device });
    return series.filter(({ tags }) => {
      const of = incarnationOfTags(tags);
      return incarnation === "all" ? of >= erasedBelow : of === incarnation;
    });
  }
}

/** Beyond so many devices all tags are asked for at once. */
const manyOwners = 20;

function tagsAmong(all: ReadonlyMap<string, readonly Tags[]>, { device, incarnation }: SeriesOwner): readonly Tags[] {
  const own = all.get(device) ?? [];
  return inOrder(own.filter((tags) => incarnation === "all" || incarnationOfTags(tags) === incarnation));
}

/** Of two values of one time the last one's counts. */
function inOrder(all: readonly Tags[]): readonly Tags[] {
  return all
    .map((tags) => [tagKey(tags), tags] as const)
    .toSorted(([a, of], [b, other]) => incarnationOfTags(of) - incarnationOfTags(other) || (a < b ? -1 : 1))
    .map(([, tags]) => tags);
}

/** The tags of its points, where no others are configured. */
export function tagsOfDevice(device: string, incarnation: number): Tags {
  return incarnation === 0 ? { device } : { device, [incarnationTag]: `${incarnation}` };
}

function tagKey(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
