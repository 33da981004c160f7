import type { EventLog, TopicNames } from "@headwater/event-log";
import {
  FatalError,
  Lifecycle,
  sleep,
  type HttpServer,
  type Logger,
  type Metrics,
  type ServiceApp,
} from "@headwater/service-kit";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bridgeSpecs } from "./bridge/bridge-spec.ts";
import { Bridges } from "./bridge/bridges.ts";
import { CommandBook } from "./commands/command-book.ts";
import { CommandDispatcher } from "./commands/command-dispatcher.ts";
import type { GatewayConfig } from "./config.ts";
import { brokerRoutes } from "./decode/broker-routes.ts";
import { defaultDecodeLimits } from "./decode/decoder.ts";
import { logPath, spoolPath, type DurablePath } from "./durable-path.ts";
import { gatewayId } from "./gateway-id.ts";
import { gatewayMetrics } from "./gateway-metrics.ts";
import { inspectRoutes, type Inspected } from "./inspect/routes.ts";
import { observeSpool } from "./spool-metrics.ts";
import { GroupCommit } from "./intake/group-commit.ts";
import { Identity } from "./identity/identity.ts";
import { Intake } from "./intake/intake.ts";
import { MessageTaker } from "./intake/message-taker.ts";
import { Lanes } from "./lanes/lanes.ts";
import { Marker } from "./lanes/marker.ts";
import type { ListenerAddress } from "./mqtt/listeners/listeners.ts";
import { MqttConnection } from "./mqtt/bridge/mqtt-connection.ts";
import { MqttServer } from "./mqtt/mqtt-server.ts";
import { PublishHandler } from "./mqtt/publish-handler.ts";
import { OpenSessions } from "./presence/open-sessions.ts";
import { Presence } from "./presence/presence.ts";
import { SessionStore } from "./mqtt/session-store.ts";
import { Qos2Journal } from "./redelivery/qos2-journal.ts";
import { RecentJournal } from "./redelivery/recent-journal.ts";
import { DeviceRegistry } from "./registry/device-registry.ts";
import { frameKinds } from "./spool/frame.ts";

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

