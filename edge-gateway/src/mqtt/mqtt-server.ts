import type { Client } from "aedes";
import type { TLSSocket } from "node:tls";
import type { Logger } from "@headwater/core";
import type { CommandSession } from "../commands/command-session.ts";
import type { ReceiveClock } from "../pipeline/clock/receive-clock.ts";
import type { GatewayConfig } from "../config.ts";
import { defaultDecodeLimits, type FirmwareTopics, type Publication, type Routes } from "@headwater/decode";
import type { Identity } from "../devices/identity/identity.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import { MessageProcessor, type ReplyHandler } from "../pipeline/commit/message-processor.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { Presence } from "../devices/presence/presence.ts";
import type { Qos2Journal } from "../pipeline/redelivery/qos2-journal.ts";
import type { RecentJournal } from "../pipeline/redelivery/recent-journal.ts";
import { internals, liveShared } from "./broker/aedes-internals.ts";
import { Audience } from "./sessions/audience.ts";
import { ClientLimits, limitsForWholeMessages, type PacketLimits } from "./broker/client-limits.ts";
import { GatewayBroker } from "./broker/broker.ts";
import { brokerSettings } from "./broker/broker-settings.ts";
import { Hearing } from "./broker/hearing.ts";
import { CommandSessions } from "./broker/command-sessions.ts";
import type { Connection } from "./broker/connection.ts";
import { DirectPublishes } from "./broker/direct-publishes.ts";
import { DelayedWills, departedClient } from "./broker/delayed-wills.ts";
import type { WaitingWills } from "./sessions/waiting-wills.ts";
import { Connections } from "./broker/connections.ts";
import { Listeners } from "./listeners/listeners.ts";
import { Login } from "./broker/login.ts";
import { PublishHandler } from "./broker/publish-handler.ts";
import { Revocation } from "./broker/revocation.ts";
import type { SharedSubscriptions } from "./sessions/shared-subscriptions.ts";
import { SessionExpiry } from "./sessions/session-expiry.ts";
import { sessionPersistence } from "./broker/session-persistence.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import { slim } from "./broker/slim-client.ts";
import { SubscribeAnswers } from "./broker/subscribe-answers.ts";
import { CommitStallWatch } from "./broker/commit-stall-watch.ts";
import { TimeService } from "./broker/time-service.ts";

export interface MqttServerOptions {
  readonly config: GatewayConfig["mqtt"];
  readonly limits: GatewayConfig["limits"];
  readonly identity: Identity;
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly sessions: SessionStore;
  readonly wills: WaitingWills;
  readonly sessionExpiryMs: number;
  readonly clock: ReceiveClock;
  /** Between messages of the time to each subscriber (milliseconds); 0: once. */
  readonly timeEveryMs: number;
  /** Whether the registry has read the log to its end. */
  readonly registryIsCurrent: () => boolean;
  readonly routes: Routes;
  readonly firmware: FirmwareTopics;
  readonly replies: ReplyHandler;
  readonly presence: Presence;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
  /** A connection of the HTTPS listener. */
  readonly onHttp: (stream: TLSSocket) => void;
  /** A device can take commands now, or no longer. */
  readonly onCommandSession: (session: CommandSession) => void;
  readonly onCommandSessionEnd: (session: CommandSession) => void;
}

/** Between looks for connections whose login has expired (milliseconds). */
const expireEveryMs = 1000;

/** MQTT for devices: logins, what they may do, their sessions, and how they end. */
export class MqttServer {
  readonly #options: MqttServerOptions;
  readonly #publishes: PublishHandler;
  readonly #login: Login;
  readonly #connections = new Set<Connection>();
  readonly #audience = new Audience();
  readonly #commandSessions: CommandSessions;
  readonly listeners: Listeners;
  readonly #clientLimits: ClientLimits;
  readonly #hearing: Hearing;
  readonly #limits: PacketLimits;
  readonly #stalls: CommitStallWatch;
  readonly #time: TimeService;
  readonly #life: Connections;
  #broker!: GatewayBroker;
  #revocation!: Revocation;
  #forget!: (session: string) => Promise<void>;
  #shared!: SharedSubscriptions;
  #sessionExpiry: SessionExpiry | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #loggingIn: Client | undefined;
  #stopping = false;

