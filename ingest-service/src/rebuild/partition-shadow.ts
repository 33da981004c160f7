import { createHash } from "node:crypto";
import { partitionFor } from "@headwater/event-log";
import type { Point, SeriesRef, SeriesRow, ShadowStore, TimeSeriesStore } from "@headwater/time-series";
import { incarnationOfTags } from "../projection/erase.ts";
import { type ErasedData, telemetryMeasurement } from "../projection/telemetry-points.ts";
import { RebuildError } from "./rebuild-error.ts";
import { type Range, rowsOf, SeriesComparison } from "./series-comparison.ts";

export interface PartitionShadowOptions {
  readonly store: TimeSeriesStore;
  readonly shadow: ShadowStore;
  /** Its measurement in the shadow: no two rebuilds and partitions have the same. */
  readonly name: string;
  readonly partition: number;
  readonly partitions: number;
  readonly range: Range;
  readonly erased: ErasedData;
  /** Of one write. */
  readonly maxPoints: number;
  /** Aborted when another instance has the partition: it writes from then on, and nobody else. */
  readonly signal: AbortSignal;
}

export interface Side {
  readonly values: number;
  readonly checksum: string;
}

interface SeriesCheck {
  readonly stored: Side;
  readonly wanted: Side;
}

/** The whole of what a store can have. */
const always = { from: -(2 ** 53) + 1, to: 2 ** 53 - 1 };

/** A range of a partition as the log has it, beside the store, and the store made equal to it. */
export class PartitionShadow {
  readonly #options: PartitionShadowOptions;
  readonly #checks = new Map<string, SeriesCheck>();
  /** Series in which the two differ, or may by now. */
  readonly #differing = new Map<string, SeriesRef>();
  /** Devices whose series were made equal. */
  readonly #replaced = new Set<string>();
  missing = 0;
  altered = 0;
  added = 0;

  constructor(options: PartitionShadowOptions) {
    this.#options = options;
  }

  /** Of the store as it was compared last. */
  get stored(): Side {
    return this.#sum("stored");
  }

  get wanted(): Side {
    return this.#sum("wanted");
  }

  async clear(): Promise<void> {
    const { shadow, name } = this.#options;
    await shadow.deleteRange(name, {}, always.from, always.to);
  }

