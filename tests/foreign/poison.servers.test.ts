import { randomBytes } from "node:crypto";
import { ConfigError } from "@headwater/core";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { poisonSuite } from "./poison/poison-suite.ts";
import { partitions } from "./poison/poisonable.ts";

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");

poisonSuite("the real Kafka", async () => {
  const prefix = `poison-${randomBytes(4).toString("hex")}.`;
  const log = await openKafkaLog({ brokers: brokers.split(","), clientId: "poison" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  const settings = {
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: brokers,
    HEADWATER_TOPIC_PREFIX: prefix,
  };
  return { log, topics: topicNames(prefix), settings, shared: false, close: () => log.close() };
});
