import { HeadwaterError, LastingTrouble, sleep } from "@headwater/core";
import type { TopicPartition } from "../co-partitioning.ts";
import type { Position } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import { Coordinator } from "./coordinator.ts";
import { joinGroup } from "./group-join.ts";
import { takeOverOffsets } from "./former-group.ts";
import { startingPoints } from "./group-offsets.ts";
import { asTyped, isRejection, isTransient, protocolErrorKind, protocolErrorType } from "./kafka-errors.ts";
import { OffsetCommitter } from "./offset-committer.ts";

export interface GroupTimings {
  /** A member that is not heard of for so long has died, milliseconds. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long a rebalance waits for members to come back. */
  readonly rebalanceTimeoutMs: number;
  /** How long a member finishes its batches in hand before it lets a rebalance go on. */
  readonly handoverMs: number;
}

export interface GroupClient {
  readonly group: string;
  readonly formerGroup: string | undefined;
  readonly topics: readonly string[];
  readonly from: "earliest" | "latest";
  owned(): readonly TopicPartition[];
  quiesce(ms: number): Promise<void>;
  proceed(): void;
  revoke(partitions: readonly TopicPartition[]): Promise<void>;
  /** The commits of these partitions carry `tenure`. */
  assign(positions: readonly Position[], tenure: number): Promise<void>;
  fail(error: unknown): void;
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * A member of a consumer group, by Kafka's own protocol. kafkajs's consumer is not used: it retries a handler's
 * exception for ever without a word, can die in a process that lives on, and commits for partitions it no longer owns.
 */
export class GroupMembership {
  readonly #cluster: Cluster;
  readonly #client: GroupClient;
  readonly #timings: GroupTimings;
  readonly #coordinator: Coordinator;
  readonly #committer: OffsetCommitter;
  readonly #stop = new AbortController();
  #memberId = "";
  #generationId = -1;
  /** By partition: the tenure that began when it was last given to this member. */
  #tenures: ReadonlyMap<string, number> = new Map();
  #lastTenure = 0;
  /** Assignments are applied one after the other, while heartbeats go on. */
  #applied: Promise<void> = Promise.resolve();
  #joined = Promise.withResolvers<void>();
  #rejoin = Promise.withResolvers<void>();
  #isJoined = false;
  #hasTakenOver = false;
  #hasLeft = false;
  #lastHeard = performance.now();
  readonly #trouble = new LastingTrouble();
  #running: Promise<void> | undefined;

  constructor(cluster: Cluster, client: GroupClient, timings: GroupTimings) {
    this.#cluster = cluster;
    this.#client = client;
    this.#timings = timings;
    this.#coordinator = new Coordinator(cluster, client.group);
    this.#committer = new OffsetCommitter(
      this.#coordinator,
      {
        current: () => (this.#isJoined ? { memberId: this.#memberId, generationId: this.#generationId } : undefined),
        holds: (topic, partition, tenure) => !this.#hasLeft && this.#tenures.get(`${topic}/${partition}`) === tenure,
        rejoined: () => this.#rejoined(),
      },
      cluster.settings.requestTimeoutMs,
    );
  }

