import { LogUnavailableError } from "../errors.ts";
import { sleep } from "@headwater/core";
import type { TopicPartition } from "../co-partitioning.ts";
import type { ConsumeOptions, Consumption, LogGap, Position } from "../event-log.ts";
import type { Logger } from "@headwater/core";
import { PartitionBuffer } from "./partition-buffer.ts";
import { PartitionDelivery } from "./partition-delivery.ts";

/** Enough for a large write to a store, small enough to commit often. */
const DEFAULT_BATCH_RECORDS = 10_000;

export interface GroupHooks {
  /** `tenure`: as `assign` was told it for that partition. */
  commit(topic: string, partition: number, offset: number, tenure: number): Promise<boolean>;
  /** There is room, or there are partitions, for which something could be fetched. */
  onRoom(): void;
  onGap(gap: LogGap): void;
  /** The consumption ends, by `close` or by a failure: leave the group. */
  leave(): Promise<void>;
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * The partitions that one member of a group owns, and the promises of the port about them; the same for every adapter.
 */
export class GroupConsumption implements Consumption {
  readonly done: Promise<void>;
  readonly #options: ConsumeOptions;
  readonly #hooks: GroupHooks;
  readonly #owned = new Map<string, PartitionDelivery>();
  readonly #settle: { resolve(): void; reject(error: unknown): void };
  readonly #paused = new Set<string>();
  #buffers: readonly PartitionBuffer[] = [];
  #allPaused = false;
  #quiesced = false;
  #ending: Promise<void> | undefined;

  constructor(options: ConsumeOptions, hooks: GroupHooks, logger: Logger) {
    this.#options = options;
    this.#hooks = hooks;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = { resolve, reject };
    // The holder of `done` hears of it; an unhandled rejection must not end the process before somebody listens.
    promise.catch((error: unknown) => logger.error({ err: error, group: options.group }, "consumption ended"));
  }

  get ended(): boolean {
    return this.#ending !== undefined;
  }

  owned(): TopicPartition[] {
    return [...this.#owned.values()].map(({ buffer: { topic, partition } }) => ({ topic, partition }));
  }

  /**
   * Buffers of owned partitions, for the adapter to fill; `delivered()` after that. Another array for other partitions.
   */
  buffers(): readonly PartitionBuffer[] {
    return this.#buffers;
  }

  delivered(): void {
    for (const delivery of this.#owned.values()) delivery.wake();
  }

  /**
   * Asks the member where to start, `committed` being the answer otherwise, and takes the partitions on. Their commits
   * carry `tenure`, which tells this possession of theirs from every other.
   */
  async assign(committed: readonly Position[], tenure = 0): Promise<void> {
    if (committed.length === 0 || this.ended) return;
    const partitions = committed.map(({ topic, partition }) => ({ topic, partition }));
    const chosen = new Map((await this.#options.onAssigned?.(partitions))?.map((each) => [keyOf(each), each.offset]));
    if (this.ended) return;
    for (const position of committed) {
      const key = keyOf(position);
      const buffer = new PartitionBuffer(position.topic, position.partition, chosen.get(key) ?? position.offset);
      const committedHere = chosen.has(key) ? undefined : position.offset;
      const batchRecords = this.#options.maxBatchRecords ?? DEFAULT_BATCH_RECORDS;
      const delivery = new PartitionDelivery(buffer, batchRecords, committedHere, {
        onBatch: (batch) => this.#options.onBatch(batch),
        commit: (topic, partition, offset) => this.#hooks.commit(topic, partition, offset, tenure),
        onGap: async (gap) => {
          this.#hooks.onGap(gap);
          await this.#options.onGap?.(gap);
        },
        onRoom: () => this.#hooks.onRoom(),
        onFailure: (error) => this.fail(error),
      });
      delivery.paused = this.#isPaused(key);
      this.#owned.set(key, delivery);
    }
    this.#ownedChanged();
    this.#hooks.onRoom();
  }

  /** Takes partitions away; resolves when the member has been told and none of its commits is under way. */
  async revoke(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return;
    const reason = new LogUnavailableError("the partition was given to another member of the group");
    const revoked = partitions.flatMap((each) => this.#owned.get(keyOf(each)) ?? []);
    for (const each of partitions) this.#owned.delete(keyOf(each));
    this.#ownedChanged();
    await Promise.all(revoked.map((delivery) => delivery.revoke(reason)));
    await this.#options.onRevoked?.(partitions);
  }

  pause(partitions?: readonly TopicPartition[]): void {
    if (partitions === undefined) this.#allPaused = true;
    for (const each of partitions ?? []) this.#paused.add(keyOf(each));
    this.#applyPauses();
  }

  resume(partitions?: readonly TopicPartition[]): void {
    if (partitions === undefined) this.#paused.clear();
    else if (this.#allPaused) for (const key of this.#owned.keys()) this.#paused.add(key);
    this.#allPaused = false;
    for (const each of partitions ?? []) this.#paused.delete(keyOf(each));
    this.#applyPauses();
    this.#hooks.onRoom();
  }

  /**
   * Partitions may move: no new batches until `proceed`. Resolves when no handler is at work and the member has handed
   * over, or after that time.
   */
  async quiesce(ms: number): Promise<void> {
    this.#quiesced = true;
    this.#applyPauses();
    if (this.#owned.size === 0) return;
    const handedOver = this.#handOver().catch((error: unknown) => this.fail(error));
    const limit = new AbortController();
    await Promise.race([handedOver, sleep(ms, limit.signal).catch(() => {})]);
    limit.abort();
  }

  proceed(): void {
    this.#quiesced = false;
    this.#applyPauses();
  }

  /** Ends with this error: handlers are told to stop, the group is left, `done` rejects. */
  fail(error: unknown): void {
    void this.#end(error).then(() => this.#settle.reject(error));
  }

  async close(): Promise<void> {
    const already = this.ended;
    await this.#end(new LogUnavailableError("the consumption was closed"));
    if (!already) this.#settle.resolve();
  }

  async #handOver(): Promise<void> {
    const deliveries = [...this.#owned.values()];
    await Promise.all(deliveries.map((delivery) => delivery.idle()));
    if (!this.ended) await this.#options.onHandover?.();
    await Promise.all(deliveries.map((delivery) => delivery.idle()));
  }

  #end(reason: unknown): Promise<void> {
    this.#ending ??= this.#finish(reason);
    return this.#ending;
  }

  async #finish(reason: unknown): Promise<void> {
    const deliveries = [...this.#owned.values()];
    for (const delivery of deliveries) delivery.end(reason);
    await Promise.all(deliveries.map((delivery) => delivery.idle()));
    await this.#hooks.leave();
    await Promise.all(deliveries.map((delivery) => delivery.revoke(reason)));
  }

  #ownedChanged(): void {
    this.#buffers = [...this.#owned.values()].map(({ buffer }) => buffer);
  }

  #applyPauses(): void {
    for (const [key, delivery] of this.#owned) delivery.paused = this.#isPaused(key);
  }

  #isPaused(key: string): boolean {
    return this.#quiesced || this.#allPaused || this.#paused.has(key);
  }
}
