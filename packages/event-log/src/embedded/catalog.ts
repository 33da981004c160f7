import { UnknownTopicError } from "../errors.ts";
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

/** A batch that was committed just now. */
export interface CommittedBatch {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  /** Offset behind it. */
  readonly endOffset: number;
}

type AppendListener = (partition: number, batch: CommittedBatch) => void;

/** Topics and where their partitions end. */
export class Catalog {
  readonly #topics = new Map<string, CatalogPartition[]>();
  readonly #byId = new Map<number, CatalogPartition>();
  /** By id of the partition whose end they wait for. */
  readonly #listeners = new Map<number, Set<AppendListener>>();

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

  /** Throws UnknownTopicError for a topic that was never made: no retry brings it about. */
  topic(name: string): readonly CatalogPartition[] {
    const partitions = this.#topics.get(name);
    if (partitions === undefined)
      throw new UnknownTopicError(`there is no topic ${name}; ensureTopics has to make it first`);
    return partitions;
  }

  partition(topic: string, partition: number): CatalogPartition {
    const found = this.topic(topic)[partition];
    if (found === undefined) throw new UnknownTopicError(`topic ${topic} has no partition ${partition}`);
    return found;
  }

  byId(id: number): CatalogPartition {
    return this.#byId.get(id)!;
  }

  /** Calls the listener when the end of one of these partitions has moved, until the answer is called. */
  onAppended(partitions: readonly CatalogPartition[], listener: AppendListener): () => void {
    for (const { id } of partitions) {
      const listeners = this.#listeners.get(id);
      if (listeners === undefined) this.#listeners.set(id, new Set([listener]));
      else listeners.add(listener);
    }
    return () => {
      for (const { id } of partitions) this.#listeners.get(id)?.delete(listener);
    };
  }

  /** The end of this partition has moved: its listeners are called, and nobody else's. */
  appended(id: number, batchOf: () => CommittedBatch): void {
    const listeners = this.#listeners.get(id);
    if (listeners === undefined || listeners.size === 0) return;
    const batch = batchOf();
    for (const listener of listeners) listener(id, batch);
  }
}