  async take(points: readonly Point[]): Promise<void> {
    const { shadow, name } = this.#options;
    for (let first = 0; first < points.length; first += this.#options.maxPoints) {
      const some = points.slice(first, first + this.#options.maxPoints);
      for (const { measurement, tags, fields } of some) {
        for (const field of Object.keys(fields)) this.#note({ measurement, tags, field });
      }
      const { refused } = await shadow.write(some.map((point) => ({ ...point, measurement: name })));
      if (refused.length > 0) throw new RebuildError(`the shadow refuses a point: ${refused[0]!.reason}`);
    }
  }

  /** Compares all series that one of the two has. */
  async compare(): Promise<void> {
    const { store, shadow, name, partition, partitions } = this.#options;
    this.#checks.clear();
    this.#differing.clear();
    this.#replaced.clear();
    this.missing = this.altered = this.added = 0;
    const all = new Map<string, SeriesRef>();
    for (const series of await store.listSeries(telemetryMeasurement)) {
      const { device } = series.tags;
      if (device !== undefined && partitionFor(device, partitions) === partition) all.set(keyOf(series), series);
    }
    for (const { tags, field } of await shadow.listSeries(name)) {
      const series = { measurement: telemetryMeasurement, tags, field };
      all.set(keyOf(series), series);
    }
    for (const [key, series] of all) {
      if (this.#isErased(series)) continue;
      const comparison = new SeriesComparison();
      for await (const { kind } of this.#differences(comparison, series)) {
        this[kind] += 1;
        this.#differing.set(key, series);
      }
      this.#settle(key, comparison);
    }
  }

  /** Whether the store is equal to the shadow by now. */
  get isReplaced(): boolean {
    return this.#differing.size === 0;
  }

  /**
   * Makes the store equal to the shadow where they may differ, device by device: at least one, and no further one after
   * so many milliseconds. Resolves with what it did. Done again it changes nothing.
   */
  async replaceSome(ms: number): Promise<{ readonly written: number; readonly deleted: number }> {
    const started = performance.now();
    const done = { written: 0, deleted: 0 };
    const devices = Map.groupBy(this.#differing, ([, { tags }]) => tags["device"]!);
    for (const [device, entries] of devices) {
      const series = new Map(entries.filter(([, each]) => !this.#isErased(each)));
      const { written, deleted } = await this.#replaceDevice(device, series);
      done.written += written;
      done.deleted += deleted;
      for (const [key, each] of series) await this.#assertReplaced(key, each);
      for (const [key] of entries) this.#differing.delete(key);
      // From here on what comes goes to both alike.
      this.#replaced.add(device);
      if (performance.now() - started >= ms) break;
    }
    return done;
  }

  async #assertReplaced(key: string, series: SeriesRef): Promise<void> {
    const comparison = new SeriesComparison();
    for await (const _ of this.#differences(comparison, series)) {
      throw new RebuildError("the store is not as it was written");
    }
    this.#settle(key, comparison);
  }

  async #replaceDevice(
    device: string,
    series: ReadonlyMap<string, SeriesRef>,
  ): Promise<{ readonly written: number; readonly deleted: number }> {
    const { store, shadow, name } = this.#options;
    const writer = new BatchWriter(this.#options);
    const added = { count: 0, from: Infinity, to: -Infinity };
    for (const each of series.values()) {
      for await (const { kind, row } of this.#differences(new SeriesComparison(), each)) {
        if (kind !== "added") await writer.add(each, row);
        else {
          added.count += 1;
          added.from = Math.min(added.from, row[0]);
          added.to = Math.max(added.to, row[0] + 1);
        }
      }
    }
    await writer.flush();
    const { written } = writer;
    if (added.count === 0) return { written, deleted: 0 };
    // A store deletes by tags and time: what lies between goes as well, and is written again at once.
    this.#assertOwned();
    await store.deleteRange(telemetryMeasurement, { device }, added.from, added.to);
    for (const { tags, field } of await shadow.listSeries(name, { device })) {
      const each = { measurement: telemetryMeasurement, tags, field };
      if (this.#isErased(each)) continue;
      for await (const rows of rowsOf(shadow, { ...each, measurement: name }, added)) {
        for (const row of rows) await writer.add(each, row);
      }
    }
    await writer.flush();
    return { written, deleted: added.count };
  }

  #differences(comparison: SeriesComparison, series: SeriesRef) {
    const { store, shadow, name, range } = this.#options;
    const wanted = { ...series, measurement: name };
    return comparison.differences(rowsOf(store, series, range), rowsOf(shadow, wanted, range));
  }

  #settle(key: string, { stored, wanted }: SeriesComparison): void {
    const side = ({ count, value }: { count: number; value: string }): Side => ({ values: count, checksum: value });
    this.#checks.set(key, { stored: side(stored), wanted: side(wanted) });
  }

  #note(series: SeriesRef): void {
    if (this.#replaced.has(series.tags["device"]!)) return;
    const key = keyOf(series);
    if (!this.#differing.has(key)) this.#differing.set(key, series);
  }

  /** Its owner deletes it, or has deleted it. */
  #isErased({ tags }: SeriesRef): boolean {
    return incarnationOfTags(tags) < this.#options.erased.belowOf(tags["device"]!);
  }

  #assertOwned(): void {
    this.#options.signal.throwIfAborted();
  }

  #sum(of: keyof SeriesCheck): Side {
    const hash = createHash("sha256");
    let values = 0;
    for (const [key, check] of [...this.#checks].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const side = check[of];
      if (side.values === 0) continue;
      values += side.values;
      hash.update(`${key} ${side.values} ${side.checksum}\n`);
    }
    return { values, checksum: hash.digest("hex").slice(0, 16) };
  }
}

/** Rows of series into batches of points. */
class BatchWriter {
  readonly #options: PartitionShadowOptions;
  #points: Point[] = [];
  written = 0;

  constructor(options: PartitionShadowOptions) {
    this.#options = options;
  }

  async add({ measurement, tags, field }: SeriesRef, [time, value]: SeriesRow): Promise<void> {
    this.#points.push({ measurement, tags, time, fields: { [field]: value } });
    if (this.#points.length >= this.#options.maxPoints) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#points.length === 0) return;
    this.#options.signal.throwIfAborted();
    const points = this.#points;
    this.#points = [];
    const { refused } = await this.#options.store.write(points);
    if (refused.length > 0) throw new RebuildError(`the store refuses a point of the log: ${refused[0]!.reason}`);
    this.written += points.length;
  }
}

function keyOf({ tags, field }: SeriesRef): string {
  return JSON.stringify([field, Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
