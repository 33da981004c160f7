import type { EventLog, TopicNames } from "@headwater/event-log";
import { InvariantError, ResourceError, type Logger } from "@headwater/core";
import { FoldedEvents, SkippedRecords, type HttpServer, type Metrics } from "@headwater/service";
import { brokerRoutes, FirmwareTopics } from "@headwater/decode";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BridgeDeps } from "./bridge/bridge.ts";
import { bridgeSpecs } from "./bridge/bridge-spec.ts";
import { Bridges } from "./bridge/bridges.ts";
import { CommandBook } from "./commands/command-book.ts";
import { CommandDispatcher } from "./commands/command-dispatcher.ts";
import { CommandReplies } from "./commands/command-replies.ts";
import type { GatewayConfig } from "./config.ts";
import { Identity } from "./devices/identity/identity.ts";
import { OpenSessions } from "./devices/presence/open-sessions.ts";
import { Presence } from "./devices/presence/presence.ts";
import { DeviceRegistry } from "./devices/registry/device-registry.ts";
import { gatewayId } from "./gateway-id.ts";
import { gatewayMetrics } from "./gateway-metrics.ts";
import { openTelemetry, type HttpTelemetry } from "./http/open-telemetry.ts";
import { httpsPaths } from "./http/telemetry-route.ts";
import { RefusalLog } from "./refusal-log.ts";
import { MqttServer } from "./mqtt/mqtt-server.ts";
import { RedriveBook } from "./redrive/redrive-book.ts";
import { Redriver } from "./redrive/redriver.ts";
import { SessionStore } from "./mqtt/sessions/session-store.ts";
import { WaitingWills } from "./mqtt/sessions/waiting-wills.ts";
import { Marker } from "./pipeline/commit/marker.ts";
import { openPipeline, type Pipeline } from "./pipeline/open-pipeline.ts";

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

/** The parts of a gateway. */
export interface GatewayParts {
  readonly gateway: string;
  readonly pipeline: Pipeline;
  readonly registry: DeviceRegistry;
  readonly identity: Identity;
  readonly book: CommandBook;
  readonly dispatcher: CommandDispatcher;
  readonly redrives: RedriveBook;
  readonly redriver: Redriver;
  readonly openSessions: OpenSessions;
  readonly presence: Presence;
  readonly sessions: SessionStore;
  readonly wills: WaitingWills;
  readonly mqtt: MqttServer;
  readonly telemetry: HttpTelemetry;
  readonly bridges: Bridges;
  readonly marker: Marker;
  readonly skipped: SkippedRecords;
}