/** An open batch of more bytes takes nothing more: the connections wait. */
const maxBatchBytes = 8 * 1024 * 1024;
const troubleAfterMs = 5000;
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
    const reasons: string[] = [];
    const { spool } = this.#path?.spooling ?? {};
    if (spool?.failing === true) reasons.push("gateway: the spool cannot be written");
    if (spool !== undefined && !spool.hasRoom(0) && this.#deps.config.spool.whenFull === "block") {
      reasons.push("gateway: the spool is full");
    }
    const expiresAt = this.#mqtt?.listeners.certificateExpiresAt;
    if (expiresAt !== undefined && expiresAt < Date.now()) {
      reasons.push(`gateway: the TLS certificate expired at ${new Date(expiresAt).toISOString()}`);
    }
    return reasons;
  }

  warnings(): readonly string[] {
    const { health, spooling } = this.#path ?? {};
    const reasons = [...(this.#bridges?.troubles ?? [])];
    const problem = health?.describe();
    if (problem !== undefined) reasons.push(`gateway: ${problem}`);
    const held = spooling?.forwarder.heldOutlets ?? 0;
    if (held > 0) reasons.push(`gateway: ${held} partitions of topics are held up, the others go on`);
    const { whenFull } = this.#deps.config.spool;
    if (spooling?.spool.isFull === true) reasons.push(`gateway: the spool is full (${whenFull})`);
    return reasons;
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

    let intake: Intake;
    const path = await (durable === "log" ? logPath : spoolPath)({
      log,
      topics,
      partitions,
      gateway,
      folder,
      config,
      logger,
      events: {
        onLanded: (frames) => {
          metrics.appended.inc(frames.length);
          for (const frame of frames) if (frame.kind === frameKinds.mark) lanes.of(frame.partition).markLanded(frame.n);
        },
        onRefused: (frame) => intake.refused(frame, topicOf(topics, frame.kind)),
        onLost: (lost) => intake.gap(lost, "corrupt"),
        onPassed: (passed) => lanes.all.forEach((lane) => lane.passed(passed[lane.partition] ?? 0)),
        gapsOf: (partition) => lanes.of(partition).gaps,
        finalState: () => (commit.isIdle ? lanes.state : undefined),
        async giveUp(epoch, given, moved) {
          for (const frame of moved) intake.moveToEnd(frame);
          const gaps = given.map(({ events, reason, ...range }) => intake.gap({ ...range, epoch }, reason, events));
          await Promise.all([...gaps, commit.durable()]);
        },
        onDiscarded: (kind, count, reason) => metrics.discarded.labels({ kind, reason }).inc(count),
        nudge: () => intake.mark(lanes.of(0), performance.now()),
      },
    });
    this.#path = path;
    const lanes = new Lanes(path.state, partitions);
    this.#inspected = { gateway, path, lanes };
    const journal = await Qos2Journal.open({
      file: join(folder, "qos2.journal"),
      logger,
      lastN: (partition) => lanes.all[partition]?.n ?? 0,
    });
    const recent = await RecentJournal.open({
      folder,
      logger,
      epoch: lanes.epoch,
      lastN: (partition) => path.soundN(partition),
    });
    const commit = new GroupCommit({
      lanes,
      sink: path.sink,
      journal,
      recent,
      logger,
      maxBatchBytes,
      lingerMs: config.gateway.commitDelayMs,
      turnsAway: config.spool.whenFull === "drop-newest",
      onCommitted: (records, seconds, acks) => {
        metrics.commits.inc();
        metrics.committed.inc(records);
        if (acks > 0) metrics.ackSeconds.observe(seconds, acks);
      },
      onRoom: () => intake.admit(),
    });
    path.sink.onRoom = () => intake.admit();
    intake = new Intake({
      lanes,
      partitions,
      commit,
      checksums: path.sink.checksums,
      plausibility: { maxPast: config.gateway.maxPastMs * 1000, maxFuture: config.gateway.maxFutureMs * 1000 },
      metrics,
      logger,
    });

    const registry = new DeviceRegistry({ log, topics, file: join(folder, "devices.sqlite"), logger });
    const identity = new Identity({ config, log, topics, registry, gateway, folder, logger });
    const book = new CommandBook({ log, topic: topics.commands, file: join(folder, "commands.sqlite"), logger });
    const dispatcher = new CommandDispatcher({
      log,
      topic: topics.commands,
      book,
      intake,
      gateway,
      inFlight: config.gateway.commandsInFlight,
      metrics,
      logger,
    });
    const publishes = new PublishHandler({
      intake,
      commit,
      journal,
      recent,
      routes,
      taker: new MessageTaker({
        intake,
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
    const presence = new Presence(intake, commit, openSessions);
    const mqtt = new MqttServer({
      config: config.mqtt,
      limits: config.limits,
      identity,
      intake,
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
      intake,
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
    const marker = new Marker(lanes, intake, {
      busyMs: config.gateway.markBusyMs,
      quietMs: config.gateway.markQuietMs,
    });
    this.#observe(mqtt, path, intake, lanes, identity);

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
    const turnedAway = { timer: undefined as NodeJS.Timeout | undefined };
    parts.add("group commit", {
      start: () => {
        turnedAway.timer = setInterval(() => intake.recordTurnedAway(), 1000);
      },
      // Told to stop before the path is: what was taken is made durable and acknowledged.
      stop: () => {
        clearInterval(turnedAway.timer);
        intake.recordTurnedAway();
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
        mqtt.stopIntake();
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

  #observe(mqtt: MqttServer, path: DurablePath, intake: Intake, lanes: Lanes, identity: Identity): void {
    const { metrics } = this.#deps;
    metrics.gauge(
      "headwater_gateway_waiting_passwords",
      "Logins whose chosen password is being compared or waits for it",
      [],
      {
        collect: (gauge) => gauge.set(identity.waitingPasswords),
      },
    );
    metrics.gauge("headwater_gateway_connections", "MQTT connections", [], {
      collect: (gauge) => gauge.set(mqtt.connections),
    });
    metrics.gauge(
      "headwater_gateway_open_connections",
      "Connections of a listener, those included that have not logged in",
      ["transport"],
      {
        collect: (gauge) => {
          for (const [transport, count] of mqtt.listeners.countByTransport()) gauge.labels({ transport }).set(count);
        },
      },
    );
    metrics.gauge(
      "headwater_gateway_certificate_expiry_seconds",
      "When the TLS certificate expires, in seconds since the epoch; 0 without TLS",
      [],
      { collect: (gauge) => gauge.set(Math.floor((mqtt.listeners.certificateExpiresAt ?? 0) / 1000)) },
    );
    metrics.gauge("headwater_gateway_waiting_messages", "Messages that wait for room", [], {
      collect: (gauge) => gauge.set(intake.waiting),
    });
    metrics.gauge("headwater_gateway_log_away", "1 while the event log has not taken records for some seconds", [], {
      collect: (gauge) => gauge.set(path.health.failingForMs > troubleAfterMs ? 1 : 0),
    });
    observeSpool(metrics, path, lanes);
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

function topicOf(topics: TopicNames, kind: number): string {
  if (kind === frameKinds.quarantine) return topics.quarantine;
  if (kind === frameKinds.presence) return topics.presence;
  return kind === frameKinds.command ? topics.commands : topics.telemetry;
}
