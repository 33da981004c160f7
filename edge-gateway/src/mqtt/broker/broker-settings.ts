import type { AedesOptions, Client, PublishPacket } from "aedes";
import type { Logger } from "@headwater/core";
import type { GatewayConfig } from "../../config.ts";
import type { Identity } from "../../devices/identity/identity.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { maxUnreleased } from "../sessions/passed-on.ts";
import type { ParserInternals } from "./aedes-internals.ts";
import type { GatewayBroker } from "./broker.ts";
import type { ClientLimits, PacketLimits } from "./client-limits.ts";
import { connectionOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { RequestMessage } from "./correlation.ts";
import { goElsewhere, imposeKeepAlive, tellOfSharing } from "./greeting.ts";
import type { Hearing } from "./hearing.ts";
import type { Login, Will } from "./login.ts";
import { answerProvisioning } from "./provisioning.ts";
import type { PublishHandler } from "./publish-handler.ts";
import { forgetConnect } from "./slim-client.ts";

/** Last wills that wait for their delay, of all clients; one more is published at once. */
const maxDelayedWills = 10_000;

interface BrokerSettingsOptions {
  readonly config: GatewayConfig["mqtt"];
  readonly limits: PacketLimits;
  readonly sessionExpiryMs: number;
  readonly identity: Identity;
  readonly persistence: AedesOptions["persistence"];
  readonly recipients: Parameters<Hearing["takes"]>[2];
  readonly listeners: Listeners;
  readonly clientLimits: ClientLimits;
  readonly login: Login;
  readonly hearing: Hearing;
  readonly life: Connections;
  readonly publishes: PublishHandler;
  /** The broker that is made with these settings. */
  readonly broker: () => GatewayBroker;
  readonly isStopping: () => boolean;
  /** The client whose session aedes asks for, until it is undefined again. */
  readonly onLoggingIn: (client: Client | undefined) => void;
  readonly logger: Logger;
}

/** What aedes is told at its start, and which part of the gateway answers what it asks of each packet. */
export function brokerSettings(options: BrokerSettingsOptions): AedesOptions {
  const { config, limits, listeners, clientLimits, login, hearing, life, broker } = options;
  return {
    persistence: options.persistence,
    // The listeners watch over the time up to CONNECT, of which this is the last part.
    connectTimeout: 2 * config.connectTimeoutMs,
    queueLimit: 1000,
    // Only a last resort: the guard cuts a client that reads nothing much sooner.
    drainTimeout: 10 * limits.stallTimeoutMs,
    // The guard has its own bound, for both versions.
    maxClientsIdLength: limits.maxClientIdBytes,
    maxTopicLevels: limits.maxTopicLevels,
    preConnect: (client, packet, done) => {
      listeners.connected(client.conn);
      forgetConnect(client, packet as unknown as ParserInternals["settings"]);
      // Only now it is known whether the session is new.
      const { queues } = options.recipients;
      clientLimits.greet(client, packet.clean === true, (packetId) => queues.holds(client.id, packetId));
      tellOfSharing(client, packet);
      login.noteConnect(client, {
        will: packet.will as unknown as Will | undefined,
        cleanStart: packet.clean === true,
        wishes: {
          tellsMore: packet.properties?.requestProblemInformation !== false,
          topicAliasMaximum: packet.properties?.topicAliasMaximum ?? 0,
        },
      });
      imposeKeepAlive(client, packet, config.maxKeepAliveMs);
      const stopping = options.isStopping();
      done(stopping ? goElsewhere(config.serverReference) : null, !stopping);
    },
    authenticate: (client, username, password, done) => {
      void login.answer(client, username, password, (error, success) => {
        const goOn = (): void => {
          // aedes asks for the session before this returns.
          options.onLoggingIn(client);
          done(error, success);
          options.onLoggingIn(undefined);
        };
        if (success) broker().takeOver(client, goOn);
        else goOn();
      });
    },
    authorizePublish: (client, packet, done) => {
      if (client !== null && client.closed) life.lastWill(client, packet as unknown as Will, done);
      else takePublish(options, client, packet, done);
    },
    authorizeSubscribe: (client, subscription, done) =>
      done(null, hearing.maySubscribe(client, subscription) ? subscription : null),
    authorizeForward: (client, packet) => (hearing.takes(client, packet, options.recipients) ? packet : null),
    topicAliasMaximum: config.maxTopicAliases,
    maximumPacketSize: limits.maxPacketBytes,
    receiveMaximum: Math.min(config.maxUnacked, maxUnreleased),
    sessionExpiryIntervalLimit: Math.max(1, Math.floor(options.sessionExpiryMs / 1000)),
    pendingSessionsLimit: maxDelayedWills,
  };
}

/** A request of a device that provisions itself is answered; all else is a message. */
function takePublish(
  { identity, publishes, broker, logger }: BrokerSettingsOptions,
  client: Client | null,
  packet: PublishPacket,
  done: (error?: Error | null) => void,
): void {
  const connection = client === null ? undefined : connectionOf(client);
  if (connection?.principal.kind !== "provisioning" || !connection.permissions.mayPublish(packet.topic)) {
    publishes.handle(client, packet, done);
    return;
  }
  // It holds a secret: it is not retained either.
  broker().withhold(packet);
  const { keyId } = connection.principal;
  const answered = broker().passOnFirst(client, packet, done);
  void answerProvisioning({ identity, connection, keyId, logger }, packet as unknown as RequestMessage, answered);
}