/** Opens the files of a gateway and wires its parts, each from those before it. None is started. */
export async function openParts(deps: GatewayDeps): Promise<GatewayParts> {
  const { config, log, topics, partitions, durable, logger } = deps;
  const metrics = gatewayMetrics(deps.metrics);
  const refusals = new RefusalLog(metrics.refused, logger);
  const folder = join(deps.dataDir, "gateway");
  await makeFolder(folder);
  const gateway = await gatewayId(folder, config.gateway.id);
  // Before any file is opened: they may be refused.
  const routes = brokerRoutes(config.routes, config.mqtt.userProperties);
  const firmware = new FirmwareTopics(config.routes);
  const specs = bridgeSpecs(config.bridges, gateway, config.routes);

  // Its file is locked by the process that has the folder: another one gets no further, and touches no spool.
  const skipped = new SkippedRecords({ metrics: deps.metrics, logger, reader: "gateway" });
  const folded = new FoldedEvents({ topics, partitions, skipped });
  const registry = new DeviceRegistry({ log, topics, file: join(folder, "devices.sqlite"), logger, folded });

  const pipeline = await openPipeline({
    ...{ log, topics, partitions, durable, gateway, folder, config, metrics, refusals, logger },
  });
  const { lanes, journal, recent, commit, recordWriter, devices: deviceLanes } = pipeline;
  const identity = new Identity({ config, log, topics, registry, gateway, folder, logger });
  const commandsFile = join(folder, "commands.sqlite");
  const book = new CommandBook({ log, topic: topics.commands, file: commandsFile, logger, folded });
  const dispatcher = new CommandDispatcher({
    ...{ log, topic: topics.commands, book, recordWriter, gateway, metrics, logger },
    incarnationOf: (device) => registry.incarnation(device),
    inFlight: config.gateway.commandsInFlight,
  });
  const replies = new CommandReplies({ book, recordWriter, metrics, logger });
  const redrives = new RedriveBook({
    ...{ log, topic: topics.quarantine, file: join(folder, "redrives.sqlite"), logger, folded },
  });
  const routesAgain = [routes.again()];
  const redriver = new Redriver({
    ...{ log, topic: topics.quarantine, book: redrives, recordWriter, logger },
    routes: routesAgain,
    incarnationAt(device, at) {
      const { incarnation = 0, incarnationSince = 0 } = registry.incarnation(device) ?? {};
      return at < incarnationSince ? Math.max(0, incarnation - 1) : incarnation;
    },
  });
  const openSessions = await OpenSessions.open({ file: join(folder, "open-sessions"), logger });
  const presence = new Presence(recordWriter, commit, openSessions);
  const { maxSessions, expiryMs: sessionExpiryMs } = config.sessions;
  const sessions = await SessionStore.open({ file: join(folder, "sessions.journal"), maxSessions, logger });
  const wills = await WaitingWills.open({ file: join(folder, "wills.journal"), logger });
  /** Common to the sources of messages: the pipeline behind them and the dispatcher of commands. */
  const source = {
    ...{ recordWriter, commit, journal, recent, replies, metrics, refusals, logger },
    onCommandSession: dispatcher.begin.bind(dispatcher),
    onCommandSessionEnd: dispatcher.end.bind(dispatcher),
  };
  const mqtt = new MqttServer({
    ...source,
    ...{ routes, firmware, identity, sessions, sessionExpiryMs, presence, wills },
    config: config.mqtt,
    limits: config.limits,
    clock: lanes.clock,
    timeEveryMs: config.time.everyMs,
    registryIsCurrent: () => registry.caughtUp,
    onHttp: (stream) => (deps.http === undefined ? stream.destroy() : deps.http.adopt(stream, httpsPaths)),
  });
  const telemetry = openTelemetry({ ...source, routes, firmware, identity, limits: config.limits });
  deviceLanes.incarnationOf = (device) => registry.incarnation(device)?.incarnation ?? 0;
  registry.onChanged = (devices) => {
    for (const device of devices) deviceLanes.forget(device);
    mqtt.recheck(devices);
    dispatcher.devicesChanged(devices);
  };
  registry.onKeysChanged = () => mqtt.recheckKeys();
  const bridges = new Bridges({
    ...source,
    ...{ specs, folder, registry: deps.metrics, userProperties: config.mqtt.userProperties },
    connect: await remoteBrokers(specs.length),
  });
  routesAgain.push(...bridges.routes.map((ofBridge) => ofBridge.again()));
  const { markBusyMs: busyMs, markQuietMs: quietMs } = config.gateway;
  const marker = new Marker(lanes, recordWriter, { busyMs, quietMs });
  return {
    ...{ gateway, pipeline, registry, identity, book, dispatcher, openSessions, presence, sessions, wills },
    ...{ redrives, redriver, mqtt, telemetry, bridges, marker, skipped },
  };
}

/** mqtt.js is loaded where there is a bridge: a gateway without one starts sooner and smaller. */
async function remoteBrokers(bridges: number): Promise<BridgeDeps["connect"]> {
  if (bridges === 0) {
    return () => {
      throw new InvariantError("A bridge connects that nobody has configured");
    };
  }
  const { MqttRemoteBroker } = await import("./mqtt/bridge/mqtt-remote-broker.ts");
  return (spec, login, events) => new MqttRemoteBroker(spec, login, events);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ResourceError(
      `The folder ${folder} cannot be made (${code}); set HEADWATER_DATA_DIR to one that can be written`,
    );
  }
}
