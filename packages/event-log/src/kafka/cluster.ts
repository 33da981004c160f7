import { ConfigError, HeadwaterError, sleep } from "@headwater/core";
import { LogUnavailableError, UnknownTopicError } from "../errors.ts";
import { BrokerConnection, type BrokerAddress } from "./broker-connection.ts";
import { asTyped, isTransient } from "./kafka-errors.ts";
import { METADATA_KEY, METADATA_VERSION, metadataRequest, type MetadataAnswer } from "./metadata-request.ts";
import type { KafkaSettings } from "./settings.ts";
import { TopicIdentities } from "./topic-identities.ts";

/** Topics are asked for again after so long, so that nobody writes on to one that was made anew in silence. */
const METADATA_AGE_MS = 10_000;

/** The leaders of all partitions, and a connection per broker for requests that are answered at once. */
export class Cluster {
  readonly settings: KafkaSettings;
  readonly identities: TopicIdentities;
  readonly #seeds: readonly BrokerAddress[];
  readonly #control = new Map<number, Promise<BrokerConnection>>();
  /** Leader by partition number, by topic. */
  readonly #leaders = new Map<string, readonly number[]>();
  /** Replicas of a topic's partitions: the fewest that one has. */
  readonly #replicas = new Map<string, number>();
  /** Partitions of a topic that are written, where more exist. */
  readonly #written = new Map<string, number>();
  /** `min.insync.replicas` by topic. */
  readonly #ackedBy = new Map<string, number>();
  #brokers = new Map<number, BrokerAddress>();
  #seed: Promise<BrokerConnection> | undefined;
  #nextSeed = 0;
  #controller = -1;
  #refreshing: Promise<void> | undefined;
  /** Brokers that did not answer when they were last asked. */
  readonly #silent = new Set<number>();
  /** Called when a topic has more partitions than it had. */
  readonly onMorePartitions = new Set<(topic: string) => void>();
  #closed = false;
  #ageing: NodeJS.Timeout | undefined;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
    this.identities = new TopicIdentities(settings.logger);
    this.#seeds = settings.brokers.map(parseAddress);
    this.#nextSeed = Math.floor(Math.random() * this.#seeds.length);
  }

  get brokerCount(): number {
    return this.#brokers.size;
  }

  get controllerId(): number {
    return this.#controller;
  }

  /** Learns these topics, and of all brokers. Topics that do not exist are left out. */
  async learn(topics: readonly string[]): Promise<void> {
    for (const topic of topics) if (!this.#leaders.has(topic)) this.#leaders.set(topic, []);
    await this.refresh();
  }

  /** Asks the brokers for the leaders again; concurrent callers share the answer. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
      this.#refreshWhenOld();
    });
    return this.#refreshing;
  }

  /** How many partitions a topic has; 0 if there is no such topic, as far as is known. */
  partitionCount(topic: string): number {
    return this.#leaders.get(topic)?.length ?? 0;
  }

  /** Appends use the first `partitions` of a topic alone: whoever adds some must not move keys between partitions. */
  writeOnly(topic: string, partitions: number): void {
    this.#written.set(topic, partitions);
  }

  /** How many partitions of a topic are written: as many as there are, unless fewer are configured. */
  writtenCount(topic: string): number {
    const count = this.partitionCount(topic);
    return Math.min(count, this.#written.get(topic) ?? count);
  }

  /**
   * As `partitionCount`, asking the brokers if need be. Rejects with UnknownTopicError for a topic that does not exist.
   */
  async partitionsOf(topic: string): Promise<number> {
    if (this.partitionCount(topic) === 0) {
      await this.learn([topic]);
      // A topic that was made a moment ago may not be known to every broker yet.
      for (let attempt = 0; this.partitionCount(topic) === 0 && attempt < 5; attempt++) {
        await sleep(100);
        await this.refresh();
      }
    }
    const count = this.partitionCount(topic);
    if (count === 0) throw new UnknownTopicError(`there is no topic ${topic}; ensureTopics has to make it first`);
    return count;
  }

  /** How many brokers keep every partition of a topic, as far as is known. */
  replicasOf(topic: string): number | undefined {
    return this.#replicas.get(topic);
  }

  /** An append to the topic is acknowledged once so many brokers have it, and others may lag behind them. */
  ackedBy(topic: string, brokers: number): void {
    this.#ackedBy.set(topic, brokers);
  }

  /** As `replicasOf`, of what is acknowledged: replicas that may lag behind keep nothing for sure. */
  safeReplicasOf(topic: string): number | undefined {
    return (this.#ackedBy.get(topic) ?? 1) < 2 ? Math.min(1, this.replicasOf(topic) ?? 1) : this.replicasOf(topic);
  }

  /** The node that leads a partition; undefined while nobody does. */
  leaderOf(topic: string, partition: number): number | undefined {
    const leader = this.#leaders.get(topic)?.[partition];
    return leader === undefined || leader < 0 || !this.#brokers.has(leader) ? undefined : leader;
  }

  /** A new connection that the caller owns. */
  async connect(nodeId: number): Promise<BrokerConnection> {
    const address = this.#brokers.get(nodeId);
    if (address === undefined || this.#closed) throw new LogUnavailableError(`Kafka's broker ${nodeId} is not known`);
    return BrokerConnection.open(address, this.settings);
  }

  /**
   * The shared connection to a broker (-1: any), for requests that are answered at once. An error other than the
   * broker's own ends it.
   */
  async call<Answer>(nodeId: number, name: string, options: object, how: { lenient?: boolean } = {}): Promise<Answer> {
    const connection = await this.#controlConnection(nodeId);
    try {
      return await connection.call<Answer>(name, options, how);
    } catch (error) {
      if (!(error instanceof Error && error.name === "KafkaJSProtocolError")) connection.destroy();
      throw error;
    }
  }

  /**
   * Repeats the call while its errors are transient, refreshing the leaders in between, at most for the request
   * timeout; then, and for every other error, rejects with a typed one.
   */
  async retrying<Answer>(doing: string, attempt: () => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + this.settings.requestTimeoutMs;
    for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#closed || !isTransient(error) || performance.now() + pause > deadline) throw asTyped(error, doing);
        await sleep(pause);
        await this.refresh().catch((second: unknown) => {
          if (!(second instanceof HeadwaterError) || !isTransient(second)) throw second;
        });
      }
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#ageing);
    for (const opening of [...this.#control.values(), ...(this.#seed === undefined ? [] : [this.#seed])]) {
      opening.then(
        (connection) => connection.destroy(),
        () => {},
      );
    }
  }

  #refreshWhenOld(): void {
    clearTimeout(this.#ageing);
    if (this.#closed) return;
    this.#ageing = setTimeout(() => {
      this.refresh().catch((error: unknown) => {
        this.settings.logger.debug({ err: error }, "could not look at the topics again");
      });
    }, METADATA_AGE_MS).unref();
  }

  async #refresh(): Promise<void> {
    const topics = [...this.#leaders.keys()];
    let problem: unknown;
    // Any broker can tell; one that hangs or is gone must not keep the others from it.
    const known = [...this.#brokers.keys()];
    const likely = known.filter((nodeId) => !this.#silent.has(nodeId));
    const unlikely = known.filter((nodeId) => this.#silent.has(nodeId));
    for (const nodeId of [...likely, -1, -1, ...unlikely]) {
      try {
        const answer = await this.#askMetadata(nodeId, topics);
        this.#silent.delete(nodeId);
        this.#take(answer);
        return;
      } catch (error) {
        if (nodeId >= 0) this.#silent.add(nodeId);
        problem = error;
        if (!isTransient(error)) break;
      }
    }
    throw asTyped(problem, "asking for the cluster's topics");
  }

  async #askMetadata(nodeId: number, topics: readonly string[]): Promise<MetadataAnswer> {
    const connection = await this.#controlConnection(nodeId);
    try {
      if (connection.knows(METADATA_KEY, METADATA_VERSION)) return await connection.send(metadataRequest(topics));
      const options = { topics, allowAutoTopicCreation: false };
      return await connection.call<MetadataAnswer>("Metadata", options, { lenient: true });
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  #take(answer: MetadataAnswer): void {
    this.#brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.#controller = answer.controllerId;
    for (const { topic, topicId, topicErrorCode, partitionMetadata } of answer.topicMetadata) {
      this.identities.learn(topic, topicErrorCode, topicId);
      const leaders: number[] = [];
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
      // A broker that has not heard of a topic yet takes away nothing that is known of it.
      if (leaders.length === 0 || !this.#leaders.has(topic)) continue;
      const before = this.partitionCount(topic);
      this.#leaders.set(topic, leaders);
      if (before > 0 && leaders.length > before) for (const tell of this.onMorePartitions) tell(topic);
      this.#replicas.set(topic, Math.min(...partitionMetadata.map(({ replicas }) => replicas.length)));
    }
  }

  async #controlConnection(nodeId: number): Promise<BrokerConnection> {
    if (this.#closed) throw new LogUnavailableError("the event log is closed");
    const current = nodeId < 0 ? this.#seed : this.#control.get(nodeId);
    const connection = await current?.catch(() => undefined);
    if (connection?.isUsable === true) return connection;
    const opening = nodeId < 0 ? this.#openSeed() : this.connect(nodeId);
    if (nodeId < 0) this.#seed = opening;
    else this.#control.set(nodeId, opening);
    return opening;
  }

  async #openSeed(): Promise<BrokerConnection> {
    let problem: unknown;
    for (let tried = 0; tried < this.#seeds.length; tried++) {
      try {
        return await BrokerConnection.open(this.#seeds[this.#nextSeed]!, this.settings);
      } catch (error) {
        problem = error;
        this.#nextSeed = (this.#nextSeed + 1) % this.#seeds.length;
      }
    }
    throw problem;
  }
}

function parseAddress(broker: string): BrokerAddress {
  const match = /^(?:[A-Z_]+:\/\/)?\[?([^\]]+)\]?:(\d+)$/.exec(broker.trim());
  if (match === null) throw new ConfigError(`${broker} is not the address of a Kafka broker; it has to be host:port`);
  return { host: match[1]!, port: Number(match[2]) };
}
