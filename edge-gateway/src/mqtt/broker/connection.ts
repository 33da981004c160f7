import type { Client } from "aedes";
import type { Permissions } from "../../devices/access/permissions.ts";
import { sessionPrefix, type Principal } from "../../devices/identity/principal.ts";
import { AwaitedAnswers } from "../../commands/dialects/awaited-answers.ts";
import type { CommandToSend } from "../../commands/command-message.ts";
import type { CommandDialect, DialectMessage } from "../../commands/dialects/dialect.ts";
import { readOn } from "./aedes-internals.ts";
import type { Owner } from "../../pipeline/commit/acknowledgement.ts";
import type { Sender, Target } from "./targets.ts";
import type { RecentPublishes } from "../../pipeline/redelivery/recent-publishes.ts";

export type DisconnectReason = "client" | "keep-alive" | "taken-over" | "revoked" | "gateway-stopped" | "error";

/** Topics of one connection whose target is remembered. */
const maxTargets = 64;

const pubackHeader = 0x40;

/** One MQTT connection from its login on. */
export class Connection implements Owner {
  readonly client: Client;
  /** Random; names this connection in presence events and command claims. */
  readonly session: string;
  readonly principal: Principal;
  /** The device that logged in; undefined: anonymous, or none yet. */
  readonly device: string | undefined;
  /** When its rights were looked up, by performance.now(). */
  readonly loggedInAt = performance.now();
  readonly recent: RecentPublishes;
  /** PUBLISH packets that are not durable yet. */
  unacked = 0;
  reason: DisconnectReason | undefined;
  ready = false;
  /** Messages of the broker go to it by a SubscriberOutput. */
  hasOutput = false;
  /** Topic filters that were granted. */
  readonly filters = new Set<string>();
  /** Made when they are needed: most connections of most fleets are silent. */
  #outgoing: Map<number, () => void> | undefined;
  #targets: Map<string, Target> | undefined;
  #answers: AwaitedAnswers | undefined;
  #permissions: Permissions;
  #acks: number[] = [];

  constructor(
    client: Client,
    session: string,
    principal: Principal,
    permissions: Permissions,
    recent: RecentPublishes,
  ) {
    this.client = client;
    this.session = session;
    this.principal = principal;
    this.device = principal.kind === "device" ? principal.device : undefined;
    this.#permissions = permissions;
    this.recent = recent;
  }

  /** Commands on their way, by packet identifier. */
  get outgoing(): Map<number, () => void> {
    this.#outgoing ??= new Map();
    return this.#outgoing;
  }

  get outgoingCount(): number {
    return this.#outgoing?.size ?? 0;
  }

  /** Commands in the words of its firmware that it has not answered. */
  get answers(): AwaitedAnswers | undefined {
    return this.#answers;
  }

  /** The message that tells it of a command whose answer is heard from now on; undefined if there can be none. */
  awaitAnswer(dialect: CommandDialect, command: CommandToSend): DialectMessage | undefined {
    this.#answers ??= new AwaitedAnswers();
    return this.#answers.begin(dialect, command);
  }

  forgetOutgoing(): void {
    this.#outgoing = undefined;
  }

  /** As log lines name it: the client by the identifier of its CONNECT. */
  get who(): { readonly device: string | undefined; readonly client: string } {
    return { device: this.device, client: this.client.id.slice(sessionPrefix(this.principal).length) };
  }

  get permissions(): Permissions {
    return this.#permissions;
  }

  /** Other rights from now on: where its messages go is settled anew. */
  set permissions(permissions: Permissions) {
    this.#permissions = permissions;
    this.#targets = undefined;
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
    // The guard cuts a client that never reads its acknowledgements.
    readOn(client, acks.length);
  }

  target(topic: string, find: (topic: string, sender: Sender) => Target): Target {
    const known = this.#targets?.get(topic);
    if (known !== undefined) return known;
    if (this.#targets === undefined || this.#targets.size >= maxTargets) this.#targets = new Map();
    const found = find(topic, this);
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
