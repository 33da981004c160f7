import type { Client } from "aedes";
import aedesPersistence from "aedes-persistence";
import { HeadwaterError } from "@headwater/core";
import { Qos2Journal } from "../../pipeline/redelivery/qos2-journal.ts";
import type { Audience } from "../sessions/audience.ts";
import { connectionOf } from "./connection.ts";
import type { OutgoingPacket } from "../sessions/outgoing-queue.ts";
import { maxUnreleased, PassedOn } from "../sessions/passed-on.ts";
import { OutgoingQueues, type QueueBounds, type Subscriber } from "../sessions/outgoing-queues.ts";
import { RetainedBounds } from "../sessions/retained-bounds.ts";
import type { Subscription } from "../sessions/session-entry.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import { SharedSubscriptions } from "../sessions/shared-subscriptions.ts";
import { StoredSessions, type SessionMemory } from "../sessions/stored-sessions.ts";

/** The package's types describe a default export that the module, being CommonJS, does not have as such. */
const memory = aedesPersistence as unknown as () => MemoryStore;

interface MemoryStore {
  readonly asyncPersistence: Pick<SessionMemory, "removeSubscriptions"> & {
    subscriptionsByClient(client: { readonly id: string }): Promise<readonly Subscription[]>;
    addSubscriptions(client: { readonly id: string }, subscriptions: readonly Subscription[]): Promise<void>;
    cleanSubscriptions(client: { readonly id: string }): Promise<void>;
    storeRetained(packet: Retained): Promise<void>;
  };
  createRetainedStreamCombi(filters: readonly string[]): Pick<NodeJS.ReadableStream, "pipe">;
}

interface Packet {
  readonly cmd: string;
  readonly messageId: number;
}

interface Retained {
  readonly topic: string;
  readonly payload: Buffer | string;
}

/** The kinds of messages that there was no room for. */
export type NotKept = "retained-messages" | "queued-messages" | "shared-messages";

export interface SessionPersistenceOptions {
  readonly journal: Qos2Journal;
  readonly store: SessionStore;
  readonly audience: Audience;
  readonly limits: QueueBounds & { readonly maxRetained: number; readonly maxRetainedBytes: number };
  /** Whether the client that logs in can be told that its session is present. */
  readonly tellsOfSessions: () => boolean;
  readonly isConnected: (session: string) => boolean;
  readonly onRefused: (what: NotKept, topic: string, session: string | undefined) => void;
}

/**
 * Sessions as aedes wants them: subscriptions in memory and on disk; retained and queued messages in memory, within
 * bounds; QoS 2 messages by the durable journal, so that one that is sent again after a restart is still known;
 * acknowledgements of commands go to who sent them, since commands wait in the event log and never in a queue here.
 * `forget` removes what is kept of a session's incoming messages.
 */
export async function sessionPersistence(options: SessionPersistenceOptions) {
  const { journal, audience, limits, onRefused } = options;
  const store = memory();
  const passedOn = new PassedOn();
  const queues = new OutgoingQueues(limits, (topic, session) => onRefused("queued-messages", topic, session));
  const shared = new SharedSubscriptions({
    ...limits,
    enqueue: (session, message) => queues.enqueue(session, { cmd: "publish", ...message } as OutgoingPacket),
    onRefused: (topic) => onRefused("shared-messages", topic, undefined),
  });
  const sessions = new StoredSessions(
    {
      removeSubscriptions: async (client, filters) => {
        shared.notKept(client.id, filters);
        await store.asyncPersistence.removeSubscriptions(client, filters);
        await options.store.remove(client.id, filters);
      },
      forgetQueue: (session) => queues.forget(session),
      bareOf: (prefix) => options.store.bareOf(prefix),
      end: (session) => options.store.end(session),
      outgoingStream: (client) => queues.outgoingStream(client),
      outgoingUpdate: (client, packet) => queues.outgoingUpdate(client, packet),
      outgoingClearMessageId: (client, packet) => queues.outgoingClearMessageId(client, packet),
    },
    audience,
  );
  for (const { session, subscriptions } of options.store.all) {
    sessions.added(
      session,
      subscriptions.map(({ topic }) => topic),
    );
    await store.asyncPersistence.addSubscriptions({ id: session }, subscriptions);
    shared.kept(session, subscriptions);
  }
  for (const session of journal.sessions) options.store.begin(session);
  async function forget(session: string): Promise<void> {
    passedOn.forget(session);
    shared.ended(session);
    await journal.forget(session);
  }
  const persistence = Object.assign(
    store,
    subscriptionsOf(store, sessions, options, { shared, queues, forget }),
    incoming(journal, passedOn, forget),
    outgoing(queues, shared),
    retainedBy(store, limits, onRefused),
  );
  return { persistence, sessions, shared, queues, forget };
}

