import { InvariantError, UnknownOutcomeError } from "@headwater/core";
import { LogUnavailableError } from "../errors.ts";
import type { AppendedRange, OutgoingRecord } from "../event-log.ts";
import { partitionFor } from "../partitioner.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";
import {
  asTyped,
  brokerError,
  isForbidden,
  isKnownCode,
  isTransient,
  protocolErrorKind,
  troubleDetails,
} from "./kafka-errors.ts";
import { noLeader, recreated, shortenedQueues, type PartitionQueue } from "./partition-queue.ts";
import { PendingAppend } from "./pending-batch.ts";
import { produceRequest, type ProducedPartition } from "./produce-request.ts";
import { ProducerQueues } from "./producer-queues.ts";

export interface ProducerLimits {
  /** A batch is closed when it has grown to this; Kafka's default for `max.message.bytes` is a little more. */
  readonly batchBytes: number;
  /** Of one request to one broker. */
  readonly requestBytes: number;
  /** Handed over and not yet settled; beyond it appends are refused. */
  readonly queuedBytes: number;
}

/** Between looks at partitions that have no leader or whose leader cannot be reached. */
const RETRY_MS = 100;

/** The leader has it, or may have it; whether it stays is open. */
const doubtful = new Set([
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  "REQUEST_TIMED_OUT",
  "NETWORK_EXCEPTION",
  "UNKNOWN_SERVER_ERROR",
]);

/**
 * Appends to Kafka. kafkajs has no linger; here the records that arrive while a request is under way go into the next
 * one. A partition has one batch under way at a time and a broker one request, so order needs no sequence numbers.
 */
