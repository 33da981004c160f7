import { join } from "node:path";
import type { TObject } from "@sinclair/typebox";
import { aborted, type Logger } from "@headwater/core";
import {
  configuredPartitions,
  type EventLog,
  eventLogSettings,
  topicNames,
  type EventLogSettings,
  type LogGap,
  type TopicNames,
} from "@headwater/event-log";
import { loadConfig, mergeSchemas, processSettings, type ProcessSettings } from "../config/index.ts";
import { Access, AccessModel, type OidcProvider } from "../access/index.ts";
import { FoldedEvents, SkippedRecords } from "../folded/index.ts";
import { createHttpServer, type Directory, loadOrCreateAdminToken, metricsTokenAuth } from "../http/index.ts";
import { Lifecycle, runService, type MainContext } from "../lifecycle/index.ts";
import { createLogger } from "../log/index.ts";
import { createMetrics, type Metrics } from "../metrics/index.ts";
import type { ServiceApp } from "../service-app.ts";
import { prepareDataDir } from "./data-dir.ts";
import type { HostedService } from "./hosted-service.ts";
import { openLogWithTopics, refuseEmbeddedLog, waitForLog, type OpenLog } from "./open-log.ts";

/** Milliseconds that a write of access may take. */
const writeTimeoutMs = 10_000;

/** A process: the services that share it, and its name. */
export interface HostedProcess {
  /** In log lines and metrics. */
  readonly name: string;
  /** In OpenAPI. */
  readonly title: string;
  /** In the order of their start; they stop in the opposite one. */
  readonly services: readonly HostedService[];
  /** Names this process to the event log's broker. Default: `headwater-` and the name. */
  readonly clientId?: string;
  /** Whether it may run on the embedded log, which belongs to one process: only if every service is in it. */
  readonly mayEmbedLog?: boolean;
  /** How the event log is waited for. Default: some minutes. */
  readonly openLog?: OpenLog;
  /** All of a stop takes no longer (milliseconds). Default 10 s. */
  readonly stopWithinMs?: number;
  /** The text on standard output once all are ready; it begins with `ready`. */
  readonly readyText?: (running: RunningProcess) => string;
}

export interface RunningProcess {
  readonly name: string;
  /** Where HTTP listens. */
  readonly url: string;
  /** Where else the services listen, in their order. */
  readonly addresses: readonly string[];
  readonly tokenFile: string;
  /** Signs the administrator in at the page, once. */
  readonly code: string;
}

export interface HostContext extends MainContext {
  /** Settings of other processes that share this environment: no error, though nothing here reads them. */
  readonly alsoKnown?: readonly (TObject | string)[];
}

/**
 * Runs services in this process until `signal` is aborted or one of them dies: settings, data folder, logger, metrics,
 * admin token, HTTP server, event log with its topics, the services, a text that begins with `ready`; a clean stop.
 */
