import { LogUnavailableError, LogUnusableError, TopicMismatchError } from "../errors.ts";
import type { TopicSpec } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import { brokerError, isTransient } from "./kafka-errors.ts";
import { checkTopics } from "./topic-check.ts";
import { REPLICAS_OF_A_QUORUM, settingsOf } from "./topic-settings.ts";

interface CreateTopicsAnswer {
  readonly topicErrors: readonly { readonly errorCode: number; readonly errorMessage?: string | null }[];
}

const CREATE_TIMEOUT_MS = 10_000;

/**
 * Makes the topics that are missing, once those that exist are found to be as they have to be; rejects with
 * TopicMismatchError, which names all that has to be mended, before anything is made. Answers what is amiss otherwise.
 */
export async function ensureTopics(
  cluster: Cluster,
  specs: readonly TopicSpec[],
  replication: number | undefined,
): Promise<readonly string[]> {
  const names = specs.map(({ name }) => name);
  await cluster.retrying("asking for topics", () => cluster.learn(names));
  const missing = specs.filter(({ name }) => cluster.partitionCount(name) === 0);
  const present = specs.filter((spec) => !missing.includes(spec));
  const warnings = await checked(cluster, present);
  if (missing.length > 0) {
    await create(cluster, missing, replication);
    // Another process may have made one meanwhile, as it is configured.
    for (const { name, partitions } of missing) {
      const count = await cluster.partitionsOf(name);
      cluster.ackedBy(name, (cluster.replicasOf(name) ?? 1) < REPLICAS_OF_A_QUORUM ? 1 : 2);
      if (count < partitions) throw new TopicMismatchError(`topic ${name} has ${count} partitions, not ${partitions}`);
    }
  }
  for (const { name, partitions } of specs) cluster.writeOnly(name, partitions);
  return warnings;
}

async function checked(cluster: Cluster, specs: readonly TopicSpec[]): Promise<readonly string[]> {
  const { refusals, warnings } = await checkTopics(cluster, specs);
  if (refusals.length > 0) throw new TopicMismatchError(refusals.join("\n"));
  for (const warning of warnings) cluster.settings.logger.warn({}, warning);
  return warnings;
}

async function create(cluster: Cluster, specs: readonly TopicSpec[], replication: number | undefined): Promise<void> {
  // One by one: a topic that another instance has made meanwhile must not hide the outcome of the rest.
  for (const spec of specs) {
    await cluster.retrying(`creating topic ${spec.name}`, async () => {
      // A controller that comes back after a hang has let no broker in yet; it takes a moment.
      if (cluster.brokerCount === 0) throw new LogUnavailableError("no broker of the cluster is in service");
      const replicas = replication ?? Math.min(3, cluster.brokerCount);
      const topic = {
        topic: spec.name,
        numPartitions: spec.partitions,
        replicationFactor: replicas,
        replicaAssignment: [],
        configEntries: Object.entries(settingsOf(spec, replicas)).map(([name, value]) => ({ name, value })),
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
