import { partitionFor } from "@headwater/event-log";
import { metricOfField, type SeriesRef, type TimeSeriesStore } from "@headwater/time-series";
import { ownerOf, type SeriesName, seriesOf, tagsKey } from "./known-series.ts";

export interface StoredSeriesOptions {
  readonly store: Pick<TimeSeriesStore, "listSeries">;
  readonly measurement: string;
  readonly partitions: number;
  /** Tags of the points beside device and incarnation. */
  readonly tagNames: readonly string[];
  readonly incarnationOf: (tags: Readonly<Record<string, string>>) => number;
}

/** A list is handed out partition by partition for so long (ms), since all partitions are assigned together. */
const keptMs = 30_000;

/** The series that the store has already when this version counts them for the first time. */
export class StoredSeries {
  readonly #options: StoredSeriesOptions;
  #listed: Promise<Map<number, SeriesName[]>> | undefined;

  constructor(options: StoredSeriesOptions) {
    this.#options = options;
  }

  /** Of the devices of a partition. Rejects as the store does. */
  async of(partition: number): Promise<readonly SeriesName[]> {
    this.#listed ??= this.#list();
    const listed = await this.#listed;
    const found = listed.get(partition) ?? [];
    listed.delete(partition);
    return found;
  }

  /** Of one device, or of all, as they are now. Rejects as the store does. */
  async now(device?: string): Promise<readonly SeriesName[]> {
    const { store, measurement } = this.#options;
    const found = await store.listSeries(measurement, device === undefined ? {} : { device });
    return found.flatMap((each) => this.#nameOf(each) ?? []);
  }

  #nameOf({ tags, field }: SeriesRef): SeriesName | undefined {
    const { tagNames, incarnationOf } = this.#options;
    const device = tags["device"];
    if (device === undefined) return undefined;
    const series = seriesOf(metricOfField(field).metric, tagsKey(tags, tagNames));
    return { owner: ownerOf(device, incarnationOf(tags)), series };
  }

  async #list(): Promise<Map<number, SeriesName[]>> {
    const { store, measurement, partitions } = this.#options;
    const forget = (): void => {
      this.#listed = undefined;
    };
    try {
      const byPartition = new Map<number, SeriesName[]>();
      for (const series of await store.listSeries(measurement)) {
        const name = this.#nameOf(series);
        if (name === undefined) continue;
        const partition = partitionFor(series.tags["device"]!, partitions);
        let names = byPartition.get(partition);
        if (names === undefined) byPartition.set(partition, (names = []));
        names.push(name);
      }
      setTimeout(forget, keptMs).unref();
      return byPartition;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