/** What else is kept of a session. */
interface SessionParts {
  readonly shared: SharedSubscriptions;
  readonly queues: OutgoingQueues;
  readonly forget: (session: string) => Promise<void>;
}

function subscriptionsOf(
  { asyncPersistence }: MemoryStore,
  sessions: StoredSessions,
  { store: stored, tellsOfSessions, isConnected }: SessionPersistenceOptions,
  { shared, queues, forget }: SessionParts,
) {
  return {
    /** Asked when a client logs in whose session is to outlive its connection. */
    async subscriptionsByClient(client: { readonly id: string }): Promise<readonly Subscription[]> {
      if (stored.isOver(client.id) && !isConnected(client.id)) await end(client);
      // A provisioning key has no sessions.
      const isThere = !client.id.startsWith("\u0000") && stored.begin(client.id) && tellsOfSessions();
      const subscriptions = await asyncPersistence.subscriptionsByClient(client);
      return isThere && subscriptions.length === 0 ? [sessionWithoutSubscriptions] : subscriptions;
    },
    async addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void> {
      // aedes hands over every filter of a SUBSCRIBE, the refused ones too.
      const granted = subscriptions.filter(({ topic }) => connectionOf(client)?.filters.has(topic) === true);
      sessions.added(
        client.id,
        granted.map(({ topic }) => topic),
      );
      shared.kept(client.id, granted);
      await asyncPersistence.addSubscriptions(client, granted);
      await stored.add(client.id, granted, expiryOf(client));
    },
    async removeSubscriptions(client: Client, filters: readonly string[]): Promise<void> {
      sessions.removed(client.id, filters);
      shared.notKept(client.id, filters);
      await asyncPersistence.removeSubscriptions(client, filters);
      await stored.remove(client.id, filters);
    },
    cleanSubscriptions: end,
  };

  /** The session ends, or a new one begins in its place. */
  async function end({ id }: { readonly id: string }): Promise<void> {
    sessions.cleaned(id);
    shared.notKept(id);
    queues.forget(id);
    // All of it before the disk has noted anything: of a session that begins meanwhile nothing is lost.
    await Promise.all([forget(id), asyncPersistence.cleanSubscriptions({ id }), stored.end(id)]);
  }
}

function incoming(journal: Qos2Journal, passedOn: PassedOn, forget: (session: string) => Promise<void>) {
  return {
    async incomingGetPacket(client: Client, packet: Packet): Promise<Packet> {
      const { cmd, messageId } = packet;
      // A PUBLISH that was just taken is new to aedes until it has passed it on to subscribers. What no route reads is
      // in no journal.
      const known =
        passedOn.has(client, messageId) || (cmd !== "publish" && journal.has(Qos2Journal.token(client.id, messageId)));
      if (known) return packet;
      if (cmd === "publish") passedOn.begin(client, messageId);
      throw notStored;
    },
    async incomingStorePacket(client: Client, { messageId }: Packet): Promise<void> {
      if (passedOn.isTooMany(client, messageId)) throw new TooManyUnreleased();
    },
    async incomingDelPacket(client: Client, { messageId }: Packet): Promise<void> {
      // aedes ends the process if this fails. It fails when the gateway stops, and then there is no PUBCOMP.
      await journal.release(Qos2Journal.token(client.id, messageId)).catch(() => new Promise<never>(() => {}));
      passedOn.delete(client, messageId);
    },
    cleanIncoming: ({ id }: Client) => forget(id),
  };
}

