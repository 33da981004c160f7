import type { Client, PublishPacket, Subscription } from "aedes";
import type { IPublishPacket } from "mqtt-packet";
import type { RefusalLog } from "../../refusal-log.ts";
import type { ClientLimits } from "./client-limits.ts";
import { asWritten } from "../../devices/access/shared-filter.ts";
import { internals, nextPacketId } from "./aedes-internals.ts";
import { grantedFor, identifiersFor } from "./matching-subscriptions.ts";
import type { OutgoingPacket } from "../sessions/outgoing-queue.ts";
import type { OutgoingQueues } from "../sessions/outgoing-queues.ts";
import type { SharedMessage } from "../sessions/shared-session.ts";
import { sharedOrigin, type SharedSubscriptions } from "../sessions/shared-subscriptions.ts";
import { connectionOf } from "./connection.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import { refusedFilters, type SubscribeAnswers } from "./subscribe-answers.ts";
import { sessionWithoutSubscriptions } from "./session-persistence.ts";

/** A message of the broker for one client. */
type Forwarded = PublishPacket &
  Omit<SharedMessage, "qos" | "payload"> & { readonly clientId?: string; properties?: IPublishPacket["properties"] };

/** What is kept of messages for sessions that outlive their connections. */
export interface KeptMessages {
  readonly shared: SharedSubscriptions;
  readonly queues: OutgoingQueues;
}

/** What a client may hear: of what it subscribes to, and of each message. */
export class Hearing {
  readonly #limits: ClientLimits;
  readonly #refusals: RefusalLog;
  readonly #answers: SubscribeAnswers;

  constructor(limits: ClientLimits, refusals: RefusalLog, answers: SubscribeAnswers) {
    this.#limits = limits;
    this.#answers = answers;
    this.#refusals = refusals;
  }

  /** For aedes' authorizeSubscribe. */
  maySubscribe(client: Client, subscription: Subscription): boolean {
    if ((subscription as object) === sessionWithoutSubscriptions) return false;
    this.#answers.begins(client, subscription);
    const topic = asWritten(subscription.topic);
    const connection = connectionOf(client);
    const allowed = connection?.permissions.maySubscribe(subscription.topic) === true;
    if (!allowed) {
      const facts = { ...connection?.who, filter: topic.slice(0, 256) };
      const text = "a subscription to what the device may not hear was refused";
      this.#refusals.add("subscription", "subscription", facts, text);
      if (client.version === 5) this.#answers.refused(client, subscription, refusedFilters.notAllowed);
      return false;
    }
    if (this.#limits.grant(client, subscription.topic)) {
      const { subscriptionIdentifier } = subscription as { subscriptionIdentifier?: number };
      if (subscriptionIdentifier !== undefined) connection.hasIdentifiers = true;
      return true;
    }
    if (client.version === 5) this.#answers.refused(client, subscription, refusedFilters.tooMany);
    return false;
  }

  /** For aedes' authorizeForward. A message of a shared subscription that this client does not take goes to another. */
  takes(client: Client, packet: PublishPacket, { shared, queues }: KeptMessages): boolean {
    const message = packet as Forwarded;
    const isShared = message.brokerId === sharedOrigin;
    // aedes looks for the QoS that was granted under the name of the topic, where no wildcard is.
    if ((packet.qos === 2 && !isShared) || message.brokerId === null) packet.qos = lowered(client, message);
    if (connectionOf(client)?.hasIdentifiers === true && message.brokerId !== null && !(isShared && packet.qos === 0))
      tellIdentifiers(client, message, isShared ? shared.filterOf(client.id, message) : undefined);
    const takes = this.#mayReceive(client, packet);
    if (!isShared || packet.qos === 0) {
      // aedes takes it for one that was retained before, which no queue knows.
      if (takes && packet.retain && packet.qos > 0 && message.brokerId !== null && message.messageId === undefined) {
        message.messageId = nextPacketId(client);
        queues.noteSent(client.id, message as unknown as OutgoingPacket);
      }
      return takes;
    }
    if (!takes) shared.refused(client.id, message);
    else {
      message.messageId ??= nextPacketId(client);
      shared.sent(client.id, message);
    }
    return takes;
  }

  #mayReceive(client: Client, packet: PublishPacket): boolean {
    const connection = connectionOf(client);
    if (connection?.permissions.mayReceive(packet.topic) !== true || connection.isEnding) return false;
    if (!isLargerThanTaken(client, packet)) return true;
    const facts = { ...connection.who, topic: packet.topic.slice(0, 256) };
    const text = "a message that is larger than its subscriber takes was not sent to it";
    this.#refusals.add("message", "larger-than-taken", facts, text);
    return false;
  }
}

/** The QoS of a message, or the most that is granted for its topic, whichever is less [MQTT-3.8.4-8]. */
function lowered(client: Client, message: Forwarded): PublishPacket["qos"] {
  const granted = grantedFor(client, message);
  return granted === undefined || granted >= message.qos ? message.qos : (granted as PublishPacket["qos"]);
}

/** aedes tells one identifier alone, and none of a message that waited for its session. */
function tellIdentifiers(client: Client, message: Forwarded, sharedFilter: string | undefined): void {
  const subscriptionIdentifier =
    sharedFilter === undefined ? identifiersFor(client, message) : internals(client).subscriptions[sharedFilter]?.si;
  if (subscriptionIdentifier === undefined && message.properties?.subscriptionIdentifier === undefined) return;
  message.properties = { ...message.properties, subscriptionIdentifier };
}