  /** Resolves when the member has joined and its first partitions are assigned. */
  async start(): Promise<void> {
    this.#running = this.#run().catch((error: unknown) => {
      this.#hasLeft = true;
      this.#release();
      this.#client.fail(asTyped(error, `consuming as ${this.#client.group}`));
    });
    await this.#joined.promise;
    await this.#applied;
  }

  commit(topic: string, partition: number, offset: number, tenure: number): Promise<boolean> {
    return this.#committer.commit(topic, partition, offset, tenure);
  }

  /** Tells the group, if that can be done quickly; otherwise it notices by itself. */
  async leave(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#hasLeft = true;
    const memberId = this.#memberId;
    // A join that waits for the others is given up with its connection.
    if (!this.#isJoined) this.#coordinator.reset();
    this.#release();
    if (memberId !== "") {
      const leaving = this.#coordinator.call("LeaveGroup", { memberId, members: [{ memberId }] });
      const patience = new AbortController();
      await Promise.race([leaving, sleep(2000, patience.signal)]).catch((error: unknown) => {
        this.#cluster.settings.logger.debug({ err: error, group: this.#client.group }, "leaving the group");
      });
      patience.abort();
      leaving.catch(() => {});
    }
    this.#tenures = new Map();
    this.#coordinator.reset();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let pause = 100; !this.#stop.signal.aborted;) {
      try {
        await this.#takeOver();
        await this.#join();
        pause = 100;
        await this.#heartbeatUntilRebalance();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const type = protocolErrorType(error);
        // Until the member joins again, what it hands over is committed under the generation that it has.
        if (type !== "REBALANCE_IN_PROGRESS") this.#unjoin();
        if (type !== "REBALANCE_IN_PROGRESS" && protocolErrorKind(error) === "fenced") {
          // The group went on without this member; its partitions may be another member's.
          if (type !== "ILLEGAL_GENERATION") this.#memberId = "";
          this.#lose();
        } else if (type !== "REBALANCE_IN_PROGRESS") {
          // Another program is in the group; it may leave.
          const isForeign = type === "INCONSISTENT_GROUP_PROTOCOL";
          const isPassing = isTransient(error) || isForeign || (this.#generationId >= 0 && isRejection(error));
          if (!isPassing) throw error;
          this.#warn(error, isForeign);
          this.#coordinator.reset();
          if (performance.now() - this.#lastHeard > this.#timings.sessionTimeoutMs) this.#lose();
          await this.#pause(pause);
          pause = Math.min(pause * 2, 2000);
          await this.#refresh();
        }
      }
    }
  }

  /** Nobody else is in a group that nobody has been in, so its first member can commit what it was. */
  async #takeOver(): Promise<void> {
    const { formerGroup, topics } = this.#client;
    if (this.#hasTakenOver || formerGroup === undefined) return;
    await takeOverOffsets(this.#cluster, this.#coordinator, { formerGroup, topics });
    this.#hasTakenOver = true;
  }

  async #join(): Promise<void> {
    await this.#client.quiesce(this.#timings.handoverMs);
    this.#unjoin();
    this.#rejoin = Promise.withResolvers<void>();
    const { group, topics } = this.#client;
    const { generationId, assignment } = await joinGroup(this.#cluster, this.#coordinator, this.#timings, {
      topics,
      owned: () => this.#client.owned(),
      id: this.#memberId,
      onId: (memberId) => (this.#memberId = memberId),
    });
    // A generation that this member has not seen may have given its partitions to another, which gave them back since.
    if (generationId !== this.#generationId && generationId !== this.#generationId + 1) this.#lose();
    this.#generationId = generationId;
    const tenure = ++this.#lastTenure;
    this.#tenures = new Map(assignment.map(keyOf).map((key) => [key, this.#tenures.get(key) ?? tenure]));
    this.#isJoined = true;
    this.#lastHeard = performance.now();
    this.#cluster.settings.logger.debug({ group, generationId, partitions: assignment.length }, "joined the group");
    this.#apply(assignment, tenure);
    this.#release();
  }

  /**
   * Resolves when the group is about to share out its partitions anew; rejects with the error that answers a heartbeat.
   */
  async #heartbeatUntilRebalance(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const isDue = await Promise.race([
        this.#pause(this.#timings.heartbeatMs).then(() => true),
        this.#rejoin.promise.then(() => false),
      ]);
      if (!isDue || signal.aborted) return;
      await this.#coordinator.call("Heartbeat", { groupGenerationId: this.#generationId, memberId: this.#memberId });
      this.#lastHeard = performance.now();
    }
  }

  #apply(assignment: readonly TopicPartition[], tenure: number): void {
    this.#applied = this.#applied
      .then(async () => {
        const owned = this.#client.owned();
        const keys = new Set(assignment.map(keyOf));
        await this.#client.revoke(owned.filter((each) => !keys.has(keyOf(each))));
        this.#client.proceed();
        const ownedKeys = new Set(owned.map(keyOf));
        const gained = assignment.filter((each) => !ownedKeys.has(keyOf(each)));
        if (gained.length === 0) return;
        await this.#client.assign(await this.#startingPoints(gained), tenure);
      })
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#client.fail(asTypedUnlessForeign(error));
      });
  }

  /** However long Kafka is away: a rebalance may be what an outage begins or ends with. */
  async #startingPoints(gained: readonly TopicPartition[]): Promise<Position[]> {
    for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
      try {
        return await startingPoints(this.#cluster, this.#coordinator, gained, this.#client.from);
      } catch (error) {
        if (this.#stop.signal.aborted || !isTransient(error)) throw error;
        this.#warn(error, false);
        await this.#pause(pause);
      }
    }
  }

  /** The group may have given everything away. */
  #lose(): void {
    if (this.#tenures.size === 0) return;
    this.#tenures = new Map();
    this.#apply([], ++this.#lastTenure);
  }

  async #rejoined(): Promise<void> {
    if (this.#isJoined) {
      this.#unjoin();
      this.#rejoin.resolve();
    }
    await this.#joined.promise;
  }

  /** Calls from now on wait for the next join; no call waits once the member has left. */
  #unjoin(): void {
    if (!this.#isJoined || this.#hasLeft) return;
    this.#isJoined = false;
    this.#joined = Promise.withResolvers<void>();
  }

  #release(): void {
    this.#joined.resolve();
  }

  async #refresh(): Promise<void> {
    await this.#cluster.refresh().catch((error: unknown) => {
      const isPassing = error instanceof HeadwaterError && (error.advice !== "stop" || this.#generationId >= 0);
      if (!isPassing) throw error;
    });
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  #warn(error: unknown, isForeign: boolean): void {
    const { logger } = this.#cluster.settings;
    const problem = error instanceof Error ? error.message : String(error);
    if (!this.#trouble.isNews(problem)) return;
    const what = isForeign
      ? "another program is a member of this consumer group; nothing is consumed until it has left"
      : "Kafka's group coordinator does not answer; trying again";
    logger.warn({ group: this.#client.group, problem }, what);
  }
}

/** Errors of the member's own code pass through unchanged; errors of Kafka become typed. */
function asTypedUnlessForeign(error: unknown): unknown {
  return error instanceof Error && error.name.startsWith("KafkaJS") ? asTyped(error, "taking partitions on") : error;
}
