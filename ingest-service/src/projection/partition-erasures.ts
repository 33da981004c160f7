import { type Logger, retrying } from "@headwater/core";
import type { Point, TimeSeriesStore } from "@headwater/time-series";
import type { Erasures } from "../devices/erasures.ts";
import type { Erasure } from "../devices/erasure-table.ts";
import { erase, incarnationOfTags } from "./erase.ts";
import type { PointBatch } from "./point-batch.ts";

export interface PartitionErasuresOptions {
  readonly topic: string;
  readonly partition: number;
  readonly store: TimeSeriesStore;
  readonly erasures: Erasures;
  readonly logger: Logger;
  /** To the writer of the partition. */
  push(pointBatch: PointBatch): Promise<void>;
  /** Nothing of it is in the store any more. */
  onErased(erasure: Erasure): void;
}

/** That wait for the store at a time. */
const maxQueued = 1000;

/** Deletes the data of devices that were deleted with it, of one partition, for as long as this instance owns it. */
export class PartitionErasures {
  readonly #options: PartitionErasuresOptions;
  readonly #over = new AbortController();
  /** On their way through the writer. */
  readonly #queued = new Set<string>();

  constructor(options: PartitionErasuresOptions) {
    this.#options = options;
  }

  /** Queues deletions behind what was read before; what is read from now on leaves out what they delete. */
  queue(): void {
    for (const erasure of this.#options.erasures.pending(this.#options.partition, maxQueued)) this.#push(erasure);
  }

  #push(erasure: Erasure): void {
    const { topic, partition, store, erasures, logger } = this.#options;
    const { signal } = this.#over;
    const key = `${erasure.below}/${erasure.device}`;
    if (this.#queued.has(key)) return;
    this.#queued.add(key);
    void this.#options.push({
      ...{ topic, partition, records: [], points: [], sources: [], bytes: 0, refusals: [], signal },
      task: () => erase(store, erasure, signal, logger),
      onDurable: () => {
        if (signal.aborted) return;
        this.#options.onErased(erasure);
        erasures.done(erasure);
        this.#queued.delete(key);
        if (this.#queued.size === 0) this.queue();
      },
    });
  }

  /**
   * Before the first data of a device whose id had another one: if that was deleted with its data, the data goes first,
   * since a store may not be able to tell the two apart in a deletion. Answers with what is left of the batch.
   */
  async before(pointBatch: PointBatch, met: ReadonlyMap<string, number>): Promise<PointBatch> {
    const { partition, erasures } = this.#options;
    const { version } = erasures;
    if ([...met].some(([device, incarnation]) => !erasures.isKnown(device, incarnation))) {
      const signal = AbortSignal.any([pointBatch.signal, this.#over.signal]);
      await retrying(() => erasures.known(partition), { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    // However many others wait: what is queued below may not have come to these yet.
    for (const device of met.keys()) {
      const erasure = erasures.pendingOf(device);
      if (erasure !== undefined) this.#push(erasure);
    }
    this.queue();
    if (erasures.version === version) return pointBatch;
    const points: Point[] = [];
    const sources: number[] = [];
    for (const [index, point] of pointBatch.points.entries()) {
      if (incarnationOfTags(point.tags) < erasures.belowOf(point.tags["device"]!)) continue;
      points.push(point);
      sources.push(pointBatch.sources[index]!);
    }
    return { ...pointBatch, points, sources };
  }

  /** Another instance has the partition. */
  end(): void {
    this.#over.abort();
  }
}
