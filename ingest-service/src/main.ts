import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { configuredPartitions, eventLogSettings, openEventLog, topicNames, topicSpecs } from "@headwater/event-log";
import {
  adminTokenAuth,
  ConfigError,
  createHttpServer,
  createLogger,
  createMetrics,
  FatalError,
  Lifecycle,
  loadConfig,
  loadOrCreateAdminToken,
  mergeSchemas,
  processSettings,
  retrying,
  runMain,
  runService,
} from "@headwater/service-kit";
import { openTimeSeriesStore, timeSeriesSettings } from "@headwater/time-series";
import { createIngestApp } from "./app.ts";
import { ingestSettings } from "./config.ts";

const settings = mergeSchemas(processSettings, eventLogSettings, timeSeriesSettings, ingestSettings);
/** A log that is still coming up when this service starts is waited for: about half a minute. */
const startAttempts = 20;

/** The ingest service as a process of its own: `headwater start ingest`. */
export function main(): Promise<void> {
  return runMain(async ({ signal, env }) => {
    const config = loadConfig(settings, { env, alsoKnown: ["HEADWATER_CACHE_DIR"] });
    if (config.eventLog.kind === "embedded") {
      throw new ConfigError(
        "The embedded event log belongs to one process: run everything in it with `headwater start`, or set HEADWATER_EVENT_LOG=kafka",
      );
    }
    const dataDir = prepared(resolve(config.dataDir));
    const logger = createLogger({ service: "ingest", level: config.logLevel });
    const metrics = createMetrics({ service: "ingest" });
    const token = await loadOrCreateAdminToken(config.adminTokenFile ?? join(dataDir, "admin-token"));
    const http = await createHttpServer({
      logger,
      metrics,
      auth: adminTokenAuth(token),
      host: config.http.host,
      port: config.http.port,
      publicMetrics: config.http.publicMetrics,
      title: "Headwater ingest service",
      readiness: () => service.notReady(),
    });
    const log = await openEventLog(config, { dataDir, logger, clientId: "headwater-ingest" });
    const store = await openTimeSeriesStore(config, { dataDir, logger });
    const partitions = configuredPartitions(config);
    const { topicPrefix } = config.eventLog;
    const topics = topicNames(topicPrefix);
    const service = createIngestApp({ config, log, topics, partitions, store, dataDir, logger, metrics, http });

    let url = "";
    const lifecycle = new Lifecycle({ logger });
    lifecycle.add("event log", {
      start: () =>
        retrying(() => log.ensureTopics(topicSpecs(partitions, topicPrefix)), {
          signal,
          maxMs: 3000,
          maxAttempts: startAttempts,
          onRetry: (error) => logger.warn({ problem: error.message }, "waiting for the event log"),
        }),
      stop: () => log.close(),
    });
    lifecycle.add("time-series store", { stop: () => store.close() });
    lifecycle.add("HTTP", {
      async start() {
        ({ url } = await http.listen());
      },
      stop: () => http.close(),
    });
    lifecycle.add("ingest", service);
    const app = {
      name: "ingest",
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
        process.stdout.write(`ready ingest ${url}\n`);
      },
    });
  });
}

/** Throws FatalError if the folder cannot be made. */
function prepared(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return dataDir;
  } catch (cause) {
    throw new FatalError(
      `The data folder ${dataDir} cannot be made (${(cause as NodeJS.ErrnoException).code}); set HEADWATER_DATA_DIR to one that can`,
    );
  }
}