  constructor(options: MqttServerOptions) {
    this.#options = options;
    const { config, identity, metrics, refusals, logger, commit, journal, recent, recordWriter } = options;
    const { routes, firmware, replies } = options;
    const publishes = new PublishHandler({
      ...{ recordWriter, routes, firmware, metrics, refusals },
      processor: new MessageProcessor({
        ...{ recordWriter, commit, journal, recent, replies, metrics, refusals, logger },
        limits: defaultDecodeLimits,
        publish: (publication) => this.#publish(publication),
      }),
      isCommandOf: (device, commandId) => replies.isCommandOf(device, commandId),
      onTimeAsked: (connection, device, request) => this.#time.asked(connection, device, request),
      hasSubscriber: (connection, topic) => this.#broker.hasSubscriber(connection, topic),
      passOnFirst: (client, packet, done) => this.#broker.passOnFirst(client, packet, done),
      withhold: (packet) => this.#broker.withhold(packet),
    });
    this.#publishes = publishes;
    const direct = new DirectPublishes({ publishes, recordWriter, metrics });
    this.#login = new Login({
      identity,
      recent: options.recent,
      goesOn: (session) => options.sessions.goesOn(session, this.#broker.isConnected(session)),
      mayPublish: (sender, topic) => publishes.mayPublish(sender, topic),
      metrics,
      refusals,
      logger,
    });
    this.#commandSessions = new CommandSessions({
      firmware,
      onRejected: (device, answer) => replies.answered(device, answer),
      onBegin: options.onCommandSession,
      onEnd: options.onCommandSessionEnd,
      onOthers: (connection, filters) => {
        this.#audience.set(connection, filters);
        this.#shared.connected(connection.client.id, liveShared(connection.client, filters));
      },
    });
    this.#time = new TimeService({
      clock: options.clock,
      everyMs: options.timeEveryMs,
      connections: this.#connections,
      metrics,
      refusals,
    });
    const answers = new SubscribeAnswers();
    this.#life = new Connections(this.#connections, {
      ...options,
      answers,
      commandSessions: this.#commandSessions,
      time: this.#time,
      forget: (session) => this.#forget(session),
      // It may come long after its connection has ended.
      takeWill: (connection, will) =>
        identity.permissionsOf(connection.principal) !== undefined && publishes.will(connection, will),
      serverReference: config.serverReference,
      endsWithWill: (client) => this.#clientLimits.endsWithWill(client),
      onJoined: (connection) => this.#revocation.joined(connection),
    });
    this.#stalls = new CommitStallWatch({
      connections: this.#connections,
      commit,
      recordWriter,
      maxUnacked: config.maxUnacked,
    });
    this.#limits = limitsForWholeMessages({
      ...options.limits,
      maxPacketBytes: config.maxPacketBytes,
      speaksVersion5: true,
    });
    this.#clientLimits = new ClientLimits({
      limits: this.#limits,
      metrics,
      refusals,
      takeFirst: (client, packets) => direct.take(client, packets),
    });
    this.#hearing = new Hearing(this.#clientLimits, refusals, answers);
    this.listeners = new Listeners({
      config,
      metrics,
      logger,
      guard: (stream) => this.#clientLimits.guard(stream),
      onConnection: (stream) => slim(this.#broker.handle(stream)),
      onHttp: options.onHttp,
    });
  }

  /** For health. */
  get troubles(): readonly string[] {
    return this.#clientLimits.troubles;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async start(): Promise<void> {
    const { config, journal, identity, logger } = this.#options;
    const { persistence, sessions, shared, queues, forget } = await sessionPersistence({
      journal,
      store: this.#options.sessions,
      audience: this.#audience,
      limits: this.#limits,
      // The CONNACK of MQTT 3.1 has no place for it.
      tellsOfSessions: () => (this.#loggingIn as { version?: number } | undefined)?.version !== 3,
      isConnected: (session) => this.#broker.isConnected(session),
      onRefused: (what, topic, session) => this.#clientLimits.notKept(what, topic, session),
    });
    this.#forget = forget;
    this.#shared = shared;
    this.#revocation = new Revocation({
      identity,
      connections: this.#connections,
      sessions,
      end: (connection) => this.#life.end(connection, "revoked"),
      forget,
      onRestricted: (count) => this.#options.metrics.restrictedSessions.inc(count),
      logger,
    });
    const settings = brokerSettings({
      config,
      limits: this.#limits,
      sessionExpiryMs: this.#options.sessionExpiryMs,
      identity,
      persistence,
      recipients: { shared, queues },
      listeners: this.listeners,
      clientLimits: this.#clientLimits,
      login: this.#login,
      hearing: this.#hearing,
      life: this.#life,
      publishes: this.#publishes,
      broker: () => this.#broker,
      isStopping: () => this.#stopping,
      onLoggingIn: (client) => (this.#loggingIn = client),
      logger,
    });
    this.#broker = new GatewayBroker(settings, this.#audience);
    const wills = new DelayedWills(this.#broker, this.#options.wills);
    shared.open(this.#broker);
    this.#life.follow(this.#broker);
    await this.#broker.listen();
    wills.resume((waiting) => departedClient(waiting, identity));
    this.#sessionExpiry = new SessionExpiry({
      store: this.#options.sessions,
      sessions,
      expiryMs: this.#options.sessionExpiryMs,
      isConnected: (session) => this.#broker.isConnected(session),
      forget,
      logger,
    });
    this.#sessionExpiry.start();
    // What changed while the gateway was down passed the sessions by that it left. A registry that is behind hears of
    // it later.
    if (this.#options.registryIsCurrent()) this.#revocation.restrictAll();
    await this.listeners.start();
    this.#expiry = setInterval(() => this.#revocation.expire(), expireEveryMs);
    this.#stalls.start();
    this.#time.start();
    this.#clientLimits.start();
  }

  /**
   * What is known of these devices has changed: who may not stay goes, and nobody hears what they may not hear any
   * more.
   */
  recheck(devices: readonly string[]): void {
    this.#revocation?.devicesChanged(devices);
  }

  /** Provisioning keys have changed. */
  recheckKeys(): void {
    this.#revocation?.keysChanged();
  }

  /** Takes no connections and reads no packets any more; packets that were read are still acknowledged. */
  stopReading(): void {
    this.#stopping = true;
    clearInterval(this.#expiry);
    this.listeners.stopAccepting();
    for (const { client } of this.#connections) internals(client).pause();
  }

  /** Disconnects everybody. */
  async stop(): Promise<void> {
    this.stopReading();
    this.#shared?.close();
    this.#stalls.stop();
    this.#time.stop();
    this.#clientLimits.stop();
    this.#sessionExpiry?.stop();
    for (const connection of this.#connections) this.#life.end(connection, "gateway-stopped");
    await this.#life.ended();
    if (this.#broker !== undefined) await new Promise<void>((resolve) => this.#broker.close(resolve));
    await this.listeners.close();
  }

  /** Publishes a message to its subscribers. */
  #publish({ topic, payload, qos }: Publication): void {
    this.#broker.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos, dup: false, retain: false },
      (error) => {
        if (error != null) this.#options.logger.warn({ err: error, topic }, "a message to devices was not published");
      },
    );
  }
}
