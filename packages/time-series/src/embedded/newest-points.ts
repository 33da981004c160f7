import { sharedTurn } from "@headwater/core";
import { pageOfFields, type MetricPage } from "../latest-page.ts";
import type { LatestPage, LatestValue, NewestTime } from "../time-series-store.ts";
import type { KnownSeries, SeriesRegistry } from "./series-registry.ts";
import type { StoreWorkerClient } from "./store-worker-client.ts";

/** Series asked for their newest point in one message: writes get in between. */
const NEWEST_A_MESSAGE = 500;
const TAG_SETS_A_SLICE = 1_000;

/** The newest point of each series: of one device, of many, of all. */
export class NewestPoints {
  readonly #worker: StoreWorkerClient;
  readonly #registry: SeriesRegistry;

  constructor(worker: StoreWorkerClient, registry: SeriesRegistry) {
    this.#worker = worker;
    this.#registry = registry;
  }

  latest(measurement: string, tags: Readonly<Record<string, string>>): Promise<readonly LatestValue[]> {
    return this.#newest(this.#registry.withExactly(measurement, tags));
  }

  async latestPage(measurement: string, tags: Readonly<Record<string, string>>, page: MetricPage): Promise<LatestPage> {
    const { found, next } = await pageOfFields(
      this.#registry.fieldsOf(measurement, tags),
      (series) => series.field,
      page,
    );
    return { values: await this.#newest(found), next };
  }

  async latestOf(
    measurement: string,
    tagSets: readonly Readonly<Record<string, string>>[],
    fields?: readonly string[],
  ): Promise<readonly (readonly LatestValue[])[]> {
    const latest: LatestValue[][] = tagSets.map(() => []);
    const owners: number[] = [];
    const wanted: KnownSeries[] = [];
    for (const [index, tags] of tagSets.entries()) {
      for (const series of this.#registry.fieldsOf(measurement, tags)) {
        if (fields !== undefined && !fields.includes(series.field)) continue;
        owners.push(index);
        wanted.push(series);
      }
      if (index % TAG_SETS_A_SLICE === TAG_SETS_A_SLICE - 1) await sharedTurn();
    }
    await this.#eachNewest(wanted, (at, time, value) => {
      latest[owners[at]!]!.push({ field: wanted[at]!.field, time, value });
    });
    return latest;
  }

  async newestTimes(measurement: string): Promise<readonly NewestTime[]> {
    const wanted: KnownSeries[] = [];
    for (const [index, group] of this.#registry.groups(measurement).entries()) {
      wanted.push(...group.fields.values());
      if (index % TAG_SETS_A_SLICE === TAG_SETS_A_SLICE - 1) await sharedTurn();
    }
    const times = new Map<KnownSeries["group"], number>();
    await this.#eachNewest(wanted, (at, time) => {
      const { group } = wanted[at]!;
      times.set(group, Math.max(time, times.get(group) ?? -Infinity));
    });
    return Array.from(times, ([{ tags }, time]) => ({ tags, time }));
  }

  async #newest(known: readonly KnownSeries[]): Promise<readonly LatestValue[]> {
    const latest: LatestValue[] = [];
    await this.#eachNewest(known, (at, time, value) => latest.push({ field: known[at]!.field, time, value }));
    return latest;
  }

  /** In messages of some hundred, so that writes get in between. */
  async #eachNewest(
    known: readonly KnownSeries[],
    take: (at: number, time: number, value: number | string) => void,
  ): Promise<void> {
    for (let start = 0; start < known.length; start += NEWEST_A_MESSAGE) {
      const some = known.slice(start, start + NEWEST_A_MESSAGE);
      const { times, values } = await this.#worker.call("newest", { series: some.map(({ id }) => id) });
      // One without points has no time.
      for (const [i, time] of times.entries()) if (!Number.isNaN(time)) take(start + i, time, values[i]!);
    }
  }
}
