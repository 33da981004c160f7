import type { EventLog, TopicNames } from "@headwater/event-log";
import { FatalError, sleep, type Logger } from "@headwater/core";
import { Lifecycle, type HttpServer, type Metrics, type ServiceApp } from "@headwater/service";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bridgeSpecs } from "./bridge/bridge-spec.ts";
import { Bridges } from "./bridge/bridges.ts";
import { CommandBook } from "./commands/command-book.ts";
import { CommandDispatcher } from "./commands/command-dispatcher.ts";
import type { GatewayConfig } from "./config.ts";
import { brokerRoutes, defaultDecodeLimits } from "@headwater/decode";
import type { DurablePath } from "./pipeline/durable-path.ts";
import { gatewayId } from "./gateway-id.ts";
import { gatewayMetrics } from "./gateway-metrics.ts";
import { inspectRoutes, type Inspected } from "./inspect/routes.ts";
import { Identity } from "./devices/identity/identity.ts";
import { MessageProcessor } from "./pipeline/commit/message-processor.ts";
import { Marker } from "./pipeline/commit/marker.ts";
import type { ListenerAddress } from "./mqtt/listeners/listeners.ts";
import { MqttConnection } from "./mqtt/bridge/mqtt-connection.ts";
import { MqttServer } from "./mqtt/mqtt-server.ts";
import { PublishHandler } from "./mqtt/broker/publish-handler.ts";
import { OpenSessions } from "./devices/presence/open-sessions.ts";
import { Presence } from "./devices/presence/presence.ts";
import { SessionStore } from "./mqtt/sessions/session-store.ts";
import { DeviceRegistry } from "./devices/registry/device-registry.ts";
import { openPipeline } from "./pipeline/open-pipeline.ts";
import { observe } from "./metrics/gauges.ts";
import { troublesOfPath, whyNotReady } from "./metrics/health.ts";

export { gatewayConfig, type GatewayConfig } from "./config.ts";
export type { ListenerAddress } from "./mqtt/listeners/listeners.ts";

export interface GatewayDeps {
  readonly config: GatewayConfig;
  readonly log: EventLog;
  readonly topics: TopicNames;
  /** Of every topic that is keyed by device. */
  readonly partitions: number;
  /** "log": the log is on this machine and the append to it is the durable write. "spool": own files come before it. */
  readonly durable: "spool" | "log";
  /** The gateway keeps its files in the folder `gateway` below it. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Its routes go there, if it is given. */
  readonly http?: HttpServer;
  /** All of a stop takes no longer (milliseconds). Default 10 s. */
  readonly stopWithinMs?: number;
}

export interface GatewayApp extends ServiceApp {
  /** Where MQTT over TCP listens; 0 before the start, and if it does not. */
  readonly mqttPort: number;
  /** Where MQTT listens, by transport; empty before the start. */
  readonly mqttAddresses: readonly ListenerAddress[];
}

const expireEveryMs = 1000;

/** Wires the gateway. Nothing moves before `start`. */
export function createGatewayApp(deps: GatewayDeps): GatewayApp {
  return new Gateway(deps);
}

class Gateway implements GatewayApp {
  readonly name = "gateway";
  readonly died: Promise<never>;
  readonly #deps: GatewayDeps;
  readonly #lifecycle: Lifecycle;
  readonly #die: (error: unknown) => void;
  #mqtt: MqttServer | undefined;
  #path: DurablePath | undefined;
  #inspected: Inspected | undefined;
  #bridges: Bridges | undefined;
  #started = false;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.died = promise;
    this.#die = reject;
    this.#lifecycle = new Lifecycle({ logger: deps.logger, stopWithinMs: deps.stopWithinMs ?? 10_000 });
    this.#lifecycle.add("gateway", { start: () => this.#build() });
    if (deps.http !== undefined) inspectRoutes(deps.http, () => this.#inspected);
  }

  get mqttPort(): number {
    return this.mqttAddresses.find(({ transport }) => transport === "tcp")?.port ?? 0;
  }

  get mqttAddresses(): readonly ListenerAddress[] {
    return this.#mqtt?.listeners.addresses ?? [];
  }

  async start(): Promise<void> {
    await this.#lifecycle.start();
    this.#started = true;
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#lifecycle.stop();
  }

