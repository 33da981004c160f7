import { isShared, sharedFilterOf } from "../../devices/access/shared-filter.ts";
import { type DeliverShared, type Group, type Member, type SharedMessage, SharedSession } from "./shared-session.ts";

/** A subscription of a client that is connected. */
export interface LiveSubscription {
  readonly filter: string;
  readonly qos: number;
  readonly deliver: DeliverShared;
}

export interface SharedSubscriptionsOptions {
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  /** Keeps a message for a session that outlives its connection; false: there is no room. */
  readonly enqueue: (session: string, message: SharedMessage) => boolean;
  /** No member of the group had room for it. */
  readonly onRefused: (topic: string) => void;
}

/** Where the messages come from. */
export interface SharedSource {
  /** Begins to hear what a filter matches. */
  hear(filter: string, listener: DeliverShared): void;
  unhear(filter: string, listener: DeliverShared): void;
}

/** What the broker takes for the origin of these messages: with counters of their own no two are taken for one. */
export const sharedOrigin = "shared";

const nobody: ReadonlySet<string> = new Set();

/**
 * Shared subscriptions (MQTT 5, 4.8.2): each message goes to one session of a group, to a connected one with the fewest
 * unsettled messages if there is one. What a session was given stays its own while the session lives; when it ends,
 * messages of QoS 1 that it has not acknowledged go to another one, and those of QoS 2 that it was not sent.
 */
export class SharedSubscriptions {
  readonly #options: SharedSubscriptionsOptions;
  readonly #groups = new Map<string, Group>();
  readonly #sessions = new Map<string, SharedSession>();
  #counter = 0;
  #turn = 0;
  #isClosed = false;
  #source: SharedSource | undefined;

  constructor(options: SharedSubscriptionsOptions) {
    this.#options = options;
  }

