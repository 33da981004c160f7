import type { TopicPartition } from "../co-partitioning.ts";
import type { Position } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import type { Coordinator } from "./coordinator.ts";
import { brokerError } from "./kafka-errors.ts";
import { listOffsets } from "./list-offsets.ts";

interface OffsetFetchAnswer {
  readonly errorCode: number;
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly offset: string;
      readonly errorCode: number;
    }[];
  }[];
}

/**
 * Committed offsets of a group; partitions without one are left out. Rejects with the broker's error as kafkajs makes
 * it.
 */
export async function fetchCommitted(
  coordinator: Coordinator,
  partitions: readonly TopicPartition[],
): Promise<Position[]> {
  if (partitions.length === 0) return [];
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  const topics = [...byTopic].map(([topic, parts]) => ({
    topic,
    partitions: parts.map(({ partition }) => ({ partition })),
  }));
  const { errorCode, responses } = await coordinator.call<OffsetFetchAnswer>(
    "OffsetFetch",
    { topics },
    { lenient: true },
  );
  const found = responses.flatMap(({ topic, partitions: parts }) => parts.map((part) => ({ topic, ...part })));
  const failed = [errorCode, ...found.map((part) => part.errorCode)].find((code) => code !== 0);
  if (failed !== undefined) {
    coordinator.reset();
    throw brokerError(failed);
  }
  return found
    .map(({ topic, partition, offset }) => ({ topic, partition, offset: Number(offset) }))
    .filter(({ offset }) => offset >= 0);
}

/** Where a group goes on reading: at its committed offsets, and from one end of the partitions that have none. */
export async function startingPoints(
  cluster: Cluster,
  coordinator: Coordinator,
  partitions: readonly TopicPartition[],
  otherwise: "earliest" | "latest",
): Promise<Position[]> {
  const positions = await cluster.retrying("reading committed offsets", () => fetchCommitted(coordinator, partitions));
  const committed = new Set(positions.map(({ topic, partition }) => `${topic}/${partition}`));
  const fresh = partitions.filter(({ topic, partition }) => !committed.has(`${topic}/${partition}`));
  for (const [topic, parts] of Map.groupBy(fresh, (each) => each.topic)) {
    const numbers = parts.map(({ partition }) => partition);
    const offsets = await listOffsets(cluster, topic, numbers, otherwise);
    for (const partition of numbers) positions.push({ topic, partition, offset: offsets.get(partition)! });
  }
  return positions;
}
