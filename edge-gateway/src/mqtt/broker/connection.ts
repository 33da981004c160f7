import type { Client } from "aedes";
import type { Permissions } from "../../devices/access/permissions.ts";
import { sessionPrefix, type Principal } from "../../devices/identity/principal.ts";
import { AwaitedAnswers } from "../../commands/dialects/awaited-answers.ts";
import type { CommandToSend } from "../../commands/command-message.ts";
import type { CommandDialect, DialectMessage } from "../../commands/dialects/dialect.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { withinTaken } from "./largest-outgoing.ts";
import { generate, type IPublishPacket, type Packet } from "mqtt-packet";
import type { Owner, Remark } from "../../pipeline/commit/acknowledgement.ts";
import type { Sender, Target } from "./targets.ts";
import { TopicAliases } from "./topic-aliases.ts";
import type { RecentPublishes } from "../../pipeline/redelivery/recent-publishes.ts";

export type DisconnectReason =
  | "client"
  | "disconnected-with-will"
  | "keep-alive"
  | "taken-over"
  | "revoked"
  | "gateway-stopped"
  | "error";

/** Topics of one connection whose target is remembered. */
const maxTargets = 64;

const version5 = { protocolVersion: 5 } as const;

/** What the client says of itself in CONNECT; of MQTT 5 alone. */
export interface ClientWishes {
  /** Whether it wants to be told more than reason codes. */
  readonly tellsMore: boolean;
  /** Topics for which it takes an alias. */
  readonly topicAliasMaximum: number;
}

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
  /** Messages of QoS 1 whose acknowledgement waits for their group commit alone. */
  unheard = 0;
  reason: DisconnectReason | undefined;
  ready = false;
  /** It was told that its connection ends. */
  isEnding = false;
  /** Called when it is ready. */
  onReady: (() => void) | undefined;
  /** Messages that waited for its session, by the counter of the broker: it is sent them from there. */
  fromQueue: ReadonlySet<number> | undefined;
  /** Messages of the broker go to it by a SubscriberOutput. */
  hasOutput = false;
  /** It has given a subscription an identifier. */
  hasIdentifiers = false;
  /** Topic filters that were granted. */
  readonly filters = new Set<string>();
  /** Made when they are needed: most connections of most fleets are silent. */
  #outgoing: Map<number, () => void> | undefined;
  #targets: Map<string, Target> | undefined;
  #answers: AwaitedAnswers | undefined;
  #permissions: Permissions;
  #acknowledgements: Acknowledgements | undefined;
  readonly #wishes: ClientWishes;
  #aliases: TopicAliases | undefined;

  constructor(
    client: Client,
    session: string,
    principal: Principal,
    permissions: Permissions,
    recent: RecentPublishes,
    wishes: ClientWishes = { tellsMore: true, topicAliasMaximum: 0 },
  ) {
    this.#wishes = wishes;
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

  get isVersion5(): boolean {
    return this.client.version === 5;
  }

  get tellsMore(): boolean {
    return this.#wishes.tellsMore;
  }

  /** Writes a message of the gateway's own, past the broker. */
  say(packet: IPublishPacket): void {
    const { topicAliasMaximum } = this.#wishes;
    if (!this.isVersion5 || topicAliasMaximum === 0) {
      this.send(packet);
      return;
    }
    this.#aliases ??= new TopicAliases(topicAliasMaximum);
    this.client.conn.write(this.#aliases.generate(packet, this.client.maximumPacketSize ?? Infinity));
  }

  /** Writes a packet of the gateway's own, past the broker. */
  send(packet: Packet): void {
    this.client.conn.write(this.isVersion5 ? generate(packet, version5) : generate(packet));
  }

  /** The same for a packet of MQTT 5 whose properties only explain it. */
  tell(packet: Packet): void {
    this.client.conn.write(withinTaken(this.client, packet));
  }

  /** PUBLISH packets that are not durable yet, or wait for their acknowledgement behind such a one. */
  get unanswered(): number {
    return this.unacked + (this.#acknowledgements?.held ?? 0);
  }

  get acknowledgements(): Acknowledgements {
    this.#acknowledgements ??= new Acknowledgements(this);
    return this.#acknowledgements;
  }

  /** MQTT 3.1.1 has no place for it. */
  remark(packetId: number, remark: Remark): void {
    if (packetId >= 0 && this.isVersion5) this.acknowledgements.remark(packetId, remark);
  }

  acked(packetId: number): boolean {
    return this.acknowledgements.durable(packetId);
  }

  sendAcks(): void {
    this.recent.heardAt = Date.now();
    if (!this.client.closed) this.acknowledgements.sendDurable();
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
