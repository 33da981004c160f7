import { LogUnavailableError, LogUnusableError, TopicMismatchError } from "../errors.ts";
import type { TopicSpec } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import { brokerError, isTransient } from "./kafka-errors.ts";

interface CreateTopicsAnswer {
  readonly topicErrors: readonly { readonly errorCode: number; readonly errorMessage?: string | null }[];
}

/** A compacted topic's newest segment is never compacted, so it must not stay the newest for a week. */
const COMPACT_SEGMENT_MS = 60 * 60 * 1000;
const CREATE_TIMEOUT_MS = 10_000;

/** Makes the topics that are missing; rejects with TopicMismatchError if one exists with another partition count. */
export async function ensureTopics(
  cluster: Cluster,
  specs: readonly TopicSpec[],
  replication: number | undefined,
): Promise<void> {
  const names = specs.map(({ name }) => name);
  await cluster.retrying("asking for topics", () => cluster.learn(names));
  const missing = specs.filter(({ name }) => cluster.partitionCount(name) === 0);
  if (missing.length > 0) await create(cluster, missing, replication);
  for (const { name, partitions } of specs) {
    const present = await cluster.partitionsOf(name);
    if (present !== partitions) {
      throw new TopicMismatchError(
        `topic ${name} has ${present} partitions, not ${partitions}; the count is fixed for the life of a topic`,
      );
    }
  }
}

async function create(cluster: Cluster, specs: readonly TopicSpec[], replication: number | undefined): Promise<void> {
  // One by one: a topic that another instance has made meanwhile must not hide the outcome of the rest.
  for (const spec of specs) {
    await cluster.retrying(`creating topic ${spec.name}`, async () => {
      // A controller that comes back after a hang has let no broker in yet; it takes a moment.
      if (cluster.brokerCount === 0) throw new LogUnavailableError("no broker of the cluster is in service");
      const topic = {
        topic: spec.name,
        numPartitions: spec.partitions,
        replicationFactor: replication ?? Math.min(3, cluster.brokerCount),
        replicaAssignment: [],
        configEntries: Object.entries(topicConfig(spec)).map(([name, value]) => ({ name, value })),
      };
      const { topicErrors } = await cluster.call<CreateTopicsAnswer>(
        -1,
        "CreateTopics",
        { topics: [topic], validateOnly: false, timeout: CREATE_TIMEOUT_MS },
        { lenient: true },
      );
      const { errorCode = 0, errorMessage } = topicErrors[0] ?? {};
      const error = errorCode === 0 ? undefined : brokerError(errorCode);
      if (error === undefined || error.type === "TOPIC_ALREADY_EXISTS") return;
      if (errorMessage?.includes("fenced") === true)
        throw new LogUnavailableError(`Kafka does not create topic ${spec.name} yet: ${errorMessage}`);
      throw isTransient(error)
        ? error
        : new LogUnusableError(`Kafka does not create topic ${spec.name}: ${errorMessage ?? error.message}`, {
            cause: error,
          });
    });
  }
  // The controller has made them; until the brokers have heard of it takes a moment.
  await cluster.retrying("waiting for new topics", async () => {
    await cluster.refresh();
    const unknown = specs.find(({ name }) => cluster.partitionCount(name) === 0);
    if (unknown !== undefined)
      throw new LogUnavailableError(`topic ${unknown.name} was made, but no broker knows it yet`);
  });
}

function topicConfig(spec: TopicSpec): Record<string, string> {
  return {
    "message.timestamp.type": "LogAppendTime",
    "cleanup.policy": spec.cleanup,
    "retention.ms": String(spec.cleanup === "compact" ? -1 : (spec.retentionMs ?? -1)),
    ...(spec.minCompactionLagMs === undefined ? {} : { "min.compaction.lag.ms": String(spec.minCompactionLagMs) }),
    ...(spec.cleanup === "compact" ? { "segment.ms": String(COMPACT_SEGMENT_MS) } : {}),
  };
}