export class Producer {
  readonly #cluster: Cluster;
  readonly #limits: ProducerLimits;
  readonly #queues: ProducerQueues;
  readonly #connections = new Map<number, BrokerConnection>();
  /** Brokers with a request under way. */
  readonly #busy = new Set<number>();
  /** Why no broker could be asked for the leaders. */
  #refreshProblem: unknown;
  #scheduled = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #nextKeyless = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(cluster: Cluster, limits: ProducerLimits) {
    this.#cluster = cluster;
    this.#limits = limits;
    this.#queues = new ProducerQueues(limits.batchBytes);
  }

  /** Synchronous up to the hand-over, so that calls keep their order. The topic has to be known to the cluster. */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    if (this.#closed) return Promise.reject(new InvariantError("the event log is closed"));
    if (records.length === 0) return Promise.resolve([]);
    if (this.#queues.bytes > this.#limits.queuedBytes) {
      return Promise.reject(new LogUnavailableError("more is being appended than Kafka takes", { retryAfterMs: 100 }));
    }
    return new Promise((resolve, reject) => {
      const append = new PendingAppend(topic, resolve, reject);
      const queues = this.#queues.of(topic, this.#cluster.writtenCount(topic));
      // As many as when the first record was appended: a count that is raised since moves no key.
      const partitions = queues.length;
      const keyless = this.#nextKeyless++ % partitions;
      const deadline = performance.now() + this.#cluster.settings.requestTimeoutMs;
      for (let i = 0; i < records.length; i++) {
        const record = records[i]!;
        const partition = record.partition ?? (record.key === null ? keyless : partitionFor(record.key, partitions));
        const queue = queues[partition];
        if (queue === undefined) append.refuse(i, `topic ${topic} has no partition ${partition}`);
        else this.#queues.openBatch(queue, record, deadline).add(append, record, i);
      }
      append.complete();
      this.#schedule();
    });
  }

  /** Resolves when everything that was handed over is settled, and lets go of the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#queues.waiting.size > 0 || this.#busy.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    clearTimeout(this.#retryTimer);
    for (const connection of this.#connections.values()) connection.destroy();
    this.#connections.clear();
  }

  /** After this turn of the event loop: all appends of the turn share the request. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendWhatCan();
    });
  }

  #sendWhatCan(): void {
    const requests = new Map<number, { queues: PartitionQueue[]; bytes: number }>();
    const now = performance.now();
    let leaderless = false;
    for (const queue of this.#queues.waiting) {
      const batch = queue.batches[0]!;
      if (queue.inFlight) continue;
      if (batch.deadline < now) {
        this.#queues.fail(
          queue,
          new LogUnavailableError(`Kafka did not take records of ${queue.topic} in time`, { cause: queue.problem }),
          queue.batches.length,
        );
        continue;
      }
      const leader = this.#cluster.leaderOf(queue.topic, queue.partition);
      if (leader === undefined) {
        leaderless = true;
        queue.problem = this.#refreshProblem ?? noLeader(queue);
      }
      if (leader === undefined || this.#busy.has(leader)) continue;
      const request = requests.get(leader) ?? { queues: [], bytes: 0 };
      if (request.bytes > 0 && request.bytes + batch.bytes > this.#limits.requestBytes) continue;
      request.queues.push(queue);
      request.bytes += batch.bytes;
      requests.set(leader, request);
    }
    for (const [leader, { queues }] of requests) {
      for (const queue of queues) {
        this.#queues.moveToEnd(queue);
      }
      void this.#send(leader, queues);
    }
    if (leaderless) this.#retryLater(true);
    this.#checkDrained();
  }

  /** One request. Never rejects: an error settles the batches, or leaves them for another try. */
  async #send(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    this.#busy.add(leader);
    for (const queue of queues) queue.inFlight = true;
    let connection: BrokerConnection | undefined;
    let sent = false;
    let whole = queues;
    try {
      connection = await this.#connectionTo(leader);
      whole = await this.#confirmed(queues, connection);
      const { compression } = this.#cluster.settings;
      const batches = whole.map(({ topic, partition, batches: [first] }) => ({
        ...{ topic, partition },
        batch: first!.seal(compression),
      }));
      if (batches.length === 0) return;
      sent = true;
      const answer = await connection.send(produceRequest(batches, this.#cluster.settings.requestTimeoutMs));
      this.#settle(whole, answer);
    } catch (error) {
      if (connection === undefined || !sent) {
        connection?.destroy();
        this.#notSent(whole, error);
      } else {
        // The broker may yet take bytes that are in the socket: no later batch may overtake them on it.
        connection.destroy();
        this.#connections.delete(leader);
        const message = error instanceof Error ? error.message : String(error);
        const details = troubleDetails(error);
        const doubt = new UnknownOutcomeError(`Kafka did not answer an append: ${message}`, { cause: error, details });
        for (const queue of whole) this.#queues.fail(queue, doubt, 1);
        this.#retryLater(true);
      }
    } finally {
      for (const queue of queues) queue.inFlight = false;
      this.#busy.delete(leader);
      this.#schedule();
    }
  }

  #settle(queues: readonly PartitionQueue[], answer: readonly ProducedPartition[]): void {
    for (const queue of queues) {
      const result = answer.find(({ topic, partition }) => topic === queue.topic && partition === queue.partition);
      if (result?.errorCode === 0) {
        if (result.baseOffset < queue.end) {
          // The topic was made anew since the last append. This one has landed; readers know it when it is repeated.
          this.#queues.fail(queue, recreated(queue), queue.batches.length);
          continue;
        }
        const batch = this.#queues.take(queue);
        queue.end = result.baseOffset + batch.count;
        queue.topicId = this.#cluster.identities.idOf(queue.topic);
        queue.problem = undefined;
        batch.landed(result.baseOffset);
        continue;
      }
      const error = brokerError(result?.errorCode ?? -1);
      if (protocolErrorKind(error) === "refused") {
        this.#refuse(queue, error);
      } else if (doubtful.has(error.type) || !isKnownCode(error)) {
        this.#queues.fail(
          queue,
          new UnknownOutcomeError(`Kafka may have taken an append: ${error.message}`, {
            cause: error,
            details: troubleDetails(error),
          }),
          1,
        );
      } else if (isTransient(error)) {
        queue.problem = asTyped(error, `appending to ${queue.topic}`);
        this.#retryLater(true);
      } else this.#queues.fail(queue, asTyped(error, `appending to ${queue.topic}`), 1);
    }
  }

  /** Bytes may have changed on their way: a record is refused once the broker has said so twice. */
  #refuse(queue: PartitionQueue, error: Error): void {
    const first = queue.batches[0]!;
    if (first.count === 1 && !first.isDoubted) {
      first.isDoubted = true;
      this.#retryLater(false);
    } else this.#queues.refuse(queue, error.message, performance.now() + this.#cluster.settings.requestTimeoutMs);
  }

  #notSent(queues: readonly PartitionQueue[], error: unknown): void {
    if (!isTransient(error) || isForbidden(error)) {
      for (const queue of queues) this.#queues.fail(queue, asTyped(error, `appending to ${queue.topic}`), 1);
    } else {
      for (const queue of queues) queue.problem = error;
      this.#retryLater(true);
    }
  }

  /** The queues whose partitions have not been shortened; the others fail before anything lands behind the loss. */
  async #confirmed(
    queues: readonly PartitionQueue[],
    connection: BrokerConnection,
  ): Promise<readonly PartitionQueue[]> {
    const shortened = await shortenedQueues(queues, connection, this.#cluster.identities);
    for (const [queue, error] of shortened) this.#queues.fail(queue, error, queue.batches.length);
    return shortened.size === 0 ? queues : queues.filter((queue) => !shortened.has(queue));
  }

  async #connectionTo(leader: number): Promise<BrokerConnection> {
    const current = this.#connections.get(leader);
    if (current?.isUsable === true) return current;
    current?.destroy();
    const connection = await this.#cluster.connect(leader);
    this.#connections.set(leader, connection);
    return connection;
  }

  /** Tries again in a moment, having asked for the leaders; a broker that gives no answer does not delay the try. */
  #retryLater(refresh: boolean): void {
    if (this.#retryTimer !== undefined) return;
    if (refresh) {
      this.#cluster.refresh().then(
        () => (this.#refreshProblem = undefined),
        (error: unknown) => {
          this.#refreshProblem = error;
          this.#cluster.settings.logger.debug({ err: error }, "could not learn who leads");
        },
      );
    }
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#sendWhatCan();
    }, RETRY_MS);
  }

  #checkDrained(): void {
    if (this.#queues.waiting.size === 0 && this.#busy.size === 0) this.#drained?.();
  }
}
