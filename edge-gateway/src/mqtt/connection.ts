import type { Client } from "aedes";
import { readOn } from "./aedes-internals.ts";
import type { Owner } from "../intake/record-batch.ts";
import type { Target } from "./targets.ts";
import type { RecentPublishes } from "../redelivery/recent-publishes.ts";

export type DisconnectReason = "client" | "keep-alive" | "taken-over" | "revoked" | "gateway-stopped" | "error";

/** Topics of one connection whose target is remembered. */
const maxTargets = 64;

const pubackHeader = 0x40;
const maxUnsentAcks = 256 * 1024;

/** One MQTT connection from its login on. */
export class Connection implements Owner {
  readonly client: Client;
  /** Random; names this connection in presence events and command claims. */
  readonly session: string;
  /** The device that logged in; undefined: anonymous. */
  readonly device: string | undefined;
  readonly credentialId: string | undefined;
  readonly recent: RecentPublishes;
  /** PUBLISH packets that are not durable yet. */
  unacked = 0;
  reason: DisconnectReason | undefined;
  ready = false;
  /** Devices whose commands it subscribed to, with the QoS granted. */
  readonly commandQos = new Map<string, number>();
  /** Subscriptions to anything besides commands: only then a message is offered to the broker's subscribers. */
  otherSubscriptions = 0;
  /** Commands on their way, by packet identifier. */
  readonly outgoing = new Map<number, () => void>();
  readonly #targets = new Map<string, Target>();
  #acks: number[] = [];

  constructor(
    client: Client,
    session: string,
    device: string | undefined,
    credentialId: string | undefined,
    recent: RecentPublishes,
  ) {
    this.client = client;
    this.session = session;
    this.device = device;
    this.credentialId = credentialId;
    this.recent = recent;
  }

  acked(packetId: number): boolean {
    return this.#acks.push(packetId) === 1;
  }

  /** One write for all PUBACKs of a group commit; then aedes, which waits for each packet to be done, reads on. */
  sendAcks(): void {
    const acks = this.#acks;
    this.#acks = [];
    const { client } = this;
    this.recent.heardAt = Date.now();
    if (client.closed) return;
    const bytes = Buffer.allocUnsafe(4 * acks.length);
    for (let i = 0; i < acks.length; i += 1) {
      const id = acks[i]!;
      bytes[4 * i] = pubackHeader;
      bytes[4 * i + 1] = 2;
      bytes[4 * i + 2] = id >>> 8;
      bytes[4 * i + 3] = id & 0xff;
    }
    client.conn.write(bytes);
    // A client that sends and never reads what comes back would let its acknowledgements pile up here.
    if (client.conn.writableLength > maxUnsentAcks) client.conn.destroy();
    else readOn(client, acks.length);
  }

  target(topic: string, find: (topic: string, device: string | undefined) => Target): Target {
    const known = this.#targets.get(topic);
    if (known !== undefined) return known;
    if (this.#targets.size >= maxTargets) this.#targets.clear();
    const found = find(topic, this.device);
    this.#targets.set(topic, found);
    return found;
  }
}

const key = Symbol("connection");

/** The connection of an aedes client; undefined before its login. */
export function connectionOf(client: Client): Connection | undefined {
  return (client as unknown as Record<symbol, Connection | undefined>)[key];
}

export function bindConnection(connection: Connection): void {
  (connection.client as unknown as Record<symbol, Connection>)[key] = connection;
}
