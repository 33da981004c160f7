import { DecodeError } from "@headwater/core";
import type { EventLog, LogRecord } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import { metricOfField, type Point, type TimeSeriesStore } from "@headwater/time-series";
import type { SeriesName } from "../series-guard/known-series.ts";
import type { QuarantineEntry } from "../quarantine/quarantine-queries.ts";
import { type Refusal, undecodable } from "../quarantine/refusal.ts";
import { ownerOf, seriesOf, tagsKey } from "../series-guard/known-series.ts";
import type { NewSeries, SeriesGuard } from "../series-guard/series-guard.ts";
import { reasonOf, type SeriesLimits } from "../series-guard/series-limits.ts";
import { alertPoint } from "./alert-points.ts";
import { type BelatedValue, correctedSince } from "./corrected-since.ts";
import { DeviceTable } from "./device-table.ts";
import { incarnationOfTags } from "./erase.ts";
import { isolateRefused } from "./isolate-refused.ts";
import type { PointBatch } from "./point-batch.ts";
import { type ErasedData, type PointSink, TelemetryPoints } from "./telemetry-points.ts";

export interface ReprojectionOptions {
  readonly partition: number;
  readonly telemetryTopic: string;
  readonly store: TimeSeriesStore;
  readonly log: Pick<EventLog, "read">;
  readonly guard: SeriesGuard;
  readonly limits: SeriesLimits;
  readonly tagNames: readonly string[];
  readonly erased: ErasedData;
  /** Points of one write. */
  readonly maxPoints: number;
  readonly isAside: (offset: number, metric: string) => boolean;
  /** Makes durable that these series are there. */
  readonly addSeries: (series: readonly SeriesName[]) => void;
}

/** Stores what was set aside of records of one partition, as their records say and under their identity. */
export class Reprojection {
  readonly #options: ReprojectionOptions;
  readonly #devices = new DeviceTable();
  readonly #points: TelemetryPoints;

  constructor(options: ReprojectionOptions) {
    this.#options = options;
    const { tagNames, erased, guard } = options;
    this.#points = new TelemetryPoints(tagNames, 0, erased, guard);
  }

  /**
   * Resolves with what is refused again, by the index of the entry; all else is stored. Rejects as the store and the
   * log do, and may then be repeated from the start.
   */
  async project(
    topic: string,
    entries: readonly QuarantineEntry[],
    records: readonly LogRecord[],
  ): Promise<readonly Refusal[]> {
    const { telemetryTopic, guard, addSeries } = this.#options;
    const sink: PointSink = { points: [], sources: [] };
    const refusals: Refusal[] = [];
    records.forEach((record, index) => {
      try {
        if (topic === telemetryTopic) this.#telemetry(record, entries[index]!, index, sink, refusals);
        else {
          sink.points.push(alertPoint(events.alert.decode(record.value ?? new Uint8Array())));
          sink.sources.push(index);
        }
      } catch (error) {
        refusals.push(undecodable(error, index));
      }
    });
    // At once: what is taken here must not be found by the batch of live records that is read next.
    const added = guard.takeAdded();
    if (added.length > 0) addSeries(added);
    const kept = topic === telemetryTopic ? await this.#withoutCorrected(sink, entries, added) : sink;
    refusals.push(...(await this.#write(kept)));
    return refusals;
  }

  #telemetry(
    { value, offset }: LogRecord,
    { metrics }: QuarantineEntry,
    index: number,
    sink: PointSink,
    refusals: Refusal[],
  ): void {
    const record = readTelemetry(value);
    if (record.readings.length === 0) throw new DecodeError("telemetry.v1: the record has no readings");
    const aside = new Set(metrics);
    // The rest of it is stored since it was read.
    const readings = aside.size === 0 ? record.readings : record.readings.filter(({ metric }) => aside.has(metric));
    this.#options.guard.turnBackTo(offset);
    const refused = this.#points.add(record, index, this.#devices.of(record.device), sink, readings);
    for (const each of refused ?? []) {
      const reason =
        each.cause === "" ? "a reading without a value that can be stored" : reasonOf(each.cause, this.#options.limits);
      refusals.push({ source: index, reason, cause: each.cause, metrics: each.metrics });
    }
  }

  async #withoutCorrected(
    { points, sources }: PointSink,
    entries: readonly QuarantineEntry[],
    added: readonly NewSeries[],
  ): Promise<PointSink> {
    const { store, log, telemetryTopic, partition, isAside, tagNames } = this.#options;
    // Of a series that begins now the store has nothing.
    const isNew = new Set(added.map(({ owner, series }) => JSON.stringify([owner, series])));
    const values: BelatedValue[] = points.flatMap((point, index) => {
      const owner = ownerOf(point.tags["device"]!, incarnationOfTags(point.tags));
      const key = tagsKey(point.tags, tagNames);
      const offset = entries[sources[index]!]!.logOffset;
      return Object.keys(point.fields)
        .filter((field) => !isNew.has(JSON.stringify([owner, seriesOf(metricOfField(field).metric, key)])))
        .map((field) => ({ point, field, offset }));
    });
    const corrected = await correctedSince({ store, log, topic: telemetryTopic, partition, isAside }, values);
    if (corrected.size === 0) return { points, sources };
    const gone = new Map<Point, Set<string>>();
    for (const { point, field } of corrected) gone.set(point, (gone.get(point) ?? new Set()).add(field));
    const kept: PointSink = { points: [], sources: [] };
    for (const [index, point] of points.entries()) {
      const without = gone.get(point);
      const fields =
        without === undefined
          ? point.fields
          : Object.fromEntries(Object.entries(point.fields).filter(([field]) => !without.has(field)));
      if (Object.keys(fields).length === 0) continue;
      kept.points.push({ ...point, fields });
      kept.sources.push(sources[index]!);
    }
    return kept;
  }

  async #write({ points, sources }: PointSink): Promise<readonly Refusal[]> {
    const { store, maxPoints, telemetryTopic: topic, partition } = this.#options;
    const refusals: Refusal[] = [];
    for (let first = 0; first < points.length; first += maxPoints) {
      const some = points.slice(first, first + maxPoints);
      const { refused } = await store.write(some);
      if (refused.length === 0) continue;
      const pointBatch: PointBatch = {
        ...{ topic, partition, records: [], points: some, sources: sources.slice(first, first + maxPoints) },
        ...{ bytes: 0, refusals: [], signal: new AbortController().signal, onDurable: () => {} },
      };
      const found = await isolateRefused(store, [pointBatch], refused);
      refusals.push(...(found.get(pointBatch) ?? []));
    }
    return refusals;
  }
}
