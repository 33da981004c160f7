import { join } from "node:path";
import type { Static, TObject } from "@sinclair/typebox";
import {
  configuredPartitions,
  eventLogSettings,
  openEventLog,
  topicNames,
  topicSpecs,
  type EventLog,
  type EventLogSettings,
  type TopicNames,
} from "@headwater/event-log";
import { adminTokenAuth, createHttpServer, loadOrCreateAdminToken, type HttpServer } from "../http/index.ts";
import { createLogger } from "../log/index.ts";
import { createMetrics, type Metrics } from "../metrics/index.ts";
import { Lifecycle, runMain, runService } from "../lifecycle/index.ts";
import { loadConfig, mergeSchemas, processSettings, type ProcessSettings } from "../config/index.ts";
import { type ServiceApp } from "../service-app.ts";
import { ConfigError, retrying, type Logger } from "@headwater/core";
import { prepareDataDir } from "./data-dir.ts";

/** What a service is given to wire itself. */
export interface ServiceContext<Config> {
  readonly config: Config & ProcessSettings & EventLogSettings;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly http: HttpServer;
  /** For what has to be closed after the service itself. */
  readonly lifecycle: Lifecycle;
}

export interface OpenedLog {
  readonly log: EventLog;
  /** Resolves when the service may start; rejects if the log can never be had. */
  readonly ready: () => Promise<void>;
  /** Rejects if the log turns out to be unusable after the start. */
  readonly died?: Promise<never>;
}

export interface ServiceProcess<S extends TObject, A extends ServiceApp> {
  readonly name: string;
  /** What OpenAPI calls it. */
  readonly title: string;
  /** Its settings beside those of every process and of the event log. */
  readonly settings: S;
  readonly create: (context: ServiceContext<Static<S>>) => A | Promise<A>;
  /** Where else than on HTTP it is to be found; after the start. */
  readonly addresses?: (app: A, config: Static<S>) => string;
  /** How the log is waited for; default: about half a minute. `open` also makes sure of the topics. */
  readonly openLog?: (open: () => Promise<EventLog>, logger: Logger) => OpenedLog | Promise<OpenedLog>;
  /** All of a stop takes no longer (milliseconds). */
  readonly stopWithinMs?: number;
}

export interface MainOptions {
  /** Settings of other services, which share one environment: known, though not used here. */
  readonly alsoKnown?: readonly (TObject | string)[];
}

/** A log that is still coming up when a service starts is waited for. */
const startAttempts = 20;

/**
 * One service as a process of its own, on a log that processes can share: settings, token, HTTP, log and topics, the
 * service; a line that begins with `ready`; a clean stop.
 */
export function runServiceProcess<S extends TObject, A extends ServiceApp>(
  spec: ServiceProcess<S, A>,
  options: MainOptions = {},
): Promise<void> {
  return runMain(async ({ signal, env }) => {
    const { name } = spec;
    const schema = mergeSchemas(processSettings, eventLogSettings, spec.settings) as unknown as TObject;
    const config = loadConfig(schema, { env, alsoKnown: options.alsoKnown ?? [] }) as ServiceContext<
      Static<S>
    >["config"];
    refuseUnsharedLog(config);
    const dataDir = prepareDataDir(config.dataDir);
    const logger = createLogger({ service: name, level: config.logLevel });
    const metrics = createMetrics({ service: name });
    const token = await loadOrCreateAdminToken(config.adminTokenFile ?? join(dataDir, "admin-token"));
    let service: A | undefined;
    const notReady = () => service?.notReady() ?? ["starting"];
    const warnings = () => service?.warnings?.() ?? [];
    const http = await createHttpServer({
      logger,
      metrics,
      auth: adminTokenAuth(token),
      host: config.http.host,
      port: config.http.port,
      publicMetrics: config.http.publicMetrics,
      title: spec.title,
      readiness: notReady,
      warnings,
    });

    const partitions = configuredPartitions(config);
    const { topicPrefix } = config.eventLog;
    const open = async (): Promise<EventLog> => {
      const log = await openEventLog(config, { dataDir, logger, clientId: `headwater-${name}` });
      try {
        await log.ensureTopics(topicSpecs(partitions, topicPrefix));
        return log;
      } catch (error) {
        await log.close();
        throw error;
      }
    };
    const { log, ready, died } = await (spec.openLog ?? waitForLog)(open, logger);
    const topics = topicNames(topicPrefix);

    let url = "";
    const lifecycle = new Lifecycle({
      logger,
      ...(spec.stopWithinMs === undefined ? {} : { stopWithinMs: spec.stopWithinMs }),
    });
    lifecycle.add("event log", { start: ready, stop: () => log.close() });
    service = await spec.create({
      ...{ config, log, topics, partitions, dataDir, logger, metrics, http },
      lifecycle,
    });
    const app = service;
    lifecycle.add("HTTP", {
      async start() {
        ({ url } = await http.listen());
      },
      stop: () => http.close(),
    });
    lifecycle.add(name, app);
    const running: ServiceApp = {
      name,
      died: died === undefined ? app.died : Promise.race([app.died, died]),
      notReady,
      warnings,
      start: () => lifecycle.start(),
      async stop() {
        await lifecycle.stop();
      },
    };
    await runService(running, {
      signal,
      onReady() {
        process.stdout.write(`ready ${[name, spec.addresses?.(app, config), url].filter(Boolean).join(" ")}\n`);
      },
    });
  });
}

function refuseUnsharedLog({ eventLog }: EventLogSettings): void {
  if (eventLog.kind === "embedded") {
    throw new ConfigError(
      "The embedded event log belongs to one process: run everything in it with `headwater start`, or set HEADWATER_EVENT_LOG=kafka",
    );
  }
  if (eventLog.kafka.brokers.length === 0) {
    throw new ConfigError(
      "HEADWATER_KAFKA_BROKERS is missing; with HEADWATER_EVENT_LOG=kafka it has to name the brokers",
    );
  }
}

async function waitForLog(open: () => Promise<EventLog>, logger: Logger): Promise<OpenedLog> {
  const log = await retrying(open, {
    maxMs: 3000,
    maxAttempts: startAttempts,
    onRetry: (error) => logger.warn({ problem: error.message }, "waiting for the event log"),
  });
  return { log, ready: async () => {} };
}
