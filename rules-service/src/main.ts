import { join, resolve } from "node:path";
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
} from "@headwater/service-kit";
import { createRulesApp } from "./app.ts";
import { rulesSettings } from "./config.ts";

const settings = mergeSchemas(processSettings, eventLogSettings, rulesSettings);

/** The rules service as a process of its own: `headwater start rules`. */
export function main(): Promise<void> {
  return runMain(async ({ signal, env }) => {
    const config = loadConfig(settings, { env, alsoKnown: ["HEADWATER_CACHE_DIR"] });
    if (config.eventLog.kind === "embedded") {
      throw new ConfigError(
        "The embedded event log belongs to one process: run everything in it with `headwater start`, or set HEADWATER_EVENT_LOG=kafka",
      );
    }
    const dataDir = resolve(config.dataDir);
    const logger = createLogger({ service: "rules", level: config.logLevel });
    const metrics = createMetrics({ service: "rules" });
    const token = await loadOrCreateAdminToken(config.adminTokenFile ?? join(dataDir, "admin-token"));
    const http = await createHttpServer({
      logger,
      metrics,
      auth: adminTokenAuth(token),
      host: config.http.host,
      port: config.http.port,
      publicMetrics: config.http.publicMetrics,
      title: "Headwater rules service",
      readiness: () => app.notReady(),
    });
    const log = await openEventLog(config, { dataDir, logger, clientId: "headwater-rules" });
    const partitions = configuredPartitions(config);
    const { topicPrefix } = config.eventLog;
    const service = createRulesApp({
      ...{ config, log, partitions, dataDir, logger, metrics, http },
      topics: topicNames(topicPrefix),
    });

    let url = "";
    const lifecycle = new Lifecycle({ logger });
    lifecycle.add("event log", {
      start: () => log.ensureTopics(topicSpecs(partitions, topicPrefix)),
      stop: () => log.close(),
    });
    lifecycle.add("HTTP", {
      async start() {
        ({ url } = await http.listen());
      },
      stop: () => http.close(),
    });
    lifecycle.add("rules", service);
    const app = {
      name: "rules",
      died: service.died,
      notReady: () => service.notReady(),
      start: () => lifecycle.start(),
      async stop() {
        await lifecycle.stop();
      },
    };
    await runService(app, {
      signal,
      onReady() {
        process.stdout.write(`ready rules ${url}\n`);
      },
    });
  });
}
