import type { Client, Subscription } from "aedes";

import { isShared } from "../../devices/access/shared-filter.ts";
import type { DeliverShared } from "../sessions/shared-session.ts";
import { sharedOrigin, type LiveSubscription } from "../sessions/shared-subscriptions.ts";

/**
 * What the gateway needs of aedes 2.0.0-beta.1 beyond its public types. The version is pinned, and
 * aedes-internals.test.ts fails if a later one has them no more.
 */
export interface ClientInternals {
  id: string;
  /** Ends the present batch of packets and reads on. */
  _nextBatch(error?: Error): void;
  /** Packets of that batch that are not done: nothing more is read before they are. */
  _parsingBatch: number;
  _nextId: number;
  /** Refreshed by every packet; null without a keep alive. */
  _keepaliveTimer: NodeJS.Timeout | null;
  /** One and a half times the keep alive (milliseconds). */
  readonly _keepaliveInterval: number;
  /** Whether DISCONNECT came. */
  _disconnected: boolean;
  will: unknown;
  connackSent: boolean;
  /** What CONNACK tells it to send more often than it asked for (seconds). */
  _serverKeepAlive: number | undefined;
  /** What CONNACK names a client that has no identifier of its own. */
  _assignedClientId: string | undefined;
  /** CONNACK tells it another session expiry than it asked for. */
  _sessionExpiryClamped: boolean;
  /** Whether the broker may say why it acknowledges a message without taking it. */
  _requestProblemInformation: boolean;
  /** Its CONNECT asked for a session that begins. */
  _cleanStart: boolean;
  /** Sends the client a message; calls back when it is written, or once what was written before has left. */
  deliver0: Deliver;
  deliverQoS: Deliver;
  waitForDrain(done: (error: Error | null) => void): void;
  subscriptions: Readonly<Record<string, LiveFilter>>;
  /** The last message of each broker that it heard. */
  duplicates: Record<string, number>;
  /** Of MQTT 5: the topics to which it has given an alias. */
  _topicAliases: Pick<Map<number, string>, "get"> & { set(alias: number, topic: string): unknown };
  readonly _parser: ParserInternals;
  /** Stops listening to the end of the connection. */
  _eos(): void;
  close(): void;
  /** Reads nothing more. */
  pause(): void;
}

/** A subscription of a client. */
export interface LiveFilter {
  qos: number;
  /** What its client was granted, where `qos` is that of a wildcard. */
  asked?: number;
  readonly func: DeliverShared;
  /** Of MQTT 5: No Local, and the identifier of the subscription. */
  readonly nl?: boolean | undefined;
  readonly si?: number | undefined;
}

export interface ParserInternals {
  /** The bytes that are not a whole packet yet. */
  _list: object;
  /** Set to the whole of CONNECT once it was read, for these two. */
  settings: { readonly protocolVersion: number; readonly bridgeMode?: boolean };
  /** While it is handled, the packet that was read last. */
  readonly packet: Partial<SubscribePacket> | null;
  /** What came before CONNACK went out. */
  readonly _queue: Partial<SubscribePacket>[] | null;
}

export interface SubscribePacket {
  subscriptions: Subscription[];
  /** Of several filters: all of them, as they came. */
  asked?: readonly Subscription[];
  messageId?: number;
}

interface SubscribeParser {
  readonly packet: SubscribePacket;
  _parseSubscribe(): unknown;
}

/**
 * Keeps the filters of a SUBSCRIBE as they came, and hands on none that the broker cannot tell from what every object
 * has: it takes several filters for keys of an object, and `__proto__` there ends the process.
 */
export function keepFilters({ _parser }: Pick<ClientInternals, "_parser">): void {
  const prototype = Object.getPrototypeOf(_parser) as SubscribeParser & { [keepsFilters]?: true };
  if (prototype[keepsFilters] === true) return;
  prototype[keepsFilters] = true;
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its `this` below
  const parse = prototype._parseSubscribe;
  prototype._parseSubscribe = function (this: SubscribeParser) {
    const result = parse.call(this);
    const { packet } = this;
    const { subscriptions } = packet;
    if (subscriptions === undefined || subscriptions.length < 2) return result;
    packet.asked = subscriptions;
    const usable = subscriptions.filter(({ topic }) => topic !== "__proto__");
    packet.subscriptions = usable.length === 0 ? subscriptions.slice(0, 1) : usable;
    return result;
  };
}

const keepsFilters = Symbol("keeps the filters of SUBSCRIBE");

/** A message on its way to a subscriber. */
export interface Delivered {
  readonly topic: string;
  payload: Buffer | string;
  readonly qos: number;
  /** Null: a retained message, for a new subscription. */
  readonly brokerId: string | null;
  readonly brokerCounter: number;
  /** Whose client said it. */
  readonly clientId?: string;
  /** The subscription wants nothing that its own client says (MQTT 5). */
  readonly nl?: boolean;
  properties?: { readonly messageExpiryInterval?: number };
  /** When it counts no longer (MQTT 5; milliseconds since the epoch). */
  readonly messageExpiry?: number;
}

