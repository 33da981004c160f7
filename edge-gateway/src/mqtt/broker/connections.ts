import type { Client } from "aedes";
import { sleep, type Logger } from "@headwater/core";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { RefusalLog } from "../../refusal-log.ts";
import type { Presence } from "../../devices/presence/presence.ts";
import { internals } from "./aedes-internals.ts";
import type { GatewayBroker } from "./broker.ts";
import type { CommandSessions } from "./command-sessions.ts";
import { connackCodes, connackError } from "./connack.ts";
import { endingOf, endings, useAnotherServer, type Ending } from "./endings.ts";
import { connectionOf, type Connection, type DisconnectReason } from "./connection.ts";
import { watchKeepAlive } from "./keep-alive.ts";
import type { Will } from "./login.ts";
import { peerOf } from "../listeners/peer.ts";
import { expiryOf, TooManyUnreleased } from "./session-persistence.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import type { SubscribeAnswers } from "./subscribe-answers.ts";
import type { TimeService } from "./time-service.ts";

export interface ConnectionsOptions {
  readonly presence: Presence;
  readonly sessions: SessionStore;
  /** Nothing is kept any more of the incoming messages of a session. */
  readonly forget: (session: string) => Promise<void>;
  readonly commandSessions: CommandSessions;
  readonly answers: SubscribeAnswers;
  readonly time: TimeService;
  /** Takes a last will as a message; false: not allowed. */
  readonly takeWill: (connection: Connection, will: Will) => boolean;
  /** Whether a client's DISCONNECT asks for its last will. */
  readonly endsWithWill: (client: Client) => boolean;
  /** The broker has let a connection in. */
  readonly onJoined: (connection: Connection) => void;
  /** Where clients go when the gateway stops. */
  readonly serverReference: string | undefined;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

/** A client that does not take its DISCONNECT is closed all the same. */
const tellWithinMs = 1000;
const lookAgainMs = 5;
const nothing = Buffer.alloc(0);

/** The connections that are logged in, from the login over their subscriptions to their end. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #all: Set<Connection>;
  /** Cut for messages of QoS 2: each message beyond the bound fails, and the connection counts once. */
  readonly #cutForUnreleased = new WeakSet<Client>();

  constructor(all: Set<Connection>, options: ConnectionsOptions) {
    this.#all = all;
    this.#options = options;
  }

  /** Listens to the broker's events about its clients. */
  follow(broker: GatewayBroker): void {
    const { presence, metrics, sessions, time, logger } = this.#options;
    const onSilent = (client: Client): void => {
      this.#noteReason(client, "keep-alive");
      this.#tell(client, endings["keep-alive"]);
    };
    broker.on("client", (client) => {
      const connection = connectionOf(client);
      if (connection === undefined) return;
      this.#all.add(connection);
      watchKeepAlive(client, onSilent);
      // Also what a connection that was taken over has received since the new one began to log in.
      if (internals(client)._cleanStart) this.#forget(client.id);
      if (!client.clean) this.#keep(client);
      metrics.connects.labels({ outcome: "accepted" }).inc();
      if (connection.device !== undefined) {
        presence.connected({
          device: connection.device,
          session: connection.session,
          clientId: connection.who.client,
          address: peerOf(client.conn).address,
          cleanSession: client.clean,
        });
      }
      this.#options.onJoined(connection);
    });
    broker.on("clientReady", (client) => {
      const connection = connectionOf(client);
      if (connection === undefined) return;
      connection.ready = true;
      connection.onReady?.();
      sessions.seen(client.id, true);
      // A session that came back with its subscriptions.
      time.subscribed(connection, Object.keys(internals(client).subscriptions));
      this.#options.commandSessions.changed(connection);
    });
    broker.on("subscribe", (subscriptions, client) => {
      if (client !== null) this.#options.answers.done(client, subscriptions);
      this.#subscriptionsOf(client);
      const connection = client === null ? undefined : connectionOf(client);
      if (connection === undefined) return;
      time.subscribed(
        connection,
        subscriptions.map(({ topic }) => topic),
      );
    });
    broker.on("unsubscribe", (filters, client) => {
      const connection = client === null ? undefined : connectionOf(client);
      for (const filter of filters) connection?.filters.delete(filter);
      if (connection !== undefined) time.unsubscribed(connection, filters);
      this.#subscriptionsOf(client);
    });
    broker.onTakeover = (client) => {
      this.#noteReason(client, "taken-over");
      // The broker tells a client that has got what waited for it.
      if (!client.connected) this.#tell(client, endings["taken-over"]);
    };
    broker.on("clientDisconnect", (client) => this.#disconnected(client));
    broker.on("clientError", (client, error) => this.#failed(client, error));
    broker.on("connectionError", (client, error) => this.#failed(client, error));
    // Without a listener it would end the process.
    broker.on("error" as "closed", (error?: unknown) => {
      logger.error({ err: error }, "the MQTT broker failed at something");
    });
  }

  #subscriptionsOf(client: Client | null): void {
    const connection = client === null ? undefined : connectionOf(client);
    if (connection !== undefined) this.#options.commandSessions.changed(connection);
  }

  #noteReason(client: Client, reason: DisconnectReason): void {
    const connection = connectionOf(client);
    if (connection !== undefined) connection.reason ??= reason;
  }

  /** aedes cuts a client that breaks the line, or the protocol in a way that the guard does not know. */
  #failed(client: Client, error: Error): void {
    const connection = connectionOf(client);
    const who = connection?.who ?? { client: client.id };
    const facts = { ...who, address: peerOf(client.conn).address };
    if (error instanceof TooManyUnreleased) {
      if (this.#cutForUnreleased.has(client)) return;
      this.#cutForUnreleased.add(client);
      const text = "a connection was cut: it sends messages of QoS 2 and no PUBREL";
      this.#options.refusals.add("connection", "too-many-unreleased", facts, text);
      return;
    }
    // A login that is refused ends so, and is told of where it is decided.
    this.#options.logger.debug({ ...facts, problem: error.message }, "a connection failed");
  }

  /** Closes a connection that has done nothing wrong by itself. */
  end(connection: Connection, reason: DisconnectReason): void {
    connection.reason ??= reason;
    const { client } = connection;
    // Its device did not die: the last will would say so.
    internals(client).will = null;
    const { serverReference } = this.#options;
    const isMoved = reason === "gateway-stopped" && serverReference !== undefined;
    const ending = isMoved ? useAnotherServer : endingOf(reason);
    if (connection.isEnding) return;
    if (ending === undefined || !this.#tell(client, ending, isMoved ? { serverReference } : {})) {
      client.close();
      return;
    }
    // It is closed once it has been told; until then nothing more is read of it, nor sent to it.
    connection.isEnding = true;
    internals(client).pause();
    client.conn.write(nothing, () => setImmediate(() => client.close()));
    setTimeout(() => client.close(), tellWithinMs).unref();
  }

  /** A client of MQTT 5 is told why its connection ends; answers whether it is. */
  #tell(client: Client, { reasonCode, text }: Ending, more: { serverReference?: string | undefined } = {}): boolean {
    const connection = connectionOf(client);
    if (connection?.isVersion5 !== true || client.closed || !internals(client).connackSent) return false;
    const reasonString = connection.tellsMore ? text : undefined;
    connection.tell({ cmd: "disconnect", reasonCode, properties: { ...more, reasonString } });
    return true;
  }

