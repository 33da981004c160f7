import { configuredPartitions, eventLogSettings, openEventLog, topicNames, topicSpecs } from "@headwater/event-log";
import {
  adminTokenAuth,
  ConfigError,
  createHttpServer,
  createLogger,
  createMetrics,
  Lifecycle,
  loadConfig,
  loadOrCreateAdminToken,
  mergeSchemas,
  processSettings,
  runMain,
  runService,
  sleep,
  type ServiceApp,
} from "@headwater/service-kit";
import { join, resolve } from "node:path";
import { createGatewayApp } from "./app.ts";
import { gatewayConfig } from "./config.ts";
import { LateLog } from "./forward/late-log.ts";

const settings = mergeSchemas(processSettings, eventLogSettings, gatewayConfig);

/** A log that does not answer within this is taken to be away: the gateway starts without it (milliseconds). */
const logPatienceMs = 5000;

/** The gateway as a process of its own: `headwater start gateway`. */
export function main(): Promise<void> {
  return runMain(async ({ signal, env }) => {
    const process_ = await createGatewayProcess(env);
    await runService(process_.app, {
      signal,
      onReady() {
        process.stdout.write(`ready gateway ${process_.addresses()}\n`);
      },
    });
  });
}

async function createGatewayProcess(env: NodeJS.ProcessEnv): Promise<{ app: ServiceApp; addresses: () => string }> {
  const config = loadConfig(settings, { env, alsoKnown: ["HEADWATER_CACHE_DIR"] });
  if (config.eventLog.kind === "embedded") {
    throw new ConfigError(
      "The embedded event log belongs to one process: run everything in it with `headwater start`, or set HEADWATER_EVENT_LOG=kafka",
    );
  }
  if (config.eventLog.kafka.brokers.length === 0) {
    throw new ConfigError(
      "HEADWATER_KAFKA_BROKERS is missing; with HEADWATER_EVENT_LOG=kafka it has to name the brokers",
    );
  }
  const dataDir = resolve(config.dataDir);
  const logger = createLogger({ service: "gateway", level: config.logLevel });
  const metrics = createMetrics({ service: "gateway" });
  const token = await loadOrCreateAdminToken(config.adminTokenFile ?? join(dataDir, "admin-token"));
  const partitions = configuredPartitions(config);
  const { topicPrefix } = config.eventLog;
  const log = new LateLog(async () => {
    const opened = await openEventLog(config, { dataDir, logger, clientId: "headwater-gateway" });
    try {
      await opened.ensureTopics(topicSpecs(partitions, topicPrefix));
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }, logger);
  const gateway = createGatewayApp({
    config,
    log,
    partitions,
    dataDir,
    logger,
    metrics,
    durable: "spool",
    topics: topicNames(topicPrefix),
  });
  const http = await createHttpServer({
    logger,
    metrics,
    auth: adminTokenAuth(token),
    host: config.http.host,
    port: config.http.port,
    publicMetrics: config.http.publicMetrics,
    title: "Headwater edge gateway",
    readiness: () => gateway.notReady(),
  });

  let url = "";
  const lifecycle = new Lifecycle({ logger, stopWithinMs: 20_000 });
  lifecycle.add("event log", {
    async start() {
      const patience = new AbortController();
      const over = sleep(logPatienceMs, patience.signal).catch(() => {});
      try {
        await Promise.race([log.opened, over]);
      } finally {
        patience.abort();
      }
    },
    stop: () => log.close(),
  });
  lifecycle.add("HTTP", {
    async start() {
      ({ url } = await http.listen());
    },
    stop: () => http.close(),
  });
  lifecycle.add("gateway", gateway);
  return {
    app: {
      name: "gateway",
      // A log that refuses the credentials, or whose topics have another number of partitions, never heals by itself.
      died: Promise.race([gateway.died, log.opened.then(() => gateway.died)]),
      notReady: () => gateway.notReady(),
      start: () => lifecycle.start(),
      async stop() {
        await lifecycle.stop();
      },
    },
    addresses: () => `mqtt://${config.mqtt.host}:${gateway.mqttPort} ${url}`,
  };
}
