import { missingOf, type TopicPartition } from "../co-partitioning.ts";
import type { Cluster } from "./cluster.ts";
import { Coordinator } from "./coordinator.ts";
import { fetchCommitted } from "./group-offsets.ts";
import { brokerError, isForbidden, protocolErrorKind } from "./kafka-errors.ts";

interface OffsetCommitAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}

/**
 * Commits for a group without members what it had committed under its former name, where it has nothing of its own.
 * Where there are members already, one of them has done so. Rejects with the broker's error as kafkajs makes it.
 */
export async function takeOverOffsets(
  cluster: Cluster,
  coordinator: Coordinator,
  { formerGroup, topics }: { readonly formerGroup: string; readonly topics: readonly string[] },
): Promise<void> {
  const partitions: TopicPartition[] = [];
  for (const topic of topics) {
    const count = await cluster.partitionsOf(topic);
    for (let partition = 0; partition < count; partition++) partitions.push({ topic, partition });
  }
  const own = await fetchCommitted(coordinator, partitions);
  const missing = await committedFormerly(cluster, formerGroup, missingOf(partitions, own));
  if (missing.length === 0) return;
  const commit = {
    ...{ memberId: "", groupGenerationId: -1 },
    topics: [...Map.groupBy(missing, ({ topic }) => topic)].map(([topic, parts]) => ({
      topic,
      partitions: parts.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    })),
  };
  const { responses } = await coordinator.call<OffsetCommitAnswer>("OffsetCommit", commit, { lenient: true });
  const failed = responses
    .flatMap((each) => each.partitions.map(({ errorCode }) => errorCode))
    .filter((code) => code !== 0)
    .map(brokerError)
    .find((error) => protocolErrorKind(error) !== "fenced");
  if (failed === undefined) {
    cluster.settings.logger.info(
      { formerGroup, partitions: missing.length },
      "took over the offsets of the former group",
    );
    return;
  }
  coordinator.reset();
  throw failed;
}

async function committedFormerly(cluster: Cluster, group: string, partitions: readonly TopicPartition[]) {
  const coordinator = new Coordinator(cluster, group);
  try {
    return await fetchCommitted(coordinator, partitions);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    // Rights to a group that never was are rarely given.
    cluster.settings.logger.warn({ group }, "may not read the offsets of the former group; none are taken over");
    return [];
  } finally {
    coordinator.reset();
  }
}
