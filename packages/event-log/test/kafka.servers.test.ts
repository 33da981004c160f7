import { randomBytes } from "node:crypto";
import { ConfigError } from "@headwater/core";
import { childAppender, eventLogContract } from "../src/contract/index.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");

const run = `contract-${randomBytes(4).toString("hex")}`;
let names = 0;

const open = (): ReturnType<typeof openKafkaLog> =>
  openKafkaLog({ brokers: brokers.split(","), clientId: run, heartbeatMs: 200 });

eventLogContract("Kafka", {
  open,
  name: (base) => `${run}.${base}.${names++}`,
  async reopen(log) {
    await log.close();
    return open();
  },
  appender: (topic) => childAppender(topic, { HEADWATER_EVENT_LOG: "kafka", HEADWATER_KAFKA_BROKERS: brokers }),
  tooLarge: 1_100_000,
});
