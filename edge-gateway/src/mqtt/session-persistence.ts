import type { Client } from "aedes";
import aedesPersistence from "aedes-persistence";
import { Qos2Journal } from "../redelivery/qos2-journal.ts";
import type { Audience } from "./audience.ts";
import { connectionOf } from "./connection.ts";
import { StoredSessions, type SessionStore } from "./stored-sessions.ts";

/** The package's types describe a default export that the module, being CommonJS, does not have as such. */
const memory = aedesPersistence as unknown as () => MemoryStore;

interface MemoryStore {
  readonly asyncPersistence: SessionStore & {
    addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void>;
    cleanSubscriptions(client: Client): Promise<void>;
  };
}

interface Subscription {
  readonly topic: string;
}

interface Packet {
  readonly cmd: string;
  readonly messageId: number;
}

/**
 * Sessions as aedes wants them: subscriptions, retained and queued messages in memory; QoS 2 messages by the durable journal, so that one that
 * is sent again after a restart is still known; acknowledgements of commands go to who sent them, since commands wait in the event log and
 * never in a queue here.
 */
export function sessionPersistence(journal: Qos2Journal, audience: Audience) {
  const store = memory();
  const sessions = new StoredSessions(store.asyncPersistence, audience);
  const relayed = new WeakMap<Client, Set<number>>();
  const persistence = Object.assign(store, {
    async addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void> {
      // aedes hands over all of a SUBSCRIBE, also what was refused.
      const allowed = subscriptions.filter(
        ({ topic }) => connectionOf(client)?.permissions.maySubscribe(topic) === true,
      );
      sessions.added(
        client.id,
        allowed.map(({ topic }) => topic),
      );
      await store.asyncPersistence.addSubscriptions(client, allowed);
    },
    async removeSubscriptions(client: Client, filters: readonly string[]): Promise<void> {
      sessions.removed(client.id, filters);
      await store.asyncPersistence.removeSubscriptions(client, filters);
    },
    async cleanSubscriptions(client: Client): Promise<void> {
      sessions.cleaned(client.id);
      await store.asyncPersistence.cleanSubscriptions(client);
    },
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
    async outgoingClearMessageId(client: Client, packet: Packet): Promise<unknown> {
      const outgoing = connectionOf(client)?.outgoing;
      const acked = outgoing?.get(packet.messageId);
      if (acked !== undefined) {
        outgoing!.delete(packet.messageId);
        acked();
        return undefined;
      }
      return store.asyncPersistence.outgoingClearMessageId(client, packet);
    },
  });
  return { persistence, sessions };
}

/** aedes asks by rejection; making one each time would cost a stack trace a message. */
const notStored = new RangeError("no such packet");
