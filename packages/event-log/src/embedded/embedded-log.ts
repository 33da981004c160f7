import { InvariantError } from "@headwater/core";
import { missingOf, type TopicPartition } from "../co-partitioning.ts";
import { ForeignPositionError } from "../errors.ts";
import { FollowDelivery } from "../delivery/follow-delivery.ts";
import { GroupConsumption } from "../delivery/group-consumption.ts";
import { PartitionBuffer } from "../delivery/partition-buffer.ts";
import type {
  AppendedRange,
  ConsumeOptions,
  Consumption,
  EventLog,
  Following,
  FollowOptions,
  LogBatch,
  OutgoingRecord,
  PartitionPositions,
  Position,
  ReadRange,
  TopicSpec,
} from "../event-log.ts";
import type { Logger } from "@headwater/core";
import { aheadWarning } from "./append-clock.ts";
import { Catalog } from "./catalog.ts";
import { FetchLoop } from "./fetch-loop.ts";
import { LogGroupCommit } from "./log-group-commit.ts";
import { GroupRegistry } from "./group-registry.ts";
import { readPartition } from "./read-partition.ts";
import type { LogWorkerClient } from "./log-worker-client.ts";
import type { PartitionInfo } from "./worker-protocol.ts";

/** The port, and the housekeeping of the embedded log on demand. */
export interface EmbeddedEventLog extends EventLog {
  /** Runs retention and compaction now, and resolves when they are through. */
  housekeep(): Promise<void>;
}

/** The event log in SQLite, in this process. The worker has the database; everything about delivery is here. */
export class EmbeddedLog implements EmbeddedEventLog {
  readonly #worker: LogWorkerClient;
  readonly #logger: Logger;
  readonly #catalog = new Catalog();
  readonly #commits: LogGroupCommit;
  readonly #groups: GroupRegistry;
  readonly #open = new Set<{ close(): Promise<void> }>();
  #closing: Promise<void> | undefined;

  constructor(
    worker: LogWorkerClient,
    { partitions, lastTime }: { readonly partitions: readonly PartitionInfo[]; readonly lastTime: number },
    maxRecordBytes: number,
    logger: Logger,
  ) {
    this.#worker = worker;
    this.#logger = logger;
    this.#catalog.learn(partitions);
    this.#commits = new LogGroupCommit(worker, this.#catalog, maxRecordBytes, lastTime);
    this.#groups = new GroupRegistry((topic) => this.#catalog.topic(topic).length);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    const { partitions } = await this.#worker.request("ensure", { specs });
    this.#catalog.learn(partitions);
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    this.#assertOpen();
    return this.#commits.append(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    this.#assertOpen();
    for (const topic of options.topics) this.#catalog.topic(topic);
    if (options.formerGroup !== undefined) await this.#takeOver(options.group, options.formerGroup, options.topics);
    let leave: (() => Promise<void>) | undefined;
    const consumption = new GroupConsumption(
      options,
      {
        commit: (topic, partition, offset) => this.#commitOffset(options.group, topic, partition, offset),
        // The embedded log ends a reading instead.
        onGap: () => {},
        onRoom: () => fetching.wake(),
        leave: async () => {
          this.#open.delete(consumption);
          await fetching.stop();
          await leave?.();
        },
      },
      this.#logger,
    );
    const fetching = new FetchLoop(this.#worker, this.#catalog, consumption, this.#logger);
    this.#open.add(consumption);
    const left = await this.#groups.join(options.group, {
      topics: options.topics,
      owned: () => consumption.owned(),
      quiesce: (ms) => consumption.quiesce(ms),
      proceed: () => consumption.proceed(),
      revoke: (partitions) => consumption.revoke(partitions),
      assign: async (partitions) => consumption.assign(await this.#startingPoints(options, partitions)),
      fail: (error) => consumption.fail(error),
    });
    // It may have ended while it joined.
    if (consumption.ended) await left();
    leave = left;
    return consumption;
  }

