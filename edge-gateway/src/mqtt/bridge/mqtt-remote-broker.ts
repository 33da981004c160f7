import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { TimedOutError, UnknownOutcomeError, withTimeout } from "@headwater/core";
import type { Duplex } from "node:stream";
import type { BridgeSpec } from "../../bridge/bridge-spec.ts";
import type {
  Filter,
  OutboundMessage,
  RemoteBroker,
  RemoteBrokerEvents,
  RemoteBrokerProblem,
  Sending,
} from "../../bridge/remote-broker.ts";
import type { Login } from "../../bridge/login-files.ts";
import { InboundTap } from "./inbound-tap.ts";
import { tapStream } from "./mqtt-internals.ts";
import { OutgoingMessages } from "./outgoing-messages.ts";
import { disconnectProblem, problemOf } from "./problems.ts";

const connectTimeoutMs = 15_000;
const closeTimeoutMs = 2000;
/** A broker that does not read its acknowledgements would let them pile up here. */
const maxUnsentBytes = 4 * 1024 * 1024;

const packets = { puback: 0x40, pubrec: 0x50, pubcomp: 0x70 } as const;

/** A connection to a broker by mqtt.js: everything but the messages that come in is its business. */
export class MqttRemoteBroker implements RemoteBroker {
  readonly #client: MqttClient;
  readonly #events: RemoteBrokerEvents;
  readonly #tap: InboundTap;
  readonly #outgoing: OutgoingMessages;
  #stream: Duplex | undefined;
  #problem: RemoteBrokerProblem | undefined;
  #closed = false;

  constructor(spec: BridgeSpec, login: Login, events: RemoteBrokerEvents) {
    this.#events = events;
    this.#tap = new InboundTap({
      version: spec.version,
      maxPacketBytes: spec.maxPacketBytes,
      onConnack: (sessionPresent) => this.#events.connected(sessionPresent),
      onMessage: (message) => {
        if (!this.#closed) this.#events.message(message);
      },
      onRelease: (packetId) => {
        if (!this.#closed) this.#events.release(packetId);
      },
      onMalformed: (what) => this.cut({ kind: "protocol", text: `The broker sent ${what}` }),
    });
    this.#client = mqtt.connect(spec.url, optionsOf(spec, login));
    this.#outgoing = new OutgoingMessages(this.#client);
    // CONNACK: nothing else comes first.
    this.#client.once("packetreceive", (packet) => {
      if (packet.cmd === "connack") this.#outgoing.told(packet.properties);
    });
    tapStream(this.#client, this.#tap, (stream) => (this.#stream = stream));
    this.#client.on("error", (error) => (this.#problem ??= problemOf(error)));
    this.#client.on("disconnect", (packet) => (this.#problem ??= disconnectProblem(packet.reasonCode)));
    this.#client.on("close", () => this.#ended());
    this.#client.connect();
  }

  async subscribe(filters: readonly Filter[]): Promise<readonly string[]> {
    const refused: string[] = [];
    // One packet each: a broker may refuse one filter by refusing its packet.
    for (const { filter, qos, noLocal, retained } of filters) {
      if (!this.#outgoing.bounds.takesFilter(filter)) {
        refused.push(filter);
        continue;
      }
      const granted = await new Promise<boolean>((resolve, reject) => {
        this.#client.subscribe(filter, { qos, nl: noLocal, rap: false, rh: retained ? 1 : 2 }, (error) => {
          if (error != null && (this.#closed || !this.#client.connected)) reject(gone());
          else resolve(error == null);
        });
      });
      if (!granted) refused.push(filter);
    }
    return refused;
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    if (filters.length > 0) await this.#client.unsubscribeAsync([...filters]);
  }

  acknowledge(packetIds: readonly number[]): void {
    const bytes = Buffer.allocUnsafe(4 * packetIds.length);
    for (let i = 0; i < packetIds.length; i += 1) put(bytes, 4 * i, packets.puback, packetIds[i]!);
    this.#write(bytes);
  }

  received(packetId: number): void {
    this.#answer(packets.pubrec, packetId);
  }

  complete(packetId: number): void {
    this.#answer(packets.pubcomp, packetId);
  }

  publish(message: OutboundMessage, settled?: (isAcked: boolean) => void): Sending {
    return this.#closed || !this.#client.connected ? "sent" : this.#outgoing.publish(message, settled);
  }

  stopMessages(): void {
    this.#tap.stopMessages();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.stopMessages();
    // mqtt.js would wait for their acknowledgements before it says goodbye.
    this.#outgoing.forget();
    const ended = new Promise<void>((resolve) => {
      this.#client.once("close", () => resolve());
      this.#client.end(false, () => resolve());
    });
    await withTimeout(ended, closeTimeoutMs, () => new TimedOutError("The broker does not let go")).catch(() => {});
    this.#problem ??= { kind: "connection-lost", text: "The gateway stops" };
    this.#stream?.destroy();
    this.#ended();
  }

  cut(problem: RemoteBrokerProblem): void {
    this.#problem ??= problem;
    this.#stream?.destroy();
  }

  #answer(kind: number, packetId: number): void {
    const bytes = Buffer.allocUnsafe(4);
    put(bytes, 0, kind, packetId);
    this.#write(bytes);
  }

  #write(bytes: Buffer): void {
    const stream = this.#stream;
    if (this.#closed || stream === undefined || stream.destroyed || !stream.writable) return;
    stream.write(bytes);
    if (stream.writableLength > maxUnsentBytes)
      this.cut({ kind: "connection-lost", text: "The broker does not read its acknowledgements" });
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stopMessages();
    this.#outgoing.forget();
    this.#client.end(true);
    this.#events.closed(this.#problem ?? { kind: "connection-lost", text: "The connection was closed" });
  }
}

function optionsOf(spec: BridgeSpec, { password, ca, cert, key }: Login): IClientOptions {
  const { version, tls } = spec;
  return {
    manualConnect: true,
    protocolVersion: version,
    clientId: spec.clientId,
    clean: false,
    // Every connection is a client of its own: reconnecting is the bridge's, with backoff.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: connectTimeoutMs,
    keepalive: spec.keepAliveSeconds,
    ...(spec.username === undefined ? {} : { username: spec.username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(version === 5
      ? {
          properties: {
            sessionExpiryInterval: spec.sessionExpirySeconds,
            receiveMaximum: spec.receiveMaximum,
          },
        }
      : {}),
  };
}

function put(bytes: Buffer, at: number, kind: number, packetId: number): void {
  bytes[at] = kind;
  bytes[at + 1] = 2;
  bytes[at + 2] = packetId >>> 8;
  bytes[at + 3] = packetId & 0xff;
}

function gone(): UnknownOutcomeError {
  return new UnknownOutcomeError("The connection to the broker ended");
}
