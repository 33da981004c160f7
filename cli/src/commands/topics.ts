import { loadConfig } from "@headwater/service";
import { configuredPartitions, eventLogSettings, topicSpecs, type TopicSpec } from "@headwater/event-log";
import { alterCommand, createCommand, settingsOf } from "@headwater/event-log/kafka-topics";
import { allSettings, knownElsewhere } from "../start/settings.ts";
import type { Command } from "./command.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater topics: the topics in Kafka that Headwater needs with this environment and configuration file, for an
operator who makes topics beforehand (Headwater makes those that are missing if it may)

  --commands  as commands: kafka-topics.sh makes what is missing, kafka-configs.sh mends what is there
  -h, --help

Nothing is asked of Kafka. Names, partitions and replicas follow HEADWATER_TOPIC_PREFIX, HEADWATER_PARTITIONS and
HEADWATER_KAFKA_REPLICATION (without it: three replicas).`;

/** What a cluster of three brokers or more gives. */
const DEFAULT_REPLICAS = 3;

export const topicsCommand: Command = {
  name: "topics",
  summary: "the topics that Headwater needs in Kafka; --commands: for kafka-topics.sh and kafka-configs.sh",
  async run(args, { env }) {
    const { values } = parseOptions("topics", args, { commands: { type: "boolean" } });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    // Whoever asks means Kafka, whatever this machine runs on.
    const kafka = { ...env, HEADWATER_EVENT_LOG: "kafka" };
    const config = loadConfig(eventLogSettings, { env: kafka, alsoKnown: [allSettings, ...knownElsewhere] });
    const { topicPrefix, kafka: settings } = config.eventLog;
    const specs = topicSpecs(configuredPartitions(config), topicPrefix);
    const replicas = settings.replication ?? DEFAULT_REPLICAS;
    const brokers = settings.brokers.length === 0 ? "localhost:9092" : settings.brokers.join(",");
    const print = values.commands === true ? asCommands : asList;
    console.log(print(specs, replicas, brokers));
    return 0;
  },
};

function asCommands(specs: readonly TopicSpec[], replicas: number, brokers: string): string {
  return [
    "# makes the topics that are missing",
    ...specs.map((spec) => createCommand(spec, replicas, brokers)),
    "# gives the topics that are there the settings that they need",
    ...specs.map((spec) => alterCommand(spec.name, settingsOf(spec, replicas), brokers)),
  ].join("\n");
}

function asList(specs: readonly TopicSpec[], replicas: number): string {
  return specs
    .map((spec) => {
      const settings = Object.entries(settingsOf(spec, replicas)).map(([name, value]) => `  ${name}=${value}`);
      return [
        `${spec.name}: ${counted(spec.partitions, "partition")}, ${counted(replicas, "replica")}`,
        ...settings,
      ].join("\n");
    })
    .join("\n");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
