import { nameFault, tagsFault, timeFault, valueFault } from "../point-checks.ts";
import { olderThanRaw } from "../retention.ts";
import type { Point, RefusedPoint, WriteResult } from "../time-series-store.ts";
import type { SeriesDefinition } from "./protocol.ts";
import { definitionOf, type KnownSeries, type SeriesGroup, type SeriesRegistry } from "./series-registry.ts";
import type { StoreWorkerClient } from "./store-worker-client.ts";
import { WriteBatchBuilder } from "./write-batch.ts";

/** Points that cross to the worker as one message. */
const POINTS_A_MESSAGE = 20_000;

/** Checks points, gives new series their numbers, and packs what is not refused for the worker. */
export class PointIntake {
  readonly #worker: StoreWorkerClient;
  readonly #registry: SeriesRegistry;
  readonly #maxSeries: number;

  constructor(worker: StoreWorkerClient, registry: SeriesRegistry, maxSeries: number) {
    this.#worker = worker;
    this.#registry = registry;
    this.#maxSeries = maxSeries;
  }

  /** Resolves when the points are on disk; one whose time is before `oldest` is refused. */
  async write(points: readonly Point[], oldest: number): Promise<WriteResult> {
    const refused: RefusedPoint[] = [];
    const sent: Promise<void>[] = [];
    for (let start = 0; start < points.length; start += POINTS_A_MESSAGE) {
      sent.push(this.#send(points, start, Math.min(points.length, start + POINTS_A_MESSAGE), oldest, refused));
    }
    await Promise.all(sent);
    return { refused };
  }

  async #send(
    points: readonly Point[],
    start: number,
    end: number,
    oldest: number,
    refused: RefusedPoint[],
  ): Promise<void> {
    const batch = new WriteBatchBuilder((end - start) * 2);
    const fresh = new Set<KnownSeries>();
    for (let index = start; index < end; index++) {
      const reason = this.#add(points[index] as Point, oldest, batch, fresh);
      if (reason !== undefined) refused.push({ index, reason });
    }
    if (batch.isEmpty) return;
    const packed = batch.pack();
    const series: readonly SeriesDefinition[] = [...fresh].map(definitionOf);
    await this.#worker.call("write", { packed, series }, [packed.buffer]);
    for (const known of fresh) known.confirmed = true;
  }

  /** Why the point is refused, or undefined. A point is stored whole or not at all. */
  #add(point: Point, oldest: number, batch: WriteBatchBuilder, fresh: Set<KnownSeries>): string | undefined {
    const { measurement, tags, time, fields } = point;
    if (!Number.isSafeInteger(time)) return timeFault(time);
    if (time < oldest) return olderThanRaw(time, oldest);
    let group = this.#registry.groupMet(measurement, tags);
    if (group === undefined) {
      const fault = tagsFault(measurement, tags);
      if (fault !== undefined) return fault;
      group = this.#registry.group(measurement, tags);
    }
    let any = false;
    for (const field in fields) {
      any = true;
      const value = fields[field] as number | string;
      const known = group.fields.get(field);
      if (known !== undefined && !known.isText && Number.isFinite(value)) continue;
      const fault = valueFault(field, value) ?? (known === undefined ? this.#newFieldFault(field) : undefined);
      if (fault !== undefined) return fault;
    }
    if (!any) return "the point has no fields";
    for (const field in fields) this.#addValue(group, field, time, fields[field] as number | string, batch, fresh);
    return undefined;
  }

  #newFieldFault(field: string): string | undefined {
    if (this.#registry.size >= this.#maxSeries) return `the store holds its maximum of ${this.#maxSeries} series`;
    return nameFault("field", field);
  }

  #addValue(
    group: SeriesGroup,
    field: string,
    time: number,
    value: number | string,
    batch: WriteBatchBuilder,
    fresh: Set<KnownSeries>,
  ): void {
    const known = group.fields.get(field) ?? this.#registry.add(group, field);
    if (!known.confirmed) fresh.add(known);
    if (typeof value === "number") batch.addNumber(known.id, time, value);
    else batch.addText(known.id, time, value);
  }
}
