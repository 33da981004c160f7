import type { Client } from "aedes";
import aedesPersistence from "aedes-persistence";
import { Readable } from "node:stream";
import { Qos2Journal } from "../redelivery/qos2-journal.ts";
import { connectionOf } from "./connection.ts";
import { OutgoingQueue, sizeOf, type OutgoingPacket } from "./outgoing-queue.ts";
import { RetainedBounds } from "./retained-bounds.ts";

/** The package's types describe a default export that the module, being CommonJS, does not have as such. */
const memory = aedesPersistence as unknown as {
  (): MemoryStore;
  readonly Packet: new (packet: OutgoingPacket) => OutgoingPacket;
};

interface MemoryStore {
  readonly asyncPersistence: { storeRetained(packet: Retained): Promise<void> };
}

interface Packet {
  readonly cmd: string;
  readonly messageId: number;
}

interface Retained {
  readonly topic: string;
  readonly payload: Buffer | string;
}

interface Session {
  readonly id: string;
}

interface Subscriber {
  readonly clientId: string;
}

/** What there was no room for. */
export type NotKept = "retained-messages" | "queued-messages";

export interface SessionPersistenceOptions {
  readonly journal: Qos2Journal;
  readonly limits: {
    readonly maxRetained: number;
    readonly maxRetainedBytes: number;
    /** For one session. */
    readonly maxQueued: number;
    readonly maxQueuedBytes: number;
  };
  readonly onRefused: (what: NotKept, topic: string, session: string | undefined) => void;
}

/**
 * Sessions as aedes wants them: subscriptions, retained and queued messages in memory, within bounds; QoS 2 messages by the durable journal, so that one that
 * is sent again after a restart is still known; acknowledgements of commands go to who sent them, since commands wait in the event log and
 * never in a queue here.
 */
export function sessionPersistence({ journal, limits, onRefused }: SessionPersistenceOptions) {
  const store = memory();
  const retained = new RetainedBounds(limits.maxRetained, limits.maxRetainedBytes);
  return Object.assign(store, incoming(journal), outgoing(limits, onRefused), {
    async storeRetained(packet: Retained): Promise<void> {
      const { topic } = packet;
      const kept = retained.keep(topic, packet.payload.length);
      if (!kept) onRefused("retained-messages", topic, undefined);
      // What does not fit takes the place of what was there all the same: nobody should be told an old value. The payload is copied, being a piece
      // of all that its publisher sent with it.
      const payload = kept ? Buffer.from(packet.payload) : Buffer.alloc(0);
      await store.asyncPersistence.storeRetained({ ...packet, payload });
    },
  });
}

function incoming(journal: Qos2Journal) {
  const relayed = new WeakMap<Client, Set<number>>();
  return {
    async incomingGetPacket(client: Client, packet: Packet): Promise<Packet> {
      const known = journal.has(Qos2Journal.token(client.id, packet.messageId));
      // A PUBLISH that was just taken is new to aedes until it has passed it on to subscribers.
      const passedOn = packet.cmd !== "publish" || relayed.get(client)?.has(packet.messageId) === true;
      if (!known || !passedOn) throw notStored;
      return packet;
    },
    async incomingStorePacket(client: Client, packet: Packet): Promise<void> {
      const ids = relayed.get(client);
      if (ids === undefined) relayed.set(client, new Set([packet.messageId]));
      else ids.add(packet.messageId);
    },
    async incomingDelPacket(client: Client, packet: Packet): Promise<void> {
      relayed.get(client)?.delete(packet.messageId);
      await journal.release(Qos2Journal.token(client.id, packet.messageId));
    },
    async cleanIncoming(client: Client): Promise<void> {
      relayed.delete(client);
      await journal.forget(client.id);
    },
  };
}

function outgoing(limits: SessionPersistenceOptions["limits"], onRefused: SessionPersistenceOptions["onRefused"]) {
  const queues = new Map<string, OutgoingQueue>();
  const enqueue = (session: string, packet: OutgoingPacket): void => {
    const queue = queues.get(session) ?? new OutgoingQueue();
    if (queue.length >= limits.maxQueued || queue.bytes + sizeOf(packet) > limits.maxQueuedBytes) {
      onRefused("queued-messages", packet.topic ?? "", session);
      return;
    }
    queues.set(session, queue);
    const payload = Buffer.from(packet.payload ?? "");
    queue.add(new memory.Packet({ ...packet, payload }));
  };
  return {
    async outgoingEnqueue({ clientId }: Subscriber, packet: OutgoingPacket): Promise<void> {
      enqueue(clientId, packet);
    },
    async outgoingEnqueueCombi(subscribers: readonly Subscriber[], packet: OutgoingPacket): Promise<void> {
      for (const { clientId } of subscribers) enqueue(clientId, packet);
    },
    /** What was not kept is sent all the same: aedes would end the connection if it were told. */
    async outgoingUpdate({ id }: Session, packet: OutgoingPacket): Promise<void> {
      queues.get(id)?.update(packet);
    },
    async outgoingClearMessageId(client: Client, packet: Packet): Promise<OutgoingPacket | undefined> {
      const commands = connectionOf(client)?.outgoing;
      const acked = commands?.get(packet.messageId);
      if (acked !== undefined) {
        commands!.delete(packet.messageId);
        acked();
        return undefined;
      }
      const queue = queues.get(client.id);
      const cleared = queue?.clear(packet.messageId);
      if (queue?.length === 0) queues.delete(client.id);
      return cleared;
    },
    outgoingStream({ id }: Session): Readable {
      return Readable.from(queues.get(id)?.packets() ?? []);
    },
  };
}

/** aedes asks by rejection; making one each time would cost a stack trace a message. */
const notStored = new RangeError("no such packet");
