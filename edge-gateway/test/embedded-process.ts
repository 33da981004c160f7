import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { randomToken } from "@headwater/core";
import { adminTokenAuth, createHttpServer, createLogger, createMetrics, loadConfig } from "@headwater/service";
import { join } from "node:path";
import { createGatewayApp, gatewayConfig } from "../src/app.ts";

/** A gateway and an embedded log in a process that may be killed: as in the all-in-one. */
const [dataDir] = process.argv.slice(2) as [string];
const logger = createLogger({ component: "gateway", level: "warn" });
const log = await openEmbeddedLog({ dataDir: join(dataDir, "log"), logger });
await log.ensureTopics(topicSpecs(4));
const metrics = createMetrics({ service: "gateway" });
const http = await createHttpServer({
  ...{ logger, metrics, auth: adminTokenAuth(randomToken()), host: "127.0.0.1", port: 0, title: "Test" },
  readiness: () => [],
  publicMetrics: true,
});
const app = createGatewayApp({
  config: loadConfig(gatewayConfig, { env: { ...process.env, HEADWATER_MQTT_PORT: "0" } }),
  log,
  topics: topicNames(),
  partitions: 4,
  durable: "log",
  dataDir,
  logger,
  metrics,
  http,
});
await app.start();
const { url } = await http.listen();
process.stdout.write(`ready ${app.mqttAddresses.map((listener) => listener.url).join(" ")} ${url}\n`);
process.once("SIGTERM", () => {
  void app
    .stop()
    .then(() => http.close())
    .then(() => log.close())
    .then(() => process.exit(0));
});