export type Deliver = (packet: Delivered, done: () => void) => void;

/** Of these subscriptions of a client the shared ones, with the function that sends it what they hear. */
export function liveShared(client: Client, filters: readonly string[]): readonly LiveSubscription[] {
  const { subscriptions } = internals(client);
  return filters.filter(isShared).flatMap((filter) => {
    const { qos, func } = subscriptions[filter] ?? ({} as Partial<LiveFilter>);
    return func === undefined ? [] : [{ filter, qos: qos!, deliver: func }];
  });
}

/**
 * aedes drops a message whose counter is not above that of the last. Messages of QoS 1 and 2 are counted before they
 * are kept for sessions, and one of QoS 0 that comes behind them may be sent before: they would count for nothing. What
 * comes twice is told apart by a SubscriberOutput.
 */
export function hearsAll(client: Client): void {
  const { broker } = client as unknown as { readonly broker: { readonly id: string } };
  let duplicates = noDuplicates.get(broker);
  if (duplicates === undefined) {
    const none = { get: () => 0, set: () => {} };
    duplicates = Object.defineProperties({}, { [broker.id]: none, [sharedOrigin]: none });
    noDuplicates.set(broker, duplicates);
  }
  internals(client).duplicates = duplicates;
}

const noDuplicates = new WeakMap<object, Record<string, number>>();

export function internals(client: Client): ClientInternals {
  return client as unknown as ClientInternals;
}

/** What aedes has at the other side of a stream that it was handed. */
export function clientOf(stream: object): ClientInternals | undefined {
  return (stream as { client?: ClientInternals }).client;
}

/** Of a client: the identifier to give next, and which ones are in use. */
interface PacketIds {
  [nextId]?: number;
  [usedIds]?: MessagesInFlight;
}

/** What a client was sent at QoS 1 and 2 and has not settled. */
export interface MessagesInFlight {
  readonly size: number;
  has(packetId: number): boolean;
}

/** Whether the client takes one more message of QoS 1 or 2: one of MQTT 5 says how many it takes. */
export function hasRoom(client: Client): boolean {
  const inUse = (client as unknown as PacketIds)[usedIds];
  return client.version !== 5 || inUse === undefined || inUse.size < client.receiveMaximum;
}

const nextId = Symbol("next packet identifier");
const usedIds = Symbol("packet identifiers in use");

/**
 * Packet identifiers for what a client is sent: from 1 on for a session that begins, and none that is still in use.
 * (aedes counts from a random number and on, whatever the client has not acknowledged.)
 */
export function countPacketIds(client: Client, sessionBegins: boolean, inUse: MessagesInFlight): void {
  const own = client as unknown as PacketIds & ClientInternals;
  const next = sessionBegins ? 1 : own._nextId;
  watchNextId(Object.getPrototypeOf(client) as object);
  // Only of clients that were made before the prototype was changed; one property less makes such an object slow.
  if (Object.hasOwn(own, "_nextId")) delete (own as Partial<ClientInternals>)._nextId;
  own[usedIds] = inUse;
  own._nextId = next;
}

/**
 * On the prototype, once for all: an accessor of its own would turn every client into a dictionary of 1.5 KiB that is
 * slow to read.
 */
function watchNextId(prototype: object): void {
  if (Object.hasOwn(prototype, "_nextId")) return;
  Object.defineProperty(prototype, "_nextId", {
    // Here and not where it is set: which ones are in use may have changed since.
    get(this: PacketIds) {
      const used = this[usedIds];
      let next = this[nextId]!;
      for (let tries = 0; tries < 65_535 && used?.has(next) === true; tries += 1) next = next >= 65_535 ? 1 : next + 1;
      return next;
    },
    set(this: PacketIds, id: number) {
      this[nextId] = id;
    },
  });
}

/** A packet identifier for a message to the client that aedes will not use for one of its own meanwhile. */
export function nextPacketId(client: Client): number {
  const own = internals(client);
  const id = own._nextId;
  own._nextId = id >= 65_535 ? 1 : id + 1;
  return id;
}

/**
 * Reads on although messages that were read are not acknowledged yet. aedes holds a connection until every packet of
 * what it read is done, also PINGREQ behind a PUBLISH that waits for a full spool. Counting a packet as done twice does
 * no harm.
 */
export function readOn(client: Client, packets: number): void {
  if (client.closed || packets === 0) return;
  const own = internals(client);
  // As many calls of it, one of which reads.
  own._parsingBatch = Math.max(1, own._parsingBatch - packets + 1);
  own._nextBatch();
}

/** Packets were read of the client that aedes does not see: it waits for them as for its own. */
export function waitFor(client: Client, packets: number): void {
  internals(client)._parsingBatch += packets;
}

/** Whether the client is in, and none of its packets waits for that. */
export function hasBegun(client: Client): boolean {
  const { connackSent, _parser } = internals(client);
  return connackSent && _parser._queue === null && !client.closed;
}