  notReady(): readonly string[] {
    if (!this.#started) return ["gateway: not started"];
    return whyNotReady(this.#deps.config, this.#path, this.#mqtt?.listeners.certificateExpiresAt);
  }

  warnings(): readonly string[] {
    return [...(this.#bridges?.troubles ?? []), ...troublesOfPath(this.#deps.config, this.#path)];
  }

  /** Makes the parts, each in need of what the one before knows, and adds them in their order of start. */
  async #build(): Promise<void> {
    const { config, log, topics, partitions, durable, dataDir, logger } = this.#deps;
    const metrics = gatewayMetrics(this.#deps.metrics);
    const folder = join(dataDir, "gateway");
    await makeFolder(folder);
    const gateway = await gatewayId(folder, config.gateway.id);
    // Before any file is opened: they may be refused.
    const routes = brokerRoutes(config.routes);
    const bridged = bridgeSpecs(config.bridges, gateway, config.routes);

    const pipeline = await openPipeline({
      log,
      topics,
      partitions,
      durable,
      gateway,
      folder,
      config,
      metrics,
      logger,
    });
    const { path, lanes, journal, recent, commit, recordWriter } = pipeline;
    this.#path = path;
    this.#inspected = { gateway, path, lanes };

    const registry = new DeviceRegistry({ log, topics, file: join(folder, "devices.sqlite"), logger });
    const identity = new Identity({ config, log, topics, registry, gateway, folder, logger });
    const book = new CommandBook({ log, topic: topics.commands, file: join(folder, "commands.sqlite"), logger });
    const dispatcher = new CommandDispatcher({
      log,
      topic: topics.commands,
      book,
      recordWriter,
      gateway,
      inFlight: config.gateway.commandsInFlight,
      metrics,
      logger,
    });
    const publishes = new PublishHandler({
      recordWriter,
      commit,
      journal,
      recent,
      routes,
      processor: new MessageProcessor({
        recordWriter,
        commit,
        limits: defaultDecodeLimits,
        replies: dispatcher,
        publish: (publication) => mqtt.publish(publication),
        metrics,
        logger,
      }),
      onTimeAsked: (connection, device, payload) => mqtt.timeAsked(connection, device, payload),
      hasSubscriber: (connection, topic) => mqtt.hasSubscriber(connection, topic),
      metrics,
      logger,
    });
    const openSessions = await OpenSessions.open({ file: join(folder, "open-sessions"), logger });
    const sessions = await SessionStore.open({
      file: join(folder, "sessions.journal"),
      maxSessions: config.sessions.maxSessions,
      logger,
    });
    const presence = new Presence(recordWriter, commit, openSessions);
    const mqtt = new MqttServer({
      config: config.mqtt,
      limits: config.limits,
      identity,
      recordWriter,
      commit,
      journal,
      recent,
      sessions,
      sessionExpiryMs: config.sessions.expiryMs,
      clock: lanes.clock,
      timeEveryMs: config.time.everyMs,
      registryIsCurrent: () => registry.caughtUp,
      publishes,
      presence,
      metrics,
      logger,
      onCommandSession: (session) => dispatcher.begin(session),
      onCommandSessionEnd: (session) => dispatcher.end(session),
    });
    this.#mqtt = mqtt;
    const bridges = new Bridges({
      specs: bridged,
      folder,
      connect: (spec, login, events) => new MqttConnection(spec, login, events),
      recordWriter,
      commit,
      journal,
      recent,
      replies: dispatcher,
      onCommandSession: (session) => dispatcher.begin(session),
      onCommandSessionEnd: (session) => dispatcher.end(session),
      metrics,
      registry: this.#deps.metrics,
      logger,
    });
    this.#bridges = bridges;
    registry.onChanged = (devices) => mqtt.recheck(devices);
    registry.onKeysChanged = () => mqtt.recheckKeys();
    const marker = new Marker(lanes, recordWriter, {
      busyMs: config.gateway.markBusyMs,
      quietMs: config.gateway.markQuietMs,
    });
    observe(this.#deps.metrics, mqtt, pipeline, identity);

    const { stopWithinMs = 10_000 } = this.#deps;
    const parts = this.#lifecycle;
    parts.add("journal", { stop: () => journal.close() });
    parts.add("journal of QoS 1", { stop: () => recent.close() });
    parts.add("sessions", { stop: () => sessions.close() });
    parts.add("open sessions", { stop: () => openSessions.close() });
    parts.add("durable path", {
      start: () => {
        path.start().catch((error: unknown) => this.#die(error));
      },
      stop: async () => {
        await path.drain(AbortSignal.timeout(Math.round(stopWithinMs / 3)));
        commit.close();
        await path.close();
      },
    });
    const drops = { timer: undefined as NodeJS.Timeout | undefined };
    parts.add("group commit", {
      start: () => {
        drops.timer = setInterval(() => recordWriter.recordDropped(), 1000);
      },
      // Told to stop before the path is: what was pipeline is made durable and acknowledged.
      stop: () => {
        clearInterval(drops.timer);
        recordWriter.recordDropped();
        return commit.drain();
      },
    });
    parts.add("registry", { stop: () => registry.stop() });
    parts.add("identity", { start: () => identity.start(), stop: () => identity.stop() });
    parts.add("commands", {
      start: async () => {
        // Together: a log that is away is waited for once.
        await Promise.all([registry.start(), book.start()]);
        dispatcher.start();
      },
      stop: async () => {
        dispatcher.stop();
        await book.stop();
      },
    });
    registry.died.catch((error: unknown) => this.#die(error));
    book.died.catch((error: unknown) => this.#die(error));
    parts.add("marks", { start: () => marker.start(), stop: () => marker.stop() });
    const expiry = { timer: undefined as NodeJS.Timeout | undefined };
    parts.add("mqtt", {
      start: async () => {
        presence.endLost();
        await mqtt.start();
        bridges.start();
        expiry.timer = setInterval(() => mqtt.expire(), expireEveryMs);
      },
      stop: async () => {
        clearInterval(expiry.timer);
        mqtt.stopReading();
        bridges.stopMessages();
        // What was read gets its acknowledgement before the connections end.
        const patience = new AbortController();
        const over = sleep(stopWithinMs / 3, patience.signal).catch(() => {});
        await Promise.race([commit.drain(), over]);
        patience.abort();
        await Promise.all([mqtt.stop(), bridges.stop()]);
      },
    });
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FatalError(
      `The folder ${folder} cannot be made (${code}); set HEADWATER_DATA_DIR to one that can be written`,
    );
  }
}