  /** Resolves when nobody is left who is being told of the end. */
  async ended(): Promise<void> {
    while ([...this.#all].some((connection) => connection.isEnding)) await sleep(lookAgainMs);
  }

  /** aedes publishes the last will of a client that is gone. */
  lastWill(client: Client, will: Will, done: (error?: Error | null) => void): void {
    const connection = connectionOf(client);
    const mayBeTold = connection !== undefined && connection.reason !== "revoked";
    if (!mayBeTold || !this.#options.takeWill(connection, will)) {
      const facts = { ...connection?.who, topic: will.topic.slice(0, 256) };
      this.#options.refusals.add("message", "will", facts, "a last will is not published: its right has ended");
      done(connackError(connackCodes.notAuthorized, "A last will that is not allowed"));
      return;
    }
    if (connection.device !== undefined) {
      this.#options.presence.lastWill(connection.device, connection.session, will.topic, will.payload);
    }
    // A PUBLISH may not have it (MQTT 5, table 2-4).
    if (will.properties?.willDelayInterval !== undefined) {
      const { willDelayInterval: _, ...properties } = will.properties;
      will.properties = properties;
    }
    done();
  }

  /** Of a connection that the client has ended, or its network. */
  #reasonOf(client: Client): DisconnectReason {
    if (internals(client)._disconnected) return "client";
    return this.#options.endsWithWill(client) ? "disconnected-with-will" : "error";
  }

  /** The session is there from now on, for as long as its client says. */
  #keep(client: Client): void {
    const { sessions } = this.#options;
    sessions.begin(client.id);
    sessions.expiresAfter(client.id, expiryOf(client)).catch(() => {
      // The gateway stops, and ends its own lives of sessions with it.
    });
  }

  #forget(session: string): void {
    this.#options.forget(session).catch(() => {
      // The gateway stops: at its next start nobody asks for it.
    });
  }

  #disconnected(client: Client): void {
    const connection = connectionOf(client);
    if (connection === undefined || !this.#all.delete(connection)) return;
    const { presence, metrics } = this.#options;
    const reason = connection.reason ?? this.#reasonOf(client);
    metrics.disconnects.labels({ reason }).inc();
    this.#options.commandSessions.end(connection);
    this.#options.sessions.seen(client.id);
    connection.forgetOutgoing();
    if (client.clean) this.#forget(client.id);
    // DISCONNECT may have changed how long it lives on.
    else this.#keep(client);
    if (connection.device !== undefined) presence.disconnected(connection.device, connection.session, reason);
  }
}