function outgoing(queues: OutgoingQueues, shared: SharedSubscriptions) {
  return {
    async outgoingEnqueue({ clientId }: { readonly clientId: string }, packet: OutgoingPacket): Promise<void> {
      queues.enqueue(clientId, packet);
    },
    async outgoingEnqueueCombi(subscribers: readonly Subscriber[], packet: OutgoingPacket): Promise<void> {
      queues.enqueueFor(subscribers, packet);
    },
    outgoingUpdate: (client: Client, packet: OutgoingPacket) => queues.outgoingUpdate(client, packet),
    async outgoingClearMessageId(client: Client, packet: Packet): Promise<OutgoingPacket | undefined> {
      const connection = connectionOf(client);
      // Nothing more is sent to a connection that ends; aedes takes what may not be sent for what is not wanted.
      if (packet.cmd === "publish" && connection?.isEnding === true) return undefined;
      const commands = connection === undefined || connection.outgoingCount === 0 ? undefined : connection.outgoing;
      const acked = commands?.get(packet.messageId);
      if (acked === undefined) {
        shared.settled(client.id, packet.messageId);
        return queues.outgoingClearMessageId(client, packet);
      }
      commands!.delete(packet.messageId);
      acked();
      return undefined;
    },
    // What waits for a session of MQTT 5 comes no faster than its client takes it.
    outgoingStream(client: Client) {
      const connection = connectionOf(client);
      if (connection !== undefined) connection.fromQueue = queues.countersOf(client.id);
      const atOnce = client.version === 5 ? client.receiveMaximum : Infinity;
      return queues.outgoingStream(client, atOnce, () => client.closed);
    },
  };
}

function retainedBy(
  store: MemoryStore,
  { maxRetained, maxRetainedBytes }: SessionPersistenceOptions["limits"],
  onRefused: SessionPersistenceOptions["onRefused"],
) {
  const { asyncPersistence } = store;
  const bounds = new RetainedBounds(maxRetained, maxRetainedBytes);
  const stored = store.createRetainedStreamCombi.bind(store);
  return {
    /**
     * aedes pipes it to the new subscriber. In a storm of devices that subscribe, two streams for nothing are much of
     * the work.
     */
    createRetainedStreamCombi: (filters: readonly string[]) => (bounds.isEmpty ? nothingRetained : stored(filters)),
    async storeRetained(packet: Retained): Promise<void> {
      const kept = bounds.keep(packet.topic, packet.payload.length);
      if (!kept) onRefused("retained-messages", packet.topic, undefined);
      // What does not fit takes the place of what was there all the same: nobody should be told an old value. A copy,
      // as the payload is a piece of all that its publisher sent with it.
      const payload = kept ? Buffer.from(packet.payload) : Buffer.alloc(0);
      await asyncPersistence.storeRetained({ ...packet, payload });
    },
  };
}

/**
 * aedes takes a session to be present if it has a subscription. This one tells it so for a session that has none, and
 * is granted to nobody.
 */
export const sessionWithoutSubscriptions: Subscription = { topic: "no/subscription", qos: 0 };

/** How long the session lives on without a connection (seconds); undefined: as long as any (MQTT 3.1 and 3.1.1). */
export function expiryOf({ version, sessionExpiryInterval }: Client): number | undefined {
  return version === 5 ? sessionExpiryInterval : undefined;
}

/** A client that sends messages of QoS 2 and no PUBREL; aedes ends its connection with this. */
export class TooManyUnreleased extends HeadwaterError {
  readonly advice = "reject";
  readonly code = "too-many-unreleased";

  constructor() {
    super(`More than ${maxUnreleased} messages of QoS 2 without their PUBREL`);
  }
}

/** aedes asks by rejection; making one each time would cost a stack trace a message. */
const notStored = new RangeError("no such packet");

const nothingRetained: Pick<NodeJS.ReadableStream, "pipe"> = { pipe: (destination) => destination };