  async follow(options: FollowOptions): Promise<Following> {
    this.#assertOpen();
    const from = new Map((options.from ?? []).map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    const ends = new Map<PartitionBuffer, number>();
    await this.#learnPositions(options.topics);
    for (const topic of new Set(options.topics)) {
      for (const { partition, start, end } of this.#catalog.topic(topic)) {
        const offset = from.get(`${topic}/${partition}`) ?? (options.otherwise === "latest" ? end : start);
        if (offset > end) throw new ForeignPositionError({ topic, partition, offset }, end);
        ends.set(new PartitionBuffer(topic, partition, offset), end);
      }
    }
    const following = new FollowDelivery(
      options,
      ends,
      {
        onGap: () => {},
        onRoom: () => fetching.wake(),
        leave: async () => {
          this.#open.delete(following);
          await fetching.stop();
        },
      },
      this.#logger,
    );
    const fetching = new FetchLoop(this.#worker, this.#catalog, following, this.#logger);
    this.#open.add(following);
    following.delivered();
    fetching.wake();
    return following;
  }

  read(topic: string, partition: number, range: ReadRange = {}): AsyncIterable<LogBatch> {
    this.#assertOpen();
    return readPartition(this.#worker, this.#catalog.partition(topic, partition), range);
  }

  async positions(topic: string): Promise<readonly PartitionPositions[]> {
    this.#assertOpen();
    this.#catalog.topic(topic);
    const { partitions } = await this.#worker.request("positions", { topic });
    return partitions
      .map(({ partition, start, end }) => ({ partition, start, end }))
      .toSorted((a, b) => a.partition - b.partition);
  }

  async committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    this.#assertOpen();
    for (const topic of topics) this.#catalog.topic(topic);
    const { offsets } = await this.#worker.request("committed", { group });
    return offsets
      .map(({ id, offset }) => {
        const { topic, partition } = this.#catalog.byId(id);
        return { topic, partition, offset };
      })
      .filter(({ topic }) => topics.includes(topic));
  }

  warnings(): readonly string[] {
    const ahead = aheadWarning(this.#commits.lastTime);
    return ahead === undefined ? [] : [ahead];
  }

  async housekeep(): Promise<void> {
    this.#assertOpen();
    await this.#worker.request("housekeep", {});
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#open].map((each) => each.close()));
      await this.#commits.drain();
      await this.#worker.close();
    })();
    return this.#closing;
  }

  async #commitOffset(group: string, topic: string, partition: number, offset: number): Promise<boolean> {
    await this.#commits.keepOffset({ group, id: this.#catalog.partition(topic, partition).id, offset });
    return true;
  }

  async #takeOver(group: string, formerGroup: string, topics: readonly string[]): Promise<void> {
    const missing = missingOf(await this.committed(formerGroup, topics), await this.committed(group, topics));
    await Promise.all(missing.map((each) => this.#commitOffset(group, each.topic, each.partition, each.offset)));
  }

  async #startingPoints(options: ConsumeOptions, partitions: readonly TopicPartition[]): Promise<Position[]> {
    if (partitions.length === 0) return [];
    await this.#learnPositions(options.topics);
    const { offsets } = await this.#worker.request("committed", { group: options.group });
    const kept = new Map(offsets.map(({ id, offset }) => [id, offset]));
    return partitions.map(({ topic, partition }) => {
      const { id, start, end } = this.#catalog.partition(topic, partition);
      const offset = kept.get(id) ?? (options.from === "latest" ? end : start);
      if (offset > end) throw new ForeignPositionError({ topic, partition, offset }, end);
      return { topic, partition, offset };
    });
  }

  /** Retention moves the starts without telling. */
  async #learnPositions(topics: readonly string[]): Promise<void> {
    for (const topic of new Set(topics)) {
      this.#catalog.topic(topic);
      this.#catalog.learn((await this.#worker.request("positions", { topic })).partitions);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new InvariantError("the event log is closed");
  }
}
