import { FatalError } from "@headwater/core";
import type { PartitionInfo } from "./worker-protocol.ts";

/** A partition as the main thread knows it. */
export interface CatalogPartition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly compact: boolean;
  /** As of the last answer of the worker; retention may have moved it since. */
  start: number;
  /** Next offset to be written, as of the last acknowledged commit. */
  end: number;
}

/** Topics and where their partitions end. */
export class Catalog {
  readonly #topics = new Map<string, CatalogPartition[]>();
  readonly #byId = new Map<number, CatalogPartition>();
  readonly #listeners = new Set<() => void>();

  learn(infos: readonly PartitionInfo[]): void {
    for (const info of infos) {
      const known = this.#byId.get(info.id);
      if (known === undefined) {
        const partition = { ...info };
        const topic = this.#topics.get(info.topic) ?? [];
        topic[info.partition] = partition;
        this.#topics.set(info.topic, topic);
        this.#byId.set(info.id, partition);
      } else {
        known.start = info.start;
        known.end = Math.max(known.end, info.end);
      }
    }
  }

  /** Throws a FatalError for a topic that was never made: no retry brings it about. */
  topic(name: string): readonly CatalogPartition[] {
    const partitions = this.#topics.get(name);
    if (partitions === undefined) throw new FatalError(`there is no topic ${name}; ensureTopics has to make it first`);
    return partitions;
  }

  partition(topic: string, partition: number): CatalogPartition {
    const found = this.topic(topic)[partition];
    if (found === undefined) throw new FatalError(`topic ${topic} has no partition ${partition}`);
    return found;
  }

  byId(id: number): CatalogPartition {
    return this.#byId.get(id)!;
  }

  /** Called whenever some end moved. */
  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  appended(): void {
    for (const listener of this.#listeners) listener();
  }
}
