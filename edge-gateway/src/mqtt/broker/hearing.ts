import type { Client, PublishPacket, Subscription } from "aedes";
import type { RefusalLog } from "../../refusal-log.ts";
import type { ClientLimits } from "./client-limits.ts";
import { connectionOf } from "./connection.ts";
import { isLargerThanTaken } from "./largest-outgoing.ts";
import { sessionWithoutSubscriptions } from "./session-persistence.ts";

/** What a client may hear: of what it subscribes to, and of each message. */
export class Hearing {
  readonly #limits: ClientLimits;
  readonly #refusals: RefusalLog;

  constructor(limits: ClientLimits, refusals: RefusalLog) {
    this.#limits = limits;
    this.#refusals = refusals;
  }

  /** For aedes' authorizeSubscribe. */
  maySubscribe(client: Client, subscription: Subscription): boolean {
    if ((subscription as object) === sessionWithoutSubscriptions) return false;
    const { topic } = subscription;
    const connection = connectionOf(client);
    const allowed = connection?.permissions.maySubscribe(topic) === true;
    if (!allowed) {
      const facts = { ...connection?.who, filter: topic.slice(0, 256) };
      const text = "a subscription to what the device may not hear was refused";
      this.#refusals.add("subscription", "subscription", facts, text);
    }
    return allowed && this.#limits.grant(client, topic);
  }

  /** For aedes' authorizeForward. */
  mayReceive(client: Client, packet: PublishPacket): boolean {
    const connection = connectionOf(client);
    if (connection?.permissions.mayReceive(packet.topic) !== true || connection.isEnding) return false;
    if (!isLargerThanTaken(client, packet)) return true;
    const facts = { ...connection.who, topic: packet.topic.slice(0, 256) };
    const text = "a message that is larger than its subscriber takes was not sent to it";
    this.#refusals.add("message", "larger-than-taken", facts, text);
    return false;
  }
}
