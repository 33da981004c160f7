import { LogUnavailableError, LogShortenedError } from "../errors.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { endsOver } from "./list-offsets.ts";
import type { PendingBatch } from "./pending-batch.ts";
import type { TopicIdentities } from "./topic-identities.ts";

/** The batches of one partition, the first one perhaps under way. */
export interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly batches: PendingBatch[];
  inFlight: boolean;
  /** The offset behind the batch that landed last; 0: none has. */
  end: number;
  /** The connection over which the broker has confirmed that end. */
  confirmedOver: BrokerConnection | undefined;
  /** The topic's id as of that batch. */
  topicId: string | undefined;
  /** Why its first batch is still there. */
  problem: unknown;
}

export function newPartitionQueue(topic: string, partition: number): PartitionQueue {
  return {
    ...{ topic, partition, batches: [], inFlight: false },
    ...{ end: 0, topicId: undefined, confirmedOver: undefined, problem: undefined },
  };
}

export function noLeader({ topic, partition }: PartitionQueue): LogUnavailableError {
  return new LogUnavailableError(`partition ${partition} of ${topic} has no leader`, {
    details: { trouble: "leaderless" },
  });
}

/**
 * The queues whose partitions end before the place where an append left them, by asking over a connection that has not
 * been asked yet. A broker that came back, and one that newly leads, may have lost the end of what was acknowledged. Of
 * a topic that was made anew all of it is lost, wherever it ends.
 */
export async function shortenedQueues(
  queues: readonly PartitionQueue[],
  connection: BrokerConnection,
  identities: TopicIdentities,
): Promise<Map<PartitionQueue, LogShortenedError>> {
  const open = queues.filter((queue) => queue.end > 0 && queue.confirmedOver !== connection);
  const ends = open.length === 0 ? undefined : await endsOver(connection, open);
  for (const queue of queues) queue.confirmedOver = connection;
  const shortened = new Map<PartitionQueue, LogShortenedError>();
  for (const queue of queues) {
    const id = identities.idOf(queue.topic);
    if (queue.end > 0 && queue.topicId !== undefined && id !== queue.topicId) shortened.set(queue, recreated(queue));
  }
  for (const queue of open) {
    if (shortened.has(queue)) continue;
    const end = ends?.get(queue.topic)?.get(queue.partition);
    if (end === undefined || end >= queue.end) continue;
    shortened.set(queue, new LogShortenedError(queue.topic, queue.partition, end, queue.end));
    queue.end = end;
  }
  return shortened;
}

/** The queue's topic is another one by now: what was appended is gone, and the queue begins anew. */
export function recreated(queue: PartitionQueue): LogShortenedError {
  const error = new LogShortenedError(queue.topic, queue.partition, 0, queue.end, true);
  queue.end = 0;
  queue.topicId = undefined;
  return error;
}