  /** Messages come from there; until now there were none. */
  open(source: SharedSource): void {
    this.#source = source;
    for (const { filter, listener } of this.#groups.values()) source.hear(sharedFilterOf(filter), listener);
  }

  /** The subscriptions of a session's client that is connected; none: it is gone. */
  connected(id: string, subscriptions: readonly LiveSubscription[]): void {
    if (subscriptions.length === 0 && !this.#sessions.has(id)) return;
    const live = new Map(subscriptions.map((one) => [one.filter, one]));
    for (const group of this.#groups.values()) {
      const member = group.members.get(id);
      if (member === undefined || live.has(group.filter)) continue;
      member.deliver = undefined;
      this.#tidy(group, member);
    }
    for (const { filter, qos, deliver } of subscriptions) {
      const member = this.#member(filter, id);
      member.qos = qos;
      member.deliver = deliver;
    }
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    if (live.size > 0) this.#sendUnsent(session);
    this.#forgetEmpty(session);
  }

  /** These subscriptions outlive the connection. */
  kept(id: string, subscriptions: readonly { readonly topic: string; readonly qos: number }[]): void {
    for (const { topic, qos } of subscriptions) {
      if (!isShared(topic)) continue;
      const member = this.#member(topic, id);
      member.qos = qos;
      member.isKept = true;
    }
  }

  /** They do no more; without filters: none of the session. */
  notKept(id: string, filters: Iterable<string> = this.#groups.keys()): void {
    for (const filter of [...filters]) {
      const group = this.#groups.get(filter);
      const member = group?.members.get(id);
      if (member === undefined) continue;
      member.isKept = false;
      this.#tidy(group!, member);
    }
  }

  /** A session has ended: what it leaves goes to others. */
  ended(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined || session.pending.size === 0) return;
    const left = [...session.pending];
    for (const [counter] of left) session.remove(counter);
    this.#forgetEmpty(session);
    if (this.#isClosed) return;
    for (const [, { group, message, tried, packetId }] of left) {
      // Whether a message of QoS 2 was heard nobody knows: nobody else may hear it [MQTT-4.8.2-5].
      if (packetId === undefined || message.qos === 1) this.#give(group, message, tried, noop);
    }
  }

  /** The message is sent to the client of the session now. */
  sent(id: string, { brokerCounter, messageId }: SharedMessage): void {
    const session = this.#sessions.get(id);
    const pending = session?.pending.get(brokerCounter!);
    if (pending === undefined) return;
    pending.packetId = messageId;
    session!.byPacketId.set(messageId!, brokerCounter!);
  }

  /** The shared subscription by which the session was given the message. */
  filterOf(id: string, { brokerCounter }: Pick<SharedMessage, "brokerCounter">): string | undefined {
    return this.#sessions.get(id)?.pending.get(brokerCounter!)?.group.filter;
  }

  /** The session may not have it, or its client does not take it: somebody else gets it. */
  refused(id: string, { brokerCounter }: SharedMessage): void {
    const pending = this.#sessions.get(id)?.remove(brokerCounter!);
    if (pending === undefined) return;
    // Not at once: the broker is in the middle of this message.
    setImmediate(() => this.#give(pending.group, pending.message, new Set([...pending.tried, id]), noop));
  }

  /** The client has acknowledged it, or does not want it: no other gets it [MQTT-4.8.2-6]. */
  settled(id: string, packetId: number): void {
    const session = this.#sessions.get(id);
    const counter = session?.byPacketId.get(packetId);
    if (counter === undefined) return;
    session!.remove(counter);
    this.#forgetEmpty(session!);
  }

  /** Nobody gets anything any more. */
  close(): void {
    this.#isClosed = true;
  }

  #give(of: Group, message: SharedMessage, tried: ReadonlySet<string>, done: () => void): void {
    // It may have ended and begun anew.
    const group = this.#groups.get(of.filter) ?? of;
    const member = this.#isClosed || hasExpired(message) ? undefined : this.#choose(group, message, tried);
    if (member === undefined) {
      if (message.qos > 0 && group.members.size > 0 && !this.#isClosed) this.#options.onRefused(message.topic);
      done();
      return;
    }
    const { session, isKept, deliver } = member;
    const qos = Math.min(message.qos, member.qos);
    const brokerCounter = (this.#counter += 1);
    this.#turn += 1;
    member.lastTurn = this.#turn;
    const given: SharedMessage = { ...message, qos, brokerId: sharedOrigin, brokerCounter, messageId: undefined };
    if (qos > 0) {
      const bytes = message.topic.length + message.payload.length;
      session.pending.set(brokerCounter, { group, message: given, tried, bytes, packetId: undefined });
      session.bytes += bytes;
      if (isKept && !this.#options.enqueue(session.id, given)) {
        session.remove(brokerCounter);
        this.#give(group, message, new Set([...tried, session.id]), done);
        return;
      }
    }
    if (deliver === undefined) done();
    else deliver(given, done);
  }

  /** A connected member with the fewest unsettled messages, in turn; else one whose session waits. */
  #choose(group: Group, { qos }: SharedMessage, tried: ReadonlySet<string>): Member | undefined {
    let best: Member | undefined;
    for (const [id, member] of group.members) {
      const waits = member.deliver === undefined;
      if (tried.has(id) || (waits && (qos === 0 || member.qos === 0)) || !this.#hasRoom(member.session)) continue;
      if (best === undefined || isBefore(member, best)) best = member;
    }
    return best;
  }

  #hasRoom(session: SharedSession): boolean {
    const { maxQueued, maxQueuedBytes } = this.#options;
    if (session.pending.size < maxQueued && session.bytes < maxQueuedBytes) return true;
    // What has expired while it waited is not sent, and nobody tells of it.
    for (const [counter, { message, packetId }] of session.pending) {
      if (packetId === undefined && hasExpired(message)) session.remove(counter);
    }
    return session.pending.size < maxQueued && session.bytes < maxQueuedBytes;
  }

  /** What came while its client was on its way in, and is not among what it has got. */
  #sendUnsent(session: SharedSession): void {
    for (const [counter, { group, message, packetId }] of [...session.pending]) {
      if (packetId !== undefined) continue;
      const deliver = group.members.get(session.id)?.deliver;
      if (deliver !== undefined) deliver(message, noop);
      else {
        session.remove(counter);
        this.#give(group, message, nobody, noop);
      }
    }
  }

  #member(filter: string, id: string): Member {
    const group = this.#groups.get(filter) ?? this.#begin(filter);
    const known = group.members.get(id);
    if (known !== undefined) return known;
    const session = this.#sessions.get(id) ?? new SharedSession(id);
    this.#sessions.set(id, session);
    const member: Member = { session, qos: 0, deliver: undefined, isKept: false, lastTurn: 0 };
    group.members.set(id, member);
    session.groups += 1;
    return member;
  }

  #begin(filter: string): Group {
    const group: Group = {
      filter,
      members: new Map(),
      listener: (message, done) => {
        if (message.topic.startsWith("$")) done();
        // A copy: the payload is a piece of all that its publisher sent with it.
        else if (message.qos > 0)
          this.#give(group, { ...message, payload: Buffer.from(message.payload) }, nobody, done);
        else this.#give(group, message, nobody, done);
      },
    };
    this.#groups.set(filter, group);
    this.#source?.hear(sharedFilterOf(filter), group.listener);
    return group;
  }

  /** Without a connection and a session that waits nobody is a member. */
  #tidy(group: Group, member: Member): void {
    if (member.deliver !== undefined || member.isKept) return;
    group.members.delete(member.session.id);
    member.session.groups -= 1;
    this.#forgetEmpty(member.session);
    if (group.members.size > 0) return;
    this.#groups.delete(group.filter);
    this.#source?.unhear(sharedFilterOf(group.filter), group.listener);
  }

  #forgetEmpty(session: SharedSession): void {
    if (session.pending.size === 0 && session.groups === 0) this.#sessions.delete(session.id);
  }
}

function isBefore(one: Member, other: Member): boolean {
  if ((one.deliver === undefined) !== (other.deliver === undefined)) return one.deliver !== undefined;
  const difference = one.session.pending.size - other.session.pending.size;
  return difference === 0 ? one.lastTurn < other.lastTurn : difference < 0;
}

function hasExpired({ messageExpiry }: SharedMessage): boolean {
  return messageExpiry !== undefined && messageExpiry <= Date.now();
}

function noop(): void {
  // Its publisher was told long ago.
}
