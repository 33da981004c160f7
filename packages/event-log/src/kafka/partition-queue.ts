import { LogUnavailableError, LogShortenedError } from "../errors.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { endsOver } from "./list-offsets.ts";
import type { PendingBatch } from "./pending-batch.ts";

/** The batches of one partition, the first one perhaps under way. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: PendingBatch[];
  inFlight: boolean;
  /** The offset behind what landed last; 0: nothing did. */
  end: number;
  /** The connection over which the broker has confirmed that end. */
  confirmedOver: BrokerConnection | undefined;
  /** Why its first batch is still there. */
  problem: unknown;
}

export function newLane(topic: string, partition: number): Lane {
  return {
    ...{ topic, partition, queue: [], inFlight: false },
    ...{ end: 0, confirmedOver: undefined, problem: undefined },
  };
}

export function noLeader({ topic, partition }: Lane): LogUnavailableError {
  return new LogUnavailableError(`partition ${partition} of ${topic} has no leader`, {
    details: { trouble: "leaderless" },
  });
}

/**
 * The lanes whose partitions end before the place where an append left them, by asking over a connection that has not
 * been asked yet. A broker that came back, and one that newly leads, may have lost the end of what was acknowledged.
 */
export async function shortenedLanes(
  lanes: readonly Lane[],
  connection: BrokerConnection,
): Promise<Map<Lane, LogShortenedError>> {
  const open = lanes.filter((lane) => lane.end > 0 && lane.confirmedOver !== connection);
  const ends = open.length === 0 ? undefined : await endsOver(connection, open);
  for (const lane of lanes) lane.confirmedOver = connection;
  const shortened = new Map<Lane, LogShortenedError>();
  for (const lane of open) {
    const end = ends?.get(lane.topic)?.get(lane.partition);
    if (end === undefined || end >= lane.end) continue;
    shortened.set(lane, new LogShortenedError(lane.topic, lane.partition, end, lane.end));
    lane.end = end;
  }
  return shortened;
}
