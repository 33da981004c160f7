import { InvariantError } from "@headwater/core";
import { ForeignPositionError } from "../errors.ts";
import type { TopicPartition } from "../co-partitioning.ts";
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
import type { Cluster } from "./cluster.ts";
import { Coordinator } from "./coordinator.ts";
import { Fetcher } from "./fetcher.ts";
import { GroupMembership, type GroupTimings } from "./group-membership.ts";
import { fetchCommitted } from "./group-offsets.ts";
import { reportGap } from "./report-gap.ts";
import { listOffsets } from "./list-offsets.ts";
import { Producer, type ProducerLimits } from "./producer.ts";
import { readPartition } from "./read-partition.ts";
import { ensureTopics } from "./topic-admin.ts";
import { TopicWatch } from "./topic-watch.ts";

export interface KafkaLogParts {
  readonly limits: ProducerLimits;
  readonly timings: GroupTimings;
  readonly replication: number | undefined;
  readonly topicCheckMs: number;
  readonly warnings: () => readonly string[];
}

/** The event log in Kafka. */
export class KafkaLog implements EventLog {
  readonly #cluster: Cluster;
  readonly #parts: KafkaLogParts;
  readonly #producer: Producer;
  readonly #open = new Set<{ close(): Promise<void> }>();
  readonly #watch: TopicWatch;
  #closing: Promise<void> | undefined;

  constructor(cluster: Cluster, parts: KafkaLogParts) {
    this.#cluster = cluster;
    this.#parts = parts;
    this.#producer = new Producer(cluster, parts.limits);
    this.#watch = new TopicWatch(cluster, parts.topicCheckMs);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    this.#watch.watch(specs, await ensureTopics(this.#cluster, specs, this.#parts.replication));
  }

  warnings(): readonly string[] {
    return [...this.#watch.warnings, ...this.#cluster.identities.warnings(), ...this.#parts.warnings()];
  }

  append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    // Not async from here on: two calls in one turn must reach the producer in their order.
    if (this.#closing !== undefined) return Promise.reject(new InvariantError("the event log is closed"));
    if (this.#cluster.partitionCount(topic) > 0) return this.#producer.append(topic, records);
    return this.#appendToUnknown(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    this.#assertOpen();
    const consumption = new GroupConsumption(
      options,
      {
        commit: (topic, partition, offset, tenure) => membership.commit(topic, partition, offset, tenure),
        onRoom: () => fetcher.wake(),
        onGap: (gap) => reportGap(this.#cluster, gap),
        leave: async () => {
          this.#open.delete(consumption);
          await Promise.all([fetcher.stop(), membership.leave()]);
        },
      },
      this.#cluster.settings.logger,
    );
    const fetcher = new Fetcher(this.#cluster, consumption);
    const membership = new GroupMembership(
      this.#cluster,
      {
        group: options.group,
        formerGroup: options.formerGroup,
        topics: options.topics,
        from: options.from ?? "earliest",
        owned: () => consumption.owned(),
        quiesce: (ms) => consumption.quiesce(ms),
        proceed: () => consumption.proceed(),
        revoke: (partitions) => consumption.revoke(partitions),
        assign: (positions, tenure) => consumption.assign(positions, tenure),
        fail: (error) => consumption.fail(error),
      },
      this.#parts.timings,
    );
    for (const topic of options.topics) await this.#partitionsOf(topic);
    this.#open.add(consumption);
    await membership.start();
    return consumption;
  }

  async follow(options: FollowOptions): Promise<Following> {
    this.#assertOpen();
    const from = new Map((options.from ?? []).map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    const ends = new Map<PartitionBuffer, number>();
    for (const topic of new Set(options.topics)) {
      const positions = await this.positions(topic);
      const numbers = positions.map(({ partition }) => partition);
      const readable = await listOffsets(this.#cluster, topic, numbers, "readable-end");
      for (const { partition, start, end } of positions) {
        const offset = from.get(`${topic}/${partition}`) ?? (options.otherwise === "latest" ? end : start);
        if (offset > end) throw new ForeignPositionError({ topic, partition, offset }, end);
        ends.set(new PartitionBuffer(topic, partition, offset), Math.min(end, readable.get(partition)!));
      }
    }
    const following = new FollowDelivery(
      options,
      ends,
      {
        onRoom: () => fetcher.wake(),
        onGap: (gap) => reportGap(this.#cluster, gap),
        leave: async () => {
          this.#open.delete(following);
          this.#cluster.onMorePartitions.delete(takeOn);
          await fetcher.stop();
        },
      },
      this.#cluster.settings.logger,
    );
    const fetcher = new Fetcher(this.#cluster, following);
    const takeOn = (topic: string): void => this.#takeOn(following, fetcher, topic);
    this.#assertOpen();
    this.#open.add(following);
    this.#cluster.onMorePartitions.add(takeOn);
    // Some may have been added since the positions were asked for.
    for (const topic of new Set(options.topics)) takeOn(topic);
    following.delivered();
    fetcher.wake();
    return following;
  }

  /** Partitions that were added to a topic are followed too, from their beginning: others may write to them. */
  #takeOn(following: FollowDelivery, fetcher: Fetcher, topic: string): void {
    const known = following.buffers().filter((buffer) => buffer.topic === topic).length;
    if (known === 0) return;
    for (let partition = known; partition < this.#cluster.partitionCount(topic); partition++) {
      this.#cluster.settings.logger.warn({ topic, partition }, "a partition was added to a topic; it is read as well");
      following.add(new PartitionBuffer(topic, partition, 0));
    }
    fetcher.wake();
  }

  read(topic: string, partition: number, range: ReadRange = {}): AsyncIterable<LogBatch> {
    this.#assertOpen();
    return readPartition(this.#cluster, topic, partition, range);
  }

  async positions(topic: string): Promise<readonly PartitionPositions[]> {
    this.#assertOpen();
    const partitions = Array.from({ length: await this.#partitionsOf(topic) }, (_, partition) => partition);
    const [starts, ends] = await Promise.all([
      listOffsets(this.#cluster, topic, partitions, "earliest"),
      listOffsets(this.#cluster, topic, partitions, "latest"),
    ]);
    const replicas = this.#cluster.safeReplicasOf(topic);
    return partitions.map((partition) => ({
      ...{ partition, start: starts.get(partition)!, end: ends.get(partition)! },
      ...(replicas === undefined ? {} : { replicas }),
    }));
  }

  async committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    this.#assertOpen();
    const partitions: TopicPartition[] = [];
    for (const topic of topics) {
      const count = await this.#partitionsOf(topic);
      for (let partition = 0; partition < count; partition++) partitions.push({ topic, partition });
    }
    const coordinator = new Coordinator(this.#cluster, group);
    try {
      return await this.#cluster.retrying(`reading offsets of group ${group}`, () =>
        fetchCommitted(coordinator, partitions),
      );
    } finally {
      coordinator.reset();
    }
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#open].map((each) => each.close()));
      await this.#producer.close();
      const watched = this.#watch.stop();
      this.#cluster.close();
      await watched;
    })();
    return this.#closing;
  }

  async #appendToUnknown(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    await this.#partitionsOf(topic);
    return this.#producer.append(topic, records);
  }

  #partitionsOf(topic: string): Promise<number> {
    return this.#cluster.retrying(`asking for topic ${topic}`, () => this.#cluster.partitionsOf(topic));
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new InvariantError("the event log is closed");
  }
}
