import type { Client } from "aedes";
import type { Permissions } from "../../devices/access/permissions.ts";
import { sessionPrefix, type Principal } from "../../devices/identity/principal.ts";
import { AwaitedAnswers } from "../../commands/dialects/awaited-answers.ts";
import type { CommandToSend } from "../../commands/command-message.ts";
import type { CommandDialect, DialectMessage } from "../../commands/dialects/dialect.ts";
import { readOn } from "./aedes-internals.ts";
import { withinTaken } from "./largest-outgoing.ts";
import { generate, type IPublishPacket, type Packet } from "mqtt-packet";
import { notKept, type Owner, type Remark } from "../../pipeline/commit/acknowledgement.ts";
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

const pubackHeader = 0x40;
/** What is told of a message with its acknowledgement is cut after so many characters. */
const longestRemark = 256;
const quotaExceeded = 0x97;
const version5 = { protocolVersion: 5 } as const;
/** Reason code of MQTT 5. */
const noMatchingSubscribers = 0x10;
const noRoom = "The gateway's spool is full and drops new messages; send it again later";

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
  reason: DisconnectReason | undefined;
  ready = false;
  /** It was told that its connection ends. */
  isEnding = false;
  /** Called when it is ready. */
  onReady: (() => void) | undefined;
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
  #acks: number[] = [];
  #remarks: Map<number, Remark> | undefined;
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

  /** Noted until the acknowledgement goes out; MQTT 3.1.1 has no place for it. */
  remark(packetId: number, remark: Remark): void {
    if (packetId < 0 || !this.isVersion5) return;
    this.#remarks ??= new Map();
    this.#remarks.set(packetId, remark);
  }

  hasRemark(packetId: number): boolean {
    return this.#remarks?.has(packetId) === true;
  }

  /** Acknowledges a message itself if there is more or less to say than the broker would; false: the broker does. */
  acknowledgesItself(packetId: number, qos: number): boolean {
    const remark = this.#remarks?.get(packetId);
    if (remark === undefined) return qos === 1 && this.#acknowledgeShortly(packetId, undefined);
    this.#remarks!.delete(packetId);
    // A message of QoS 2 that was not kept is known by its identifier until its PUBREL, so there has to be one.
    if (this.client.closed || (qos === 2 && remark === notKept)) return false;
    this.#acknowledge(packetId, qos, remark);
    readOn(this.client, 1);
    return true;
  }

  /** Acknowledges a message of QoS 1 that nobody hears and that becomes no record; false: the broker has to. */
  acknowledgesUnheard(packetId: number): boolean {
    return this.#acknowledgeShortly(packetId, noMatchingSubscribers);
  }

  /** PUBACK without what may be left out (MQTT 5, 3.4.2). */
  #acknowledgeShortly(packetId: number, reasonCode: number | undefined): boolean {
    const { client } = this;
    if (client.closed) return false;
    const id = [packetId >>> 8, packetId & 0xff] as const;
    const tail = reasonCode === undefined ? id : ([...id, reasonCode] as const);
    client.conn.write(Buffer.of(pubackHeader, tail.length, ...tail));
    // Not at once: the broker may be in the middle of this packet.
    setImmediate(readOn, client, 1);
    return true;
  }

  #acknowledge(messageId: number, qos: number, remark: Remark): void {
    const cmd = qos === 2 ? "pubrec" : "puback";
    const reasonCode = remark === notKept ? quotaExceeded : 0;
    const text = remark.quarantined?.slice(0, longestRemark);
    const properties = text === undefined ? { reasonString: noRoom } : { userProperties: { quarantined: text } };
    this.tell({ cmd, messageId, reasonCode, ...(this.tellsMore && { properties }) });
  }

  acked(packetId: number): boolean {
    return this.#acks.push(packetId) === 1;
  }

  /** One write for all PUBACKs of a group commit; then aedes, which waits for each packet to be done, reads on. */
  sendAcks(): void {
    const acks = this.#acks;
    this.#acks = [];
    const count = acks.length;
    const { client } = this;
    this.recent.heardAt = Date.now();
    if (client.closed) return;
    if (this.#remarks !== undefined) this.#sendRemarks(acks);
    this.#write(acks);
    // The guard cuts a client that never reads its acknowledgements.
    readOn(client, count);
  }

  /** Acknowledges what there is more to say of; the others are left. */
  #sendRemarks(acks: number[]): void {
    // In their order: what comes before goes out before (MQTT 5, 4.6).
    const all = acks.splice(0);
    for (const id of all) {
      const remark = this.#remarks?.get(id);
      if (remark === undefined) {
        acks.push(id);
        continue;
      }
      this.#write(acks.splice(0));
      this.#remarks!.delete(id);
      this.#acknowledge(id, 1, remark);
    }
    if (this.#remarks?.size === 0) this.#remarks = undefined;
  }

  #write(acks: readonly number[]): void {
    if (acks.length === 0) return;
    const bytes = Buffer.allocUnsafe(4 * acks.length);
    for (let i = 0; i < acks.length; i += 1) {
      const id = acks[i]!;
      bytes[4 * i] = pubackHeader;
      bytes[4 * i + 1] = 2;
      bytes[4 * i + 2] = id >>> 8;
      bytes[4 * i + 3] = id & 0xff;
    }
    this.client.conn.write(bytes);
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
