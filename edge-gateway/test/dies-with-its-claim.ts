import { openKafkaLog } from "@headwater/event-log/kafka";
import { topicNames, type FollowOptions, type LogBatch } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { createLogger, createMetrics, loadConfig } from "@headwater/service";
import { createGatewayApp, gatewayConfig } from "../src/app.ts";

/**
 * A gateway in front of Kafka that dies by SIGKILL when it reads back its own claim on a command named `die`: the claim
 * is in the log, the command was not sent.
 */
const [brokers, prefix, partitions, dataDir, gateway] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const topics = topicNames(prefix);
const logger = createLogger({ component: "gateway", level: "error" });
const config = loadConfig(gatewayConfig, { env: { HEADWATER_MQTT_PORT: "0", HEADWATER_GATEWAY_ID: gateway } });
const real = await openKafkaLog({ brokers: brokers.split(","), clientId: "mortal" });
const deadly = new Set<string>();

function look(batch: LogBatch): void {
  if (batch.topic !== topics.commands) return;
  for (const { value } of batch.records) {
    const event = events.command.decode(value!);
    if (event.requested?.name === "die") deadly.add(event.commandId);
    if (event.claimed?.gateway === gateway && deadly.has(event.commandId)) process.kill(process.pid, "SIGKILL");
  }
}

const log = new Proxy(real, {
  get(target, name) {
    if (name === "follow") {
      return (options: FollowOptions) =>
        target.follow({
          ...options,
          onBatch: (batch) => {
            look(batch);
            return options.onBatch(batch);
          },
        });
    }
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
  },
});
const app = createGatewayApp({
  config,
  log,
  topics,
  partitions: Number(partitions),
  durable: "spool",
  dataDir,
  logger,
  metrics: createMetrics({ service: "gateway" }),
});
await app.start();
process.stdout.write(`ready gateway mqtt://127.0.0.1:${app.mqttPort}\n`);
