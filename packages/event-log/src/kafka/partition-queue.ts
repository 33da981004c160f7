import { LogUnavailableError, LogShortenedError } from "../errors.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { endsOver } from "./list-offsets.ts";
import type { PendingBatch } from "./pending-batch.ts";

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
  /** Why its first batch is still there. */
  problem: unknown;
}

export function newPartitionQueue(topic: string, partition: number): PartitionQueue {
  return {
    ...{ topic, partition, batches: [], inFlight: false },
    ...{ end: 0, confirmedOver: undefined, problem: undefined },
  };
}

export function noLeader({ topic, partition }: PartitionQueue): LogUnavailableError {
  return new LogUnavailableError(`partition ${partition} of ${topic} has no leader`, {
    details: { trouble: "leaderless" },
  });
}

/**
 * The queues whose partitions end before the place where an append left them, by asking over a connection that has not
 * been asked yet. A broker that came back, and one that newly leads, may have lost the end of what was acknowledged.
 */
export async function shortenedQueues(
  queues: readonly PartitionQueue[],
  connection: BrokerConnection,
): Promise<Map<PartitionQueue, LogShortenedError>> {
  const open = queues.filter((queue) => queue.end > 0 && queue.confirmedOver !== connection);
  const ends = open.length === 0 ? undefined : await endsOver(connection, open);
  for (const queue of queues) queue.confirmedOver = connection;
  const shortened = new Map<PartitionQueue, LogShortenedError>();
  for (const queue of open) {
    const end = ends?.get(queue.topic)?.get(queue.partition);
    if (end === undefined || end >= queue.end) continue;
    shortened.set(queue, new LogShortenedError(queue.topic, queue.partition, end, queue.end));
    queue.end = end;
  }
  return shortened;
}
