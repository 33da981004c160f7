import type { AedesOptions, Client, PublishPacket } from "aedes";
import type { Logger } from "@headwater/service-kit";
import type { CommandSession } from "../commands/command-session.ts";
import type { ReceiveClock } from "../clock/receive-clock.ts";
import type { GatewayConfig } from "../config.ts";
import type { Publication } from "../decode/decoder.ts";
import type { Identity } from "../identity/identity.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { GroupCommit } from "../intake/group-commit.ts";
import type { Intake } from "../intake/intake.ts";
import type { Presence } from "../presence/presence.ts";
import type { Qos2Journal } from "../redelivery/qos2-journal.ts";
import type { RecentJournal } from "../redelivery/recent-journal.ts";
import { internals, type ParserInternals } from "./aedes-internals.ts";
import { Audience } from "./audience.ts";
import { Bounds } from "./bounds.ts";
import { GatewayBroker } from "./broker.ts";
import { connackCodes, connackError } from "./connack.ts";
import { CommandSessions } from "./command-sessions.ts";
import { connectionOf, type Connection, type DisconnectReason } from "./connection.ts";
import { Listeners } from "./listeners/listeners.ts";
import { Login, type Will } from "./login.ts";
import { peerOf } from "./peer.ts";
import type { PublishHandler } from "./publish-handler.ts";
import { Revocation } from "./revocation.ts";
import { answerProvisioning } from "./provisioning.ts";
import { SessionExpiry } from "./session-expiry.ts";
import { sessionPersistence } from "./session-persistence.ts";
import type { SessionStore } from "./session-store.ts";
import { forgetConnect, slim } from "./slim-client.ts";
import { StallWatch } from "./stall-watch.ts";
import { TimeHelp } from "./time-help.ts";

export interface MqttServerOptions {
  readonly config: GatewayConfig["mqtt"];
  readonly limits: GatewayConfig["limits"];
  readonly identity: Identity;
  readonly intake: Intake;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly sessions: SessionStore;
  readonly sessionExpiryMs: number;
  readonly clock: ReceiveClock;
  /** Between times told to who has subscribed (milliseconds); 0: once. */
  readonly timeEveryMs: number;
  /** Whether all that is known of devices by now is known here. */
  readonly registryIsCurrent: () => boolean;
  readonly publishes: PublishHandler;
  readonly presence: Presence;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  /** A device can take commands now, or no longer. */
  readonly onCommandSession: (session: CommandSession) => void;
  readonly onCommandSessionEnd: (session: CommandSession) => void;
}

/** MQTT for devices: logins, what they may do, their sessions, and how they end. */
export class MqttServer {
  readonly #options: MqttServerOptions;
  readonly #login: Login;
  readonly #connections = new Set<Connection>();
  readonly #audience = new Audience();
  readonly #commandSessions: CommandSessions;
  readonly listeners: Listeners;
  readonly #bounds: Bounds;
  readonly #stalls: StallWatch;
  readonly #time: TimeHelp;
  #broker!: GatewayBroker;
  #revocation!: Revocation;
  #sessionExpiry: SessionExpiry | undefined;
  #stopping = false;

