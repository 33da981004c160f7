import type { Client, PublishPacket, Subscription } from "aedes";
import type { RefusalLog } from "../../refusal-log.ts";
import type { ClientLimits } from "./client-limits.ts";
import { asWritten } from "../../devices/access/shared-filter.ts";
import { filterMatches } from "../../devices/access/topic-filter.ts";
import { internals, nextPacketId } from "./aedes-internals.ts";
import { sharedOrigin, type SharedMessage, type SharedSubscriptions } from "../sessions/shared-subscriptions.ts";
import { connectionOf } from "./connection.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import type { SubscribeAnswers } from "./subscribe-answers.ts";
import { sessionWithoutSubscriptions } from "./session-persistence.ts";

/** Reason code of MQTT 5. */
const quotaExceeded = 0x97;

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
    }
    if (!allowed) return false;
    if (this.#limits.grant(client, subscription.topic)) return true;
    if (client.version === 5) this.#answers.refused(client, subscription, quotaExceeded);
    return false;
  }

  /** For aedes' authorizeForward. A message of a shared subscription that this client does not take goes to another. */
  takes(client: Client, packet: PublishPacket, shared: SharedSubscriptions): boolean {
    const takes = this.#mayReceive(client, packet);
    const message = packet as PublishPacket & SharedMessage;
    // aedes looks for the QoS that was granted under the name of the topic, where no wildcard is.
    if ((packet.qos === 2 && message.brokerId !== sharedOrigin) || message.brokerId === null)
      packet.qos = lowered(client, packet);
    if (message.brokerId !== sharedOrigin || packet.qos === 0) return takes;
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
function lowered(client: Client, { topic, qos }: PublishPacket): PublishPacket["qos"] {
  let granted = -1;
  for (const [filter, subscription] of Object.entries(internals(client).subscriptions)) {
    if (subscription.qos > granted && filterMatches(filter, topic)) granted = subscription.qos;
  }
  return granted < 0 || granted >= qos ? qos : (granted as PublishPacket["qos"]);
}