export async function runHost(host: HostedProcess, { signal, env, alsoKnown = [] }: HostContext): Promise<void> {
  const { name, services } = host;
  const schema = mergeSchemas(processSettings, eventLogSettings, ...services.map(({ settings }) => settings));
  const config = loadConfig(schema as unknown as TObject, { env, alsoKnown }) as ProcessSettings & EventLogSettings;
  if (host.mayEmbedLog !== true) refuseEmbeddedLog(config);
  for (const service of services) service.check?.(config);
  const dataDir = prepareDataDir(config.dataDir);
  const logger = createLogger({ component: name, level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics({ service: name });
  const tokenFile = config.adminTokenFile ?? join(dataDir, "admin-token");
  const adminToken = await loadOrCreateAdminToken(tokenFile);

  const apps: ServiceApp[] = [];
  const { notReady, warnings } = healthOf(apps, services.length);
  let logWarnings: () => readonly string[] = () => [];
  const allWarnings = () => [...logWarnings(), ...warnings()];
  const partitions = configuredPartitions(config);
  const clientId = host.clientId ?? `headwater-${name}`;
  const logOfLog = logger.child({ component: "event-log" });
  const maxRecordBytes = Math.max(0, ...services.map((service) => service.maxRecordBytes?.(config) ?? 0));
  const onGap = gapCounter(metrics);
  const client = { dataDir, logger: logOfLog, clientId, partitions, maxRecordBytes, onGap };
  const open = () => openLogWithTopics(config, client);
  // A log that does not come up must not keep a process from being stopped.
  const opening = Promise.resolve((host.openLog ?? waitForLog)(open, logOfLog, signal));
  const opened = await Promise.race([opening, aborted(signal)]);
  if (opened === undefined) return;
  const { log, ready, died } = opened;
  logWarnings = () => (log.warnings?.() ?? []).map((warning) => `event log: ${warning}`);

  const { stopWithinMs } = host;
  const lifecycle = new Lifecycle({ logger, ...(stopWithinMs === undefined ? {} : { stopWithinMs }) });
  lifecycle.add("event log", { stop: () => log.close() });
  try {
    const topics = topicNames(config.eventLog.topicPrefix);
    const mayWrite = services.some(({ writesAccess = false }) => writesAccess);
    const provider = await openProvider(config, adminToken, logger.child({ component: "access" }));
    const access = openAccess({ log, topics, partitions, dataDir, logger, metrics, adminToken, mayWrite, provider });
    const directory: Directory = {
      services: services.map((service) => service.name),
      urls: config.urls,
      ...(provider !== undefined && { oidc: "/api/v1/session/oidc" }),
    };
    const http = await createHttpServer({
      logger,
      metrics,
      auth: access,
      host: config.http.host,
      port: config.http.port,
      publicMetrics: config.http.publicMetrics,
      ...(config.http.metricsToken !== undefined && { metricsAuth: metricsTokenAuth(config.http.metricsToken) }),
      limits: config.http,
      corsOrigins: config.http.corsOrigins,
      hosts: hostNames(config.http),
      answersFile: join(dataDir, "answers.journal"),
      title: host.title,
      directory,
      readiness: notReady,
      warnings: allWarnings,
      pageFolder: services.find((service) => service.pageFolder !== undefined)?.pageFolder,
    });

    lifecycle.add("readiness of the event log", { start: ready });
    lifecycle.add("access", access.model);
    const parts = { log, topics, partitions, dataDir, logger, metrics, http, access, provider, lifecycle };
    const context = { ...parts, config, services: directory.services };
    for (const service of services) {
      apps.push(await service.create({ ...context, logger: logger.child({ component: service.name }) }));
    }
    let url = "";
    lifecycle.add("HTTP", {
      async start() {
        ({ url } = await http.listen());
      },
      stop: () => http.close(),
    });
    for (const app of apps) lifecycle.add(app.name, app);

    const running: ServiceApp = {
      name,
      died: Promise.race([access.model.died, ...apps.map((app) => app.died), ...(died === undefined ? [] : [died])]),
      notReady,
      warnings: allWarnings,
      start: () => lifecycle.start(),
      async stop() {
        await lifecycle.stop();
      },
    };
    await runService(running, {
      signal,
      onReady() {
        const addresses = services.flatMap((service, index) => service.addresses?.(apps[index]!) ?? []);
        if (addresses.length > 0) directory.mqtt = addresses;
        process.stdout.write(
          `${(host.readyText ?? readyLine)({ name, url, addresses, tokenFile, code: access.codes.make() })}\n`,
        );
      },
    });
  } finally {
    // Also what a service had opened when it, or the next one, could not be wired.
    await lifecycle.stop();
  }
}

/** Its libraries are loaded only where there is one. */
async function openProvider(
  config: ProcessSettings,
  adminToken: string,
  logger: Logger,
): Promise<OidcProvider | undefined> {
  if (config.oidc.issuer === undefined) return undefined;
  const { OidcProvider: Provider } = await import("../access/oidc-provider.ts");
  return Provider.of(config, adminToken, logger);
}

/** undefined: whoever listens for more than this machine has names that only their owner knows. */
function hostNames({ host, hosts, publicUrl }: ProcessSettings["http"]): readonly string[] | undefined {
  if (hosts.includes("*") || (hosts.length === 0 && !/^(?:127\.|::1$|localhost$)/.test(host))) return undefined;
  return [...hosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
}

function openAccess(options: {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly adminToken: string;
  readonly mayWrite: boolean;
  readonly provider: OidcProvider | undefined;
}): Access {
  const { log, topics, metrics, adminToken, dataDir, partitions, mayWrite, provider } = options;
  const logger = options.logger.child({ component: "access" });
  const skipped = new SkippedRecords({ metrics, logger, reader: "access" });
  const folded = new FoldedEvents({ topics, partitions, skipped });
  const model = new AccessModel({ log, topic: topics.access, dataDir, logger, folded });
  const writing = { log, logger, topic: topics.access, source: "/headwater/access", timeoutMs: writeTimeoutMs };
  return new Access({ model, adminToken, writing, mayWrite, provider });
}

/** Every reader that goes past a gap counts. */
function gapCounter(metrics: Metrics): (gap: LogGap) => void {
  const passed = metrics.counter(
    "headwater_log_passed_records_total",
    "Offsets of the event log that readers went past because what it holds there cannot be read",
    ["topic", "reason"],
  );
  return ({ topic, reason, fromOffset, toOffset }) => passed.labels({ topic, reason }).inc(toOffset - fromOffset);
}

function readyLine({ name, addresses, url }: RunningProcess): string {
  return ["ready", name, ...addresses, url].join(" ");
}

/** Health of a process, from that of its services: each is named where there are several. */
function healthOf(apps: readonly ServiceApp[], count: number): Required<Pick<ServiceApp, "notReady" | "warnings">> {
  const named = (app: ServiceApp, problems: readonly string[]): readonly string[] =>
    count === 1 ? problems : problems.map((problem) => `${app.name}: ${problem}`);
  return {
    notReady: () => (apps.length < count ? ["starting"] : apps.flatMap((app) => named(app, app.notReady()))),
    warnings: () => apps.flatMap((app) => named(app, app.warnings?.() ?? [])),
  };
}
