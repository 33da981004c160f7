import { join } from "node:path";
import {
  adminTokenAuth,
  createHttpServer,
  createLogger,
  createMetrics,
  Lifecycle,
  loadConfig,
  loadOrCreateAdminToken,
  runMain,
  runService,
  type ServiceApp,
  prepareDataDir,
} from "@headwater/service";
import { configuredPartitions, openEventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { openTimeSeriesStore } from "@headwater/time-series";
import { createGatewayApp } from "@headwater/edge-gateway";
import { createIngestApp } from "@headwater/ingest-service";
import { createRulesApp } from "@headwater/rules-service";
import { nextStep } from "./next-step.ts";
import { allSettings, knownElsewhere } from "./settings.ts";

/** All of Headwater in one process: `npm start`. */
export function main(): Promise<void> {
  return runMain(async ({ signal, env }) => {
    const platform = await createAllInOne(env);
    await runService(platform.app, { signal, onReady: () => console.log(platform.nextStep()) });
  });
}

interface AllInOne {
  readonly app: ServiceApp;
  /** The `ready` line and what to paste next; after the start. */
  nextStep(): string;
}

async function createAllInOne(env: NodeJS.ProcessEnv): Promise<AllInOne> {
  const config = loadConfig(allSettings, { env, alsoKnown: knownElsewhere });
  const dataDir = prepareDataDir(config.dataDir);
  const logger = createLogger({ service: "headwater", level: config.logLevel });
  const metrics = createMetrics({ service: "headwater" });
  const tokenFile = config.adminTokenFile ?? join(dataDir, "admin-token");
  const token = await loadOrCreateAdminToken(tokenFile);

  const services: ServiceApp[] = [];
  const notReady = () => services.flatMap((service) => service.notReady().map((why) => `${service.name}: ${why}`));
  const warnings = () =>
    services.flatMap((service) => (service.warnings?.() ?? []).map((what) => `${service.name}: ${what}`));
  const http = await createHttpServer({
    logger,
    metrics,
    auth: adminTokenAuth(token),
    host: config.http.host,
    port: config.http.port,
    publicMetrics: config.http.publicMetrics,
    title: "Headwater",
    readiness: notReady,
    warnings,
  });
  const log = await openEventLog(config, { dataDir, logger, clientId: "headwater" });
  const store = await openTimeSeriesStore(config, { dataDir, logger });
  const topics = topicNames(config.eventLog.topicPrefix);
  const partitions = configuredPartitions(config);
  const shared = { config, log, topics, partitions, dataDir, logger, metrics, http };
  const gateway = createGatewayApp({
    ...shared,
    // The embedded log is durable itself; with Kafka the spool is.
    durable: config.eventLog.kind === "embedded" ? "log" : "spool",
  });
  services.push(createIngestApp({ ...shared, store }), createRulesApp(shared), gateway);

  let url = "";
  const lifecycle = new Lifecycle({ logger });
  lifecycle.add("event log", {
    start: () => log.ensureTopics(topicSpecs(partitions, config.eventLog.topicPrefix)),
    stop: () => log.close(),
  });
  lifecycle.add("time-series store", { stop: () => store.close() });
  lifecycle.add("HTTP", {
    async start() {
      ({ url } = await http.listen());
    },
    stop: () => http.close(),
  });
  // The gateway starts last and stops first: nothing is taken in that the others could not see through.
  for (const service of services) lifecycle.add(service.name, service);

  return {
    app: {
      name: "headwater",
      start: () => lifecycle.start(),
      async stop() {
        await lifecycle.stop();
      },
      notReady,
      warnings,
      died: Promise.race(services.map((service) => service.died)),
    },
    nextStep: () => nextStep({ url, mqttUrls: gateway.mqttAddresses.map((address) => address.url), tokenFile }),
  };
}