  constructor(options: MqttServerOptions) {
    this.#options = options;
    const { config, identity, metrics, logger, commit, intake, publishes } = options;
    this.#login = new Login({
      identity,
      recent: options.recent,
      mayPublish: (sender, topic) => publishes.mayPublish(sender, topic),
      metrics,
      logger,
    });
    this.#commandSessions = new CommandSessions({
      onBegin: options.onCommandSession,
      onEnd: options.onCommandSessionEnd,
      onOthers: (connection, filters) => this.#audience.set(connection, filters),
    });
    this.#time = new TimeHelp({
      clock: options.clock,
      everyMs: options.timeEveryMs,
      connections: this.#connections,
      metrics,
    });
    this.#stalls = new StallWatch({ connections: this.#connections, commit, intake, maxUnacked: config.maxUnacked });
    this.#bounds = new Bounds({
      limits: { ...options.limits, maxPacketBytes: config.maxPacketBytes },
      metrics,
      logger,
    });
    this.listeners = new Listeners({
      config,
      metrics,
      logger,
      guard: (stream) => this.#bounds.guard(stream),
      onConnection: (stream) => slim(this.#broker.handle(stream)),
    });
  }

  /** Whether the broker may have to pass on what this connection says there. */
  hasSubscriber(connection: Connection, topic: string): boolean {
    return this.#broker.hasSubscriber(connection, topic);
  }

  /** Says something to whoever has subscribed to it. */
  publish({ topic, payload, qos }: Publication): void {
    this.#broker.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos, dup: false, retain: false },
      (error) => {
        if (error != null) this.#options.logger.warn({ err: error, topic }, "a message to devices was not published");
      },
    );
  }

  /** A device asks for the time. */
  timeAsked(connection: Connection, device: string, payload: Buffer): void {
    this.#time.asked(connection, device, payload);
  }

  get connections(): number {
    return this.#connections.size;
  }

  async start(): Promise<void> {
    const { config, limits, journal, identity, logger } = this.#options;
    const { persistence, sessions } = await sessionPersistence({
      journal,
      store: this.#options.sessions,
      audience: this.#audience,
      limits,
      onRefused: (what, topic, session) => this.#bounds.notKept(what, topic, session),
    });
    this.#revocation = new Revocation({
      identity,
      connections: this.#connections,
      sessions,
      end: (connection) => this.#end(connection, "revoked"),
      forget: (session) => journal.forget(session),
      onRestricted: (count) => this.#options.metrics.restrictedSessions.inc(count),
      logger,
    });
    const options: AedesOptions = {
      persistence,
      // The listeners watch over the time up to CONNECT, of which this is the last part.
      connectTimeout: 2 * config.connectTimeoutMs,
      queueLimit: 1000,
      // Only a last resort: the guard cuts who reads nothing at all much sooner.
      drainTimeout: 10 * limits.stallTimeoutMs,
      // The guard has its own bound, for both versions.
      maxClientsIdLength: limits.maxClientIdBytes,
      maxTopicLevels: limits.maxTopicLevels,
      preConnect: (client, packet, done) => {
        this.listeners.connected(client.conn);
        forgetConnect(client, packet as unknown as ParserInternals["settings"]);
        // Only now it is known whether the session is new.
        this.#bounds.greet(client, packet.clean === true);
        if (packet.will !== undefined) this.#login.noteWill(client, packet.will as unknown as Will);
        done(null, !this.#stopping);
      },
      authenticate: (client, username, password, done) => {
        void this.#login.answer(client, username, password, done);
      },
      authorizePublish: (client, packet, done) => {
        if (client !== null && client.closed) this.#lastWill(client, packet as unknown as Will, done);
        else this.#published(client, packet, this.#broker.passOnFirst(client, packet, done));
      },
      authorizeSubscribe: (client, subscription, done) => {
        const allowed = connectionOf(client)?.permissions.maySubscribe(subscription.topic) === true;
        if (!allowed) this.#options.metrics.refused.labels({ reason: "subscription" }).inc();
        done(null, allowed && this.#bounds.grant(client, subscription.topic) ? subscription : null);
      },
      authorizeForward: (client, packet) =>
        connectionOf(client)?.permissions.mayReceive(packet.topic) === true ? packet : null,
    };
    this.#broker = new GatewayBroker(options, this.#audience);
    this.#listenToBroker();
    await this.#broker.listen();
    this.#sessionExpiry = new SessionExpiry({
      store: this.#options.sessions,
      sessions,
      expiryMs: this.#options.sessionExpiryMs,
      isConnected: (session) => this.#broker.isConnected(session),
      forget: (session) => journal.forget(session),
      logger,
    });
    this.#sessionExpiry.start();
    // What changed while the gateway was down passed the sessions by that it left. A registry that is behind hears of it later.
    if (this.#options.registryIsCurrent()) this.#revocation.restrictAll();
    await this.listeners.start();
    this.#stalls.start();
    this.#time.start();
    this.#bounds.start();
  }

  /** What is known of these devices has changed: who may not stay goes, and nobody hears what they may not hear any more. */
  recheck(devices: readonly string[]): void {
    this.#revocation?.devicesChanged(devices);
  }

  /** Provisioning keys have changed. */
  recheckKeys(): void {
    this.#revocation?.keysChanged();
  }

  /** Ends connections whose login has expired. */
  expire(): void {
    this.#revocation?.expire();
  }

  /** Takes no connections and reads no packets any more; what was read is still acknowledged. */
  stopIntake(): void {
    this.#stopping = true;
    this.listeners.stopAccepting();
    for (const { client } of this.#connections) (client as unknown as { pause(): void }).pause();
  }

  /** Disconnects everybody. */
  async stop(): Promise<void> {
    this.stopIntake();
    this.#stalls.stop();
    this.#time.stop();
    this.#bounds.stop();
    this.#sessionExpiry?.stop();
    for (const connection of this.#connections) this.#end(connection, "gateway-stopped");
    if (this.#broker !== undefined) await new Promise<void>((resolve) => this.#broker.close(resolve));
    await this.listeners.close();
  }

  #listenToBroker(): void {
    const { presence, metrics } = this.#options;
    const broker = this.#broker;
    broker.on("client", (client) => {
      const connection = connectionOf(client);
      if (connection === undefined) return;
      this.#connections.add(connection);
      metrics.connects.labels({ outcome: "accepted" }).inc();
      if (connection.device !== undefined) {
        presence.connected({
          device: connection.device,
          session: connection.session,
          clientId: client.id.slice(connection.device.length + 1),
          address: peerOf(client.conn).address,
          cleanSession: client.clean,
        });
      }
      this.#revocation.joined(connection);
    });
    broker.on("clientReady", (client) => {
      const connection = connectionOf(client);
      if (connection === undefined) return;
      connection.ready = true;
      this.#options.sessions.seen(client.id);
      // A session that came back with its subscriptions.
      this.#time.subscribed(connection, Object.keys(internals(client).subscriptions));
      this.#commandSessions.changed(connection);
    });
    broker.on("subscribe", (subscriptions, client) => {
      this.#subscriptionsOf(client);
      const connection = client === null ? undefined : connectionOf(client);
      if (connection === undefined) return;
      this.#time.subscribed(
        connection,
        subscriptions.map(({ topic }) => topic),
      );
    });
    broker.on("unsubscribe", (filters, client) => {
      const connection = client === null ? undefined : connectionOf(client);
      for (const filter of filters) connection?.filters.delete(filter);
      if (connection !== undefined) this.#time.unsubscribed(connection, filters);
      this.#subscriptionsOf(client);
    });
    broker.on("keepaliveTimeout", (client) => this.#noteReason(client, "keep-alive"));
    broker.onTakeover = (client) => this.#noteReason(client, "taken-over");
    broker.on("clientDisconnect", (client) => this.#disconnected(client));
    // A client that breaks the protocol or the line is cut by aedes; the reason is in its presence event.
    broker.on("clientError", () => {});
    broker.on("connectionError", () => {});
    // Without a listener it would end the process.
    broker.on("error" as "closed", (error?: unknown) => {
      this.#options.logger.error({ err: error }, "the MQTT broker failed at something");
    });
  }

  #subscriptionsOf(client: Client | null): void {
    const connection = client === null ? undefined : connectionOf(client);
    if (connection !== undefined) this.#commandSessions.changed(connection);
  }

  #noteReason(client: Client, reason: DisconnectReason): void {
    const connection = connectionOf(client);
    if (connection !== undefined) connection.reason ??= reason;
  }

  #end(connection: Connection, reason: DisconnectReason): void {
    connection.reason ??= reason;
    // Its device did not die: the last will would say so.
    internals(connection.client).will = null;
    connection.client.close();
  }

  #published(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const connection = client === null ? undefined : connectionOf(client);
    if (connection?.principal.kind !== "provisioning" || !connection.permissions.mayPublish(packet.topic)) {
      this.#options.publishes.handle(client, packet, done);
      return;
    }
    const { identity, logger } = this.#options;
    const payload = packet.payload as Buffer;
    void answerProvisioning({ identity, connection, keyId: connection.principal.keyId, logger }, payload, done);
  }

  #lastWill(client: Client, will: Will, done: (error?: Error | null) => void): void {
    const connection = connectionOf(client);
    if (
      connection === undefined ||
      connection.reason === "revoked" ||
      !this.#options.publishes.will(connection, will)
    ) {
      done(connackError(connackCodes.notAuthorized, "A last will that is not allowed"));
      return;
    }
    if (connection.device !== undefined) {
      this.#options.presence.lastWill(connection.device, connection.session, will.topic, will.payload);
    }
    done();
  }

  #disconnected(client: Client): void {
    const connection = connectionOf(client);
    if (connection === undefined || !this.#connections.delete(connection)) return;
    const { presence, metrics } = this.#options;
    const reason = connection.reason ?? (internals(client)._disconnected ? "client" : "error");
    metrics.disconnects.labels({ reason }).inc();
    this.#commandSessions.end(connection);
    this.#options.sessions.seen(client.id);
    connection.forgetOutgoing();
    if (connection.device !== undefined) presence.disconnected(connection.device, connection.session, reason);
  }
}
