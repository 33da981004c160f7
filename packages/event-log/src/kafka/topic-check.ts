import type { TopicSpec } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import { brokerError, isForbidden } from "./kafka-errors.ts";
import { alterCommand, mismatches, type SettingMismatch, type TopicSettings } from "./topic-settings.ts";

const TOPIC_RESOURCE = 2;

interface DescribeConfigsAnswer {
  readonly resources: readonly {
    readonly errorCode: number;
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

/** What is found of topics that exist, as sentences for whoever runs them. */
export interface TopicFindings {
  /** Nothing must be written until these are mended. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** Compares topics that exist with what they have to be. */
export async function checkTopics(cluster: Cluster, specs: readonly TopicSpec[]): Promise<TopicFindings> {
  const refusals: string[] = [];
  const warnings: string[] = [];
  if (specs.length === 0) return { refusals, warnings };
  const settings = await cluster.retrying("asking for the settings of topics", () => describeTopics(cluster, specs));
  const brokers = cluster.settings.brokers.join(",");
  for (const spec of specs) {
    const { name, partitions } = spec;
    const present = await cluster.partitionsOf(name);
    if (present < partitions) {
      refusals.push(
        `topic ${name} has ${present} partitions, not ${partitions}: set HEADWATER_PARTITIONS to what all topics have, ` +
          `or, while it is empty, kafka-topics.sh --bootstrap-server ${brokers} --alter --topic ${name} ` +
          `--partitions ${partitions}`,
      );
    }
    if (present > partitions) {
      warnings.push(
        `topic ${name} has ${present} partitions, and ${partitions} are configured: the further ones are read and ` +
          "never written",
      );
    }
    const actual = settings.get(name);
    if (actual === undefined) {
      warnings.push(
        `the settings of topic ${name} cannot be checked: this client may not describe them (DescribeConfigs)`,
      );
      continue;
    }
    cluster.ackedBy(name, Number(actual["min.insync.replicas"] ?? 1));
    const found = mismatches(spec, actual, cluster.replicasOf(name) ?? 1);
    const fatal = found.filter(({ isFatal }) => isFatal);
    const harmless = found.filter(({ isFatal }) => !isFatal);
    if (fatal.length > 0) refusals.push(sentence(name, fatal, brokers));
    if (harmless.length > 0) warnings.push(sentence(name, harmless, brokers));
  }
  return { refusals, warnings };
}

function sentence(topic: string, found: readonly SettingMismatch[], brokers: string): string {
  const differences = found.map(
    ({ setting, is, wanted }) => `${setting} is ${is || "not set"} and has to be ${wanted}`,
  );
  const mended = Object.fromEntries(found.map(({ setting, value }) => [setting, value]));
  return `topic ${topic}: ${differences.join(", ")}; mend it with ${alterCommand(topic, mended, brokers)}`;
}

/** By topic; without those that this client may not see. */
async function describeTopics(cluster: Cluster, specs: readonly TopicSpec[]): Promise<Map<string, TopicSettings>> {
  const resources = specs.map(({ name }) => ({ type: TOPIC_RESOURCE, name, configNames: [] }));
  const answer = await cluster.call<DescribeConfigsAnswer>(-1, "DescribeConfigs", { resources }, { lenient: true });
  const settings = new Map<string, TopicSettings>();
  for (const { errorCode, resourceName, configEntries } of answer.resources) {
    const error = errorCode === 0 ? undefined : brokerError(errorCode);
    if (error !== undefined && !isForbidden(error)) throw error;
    if (error !== undefined) continue;
    const entries = configEntries.map(({ configName, configValue }) => [configName, configValue ?? ""] as const);
    settings.set(resourceName, Object.fromEntries(entries));
  }
  return settings;
}
