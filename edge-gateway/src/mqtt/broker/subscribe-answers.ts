import type { Client, Subscription } from "aedes";
import { internals, type SubscribePacket } from "./aedes-internals.ts";
import { connectionOf } from "./connection.ts";

interface Answer {
  readonly messageId: number;
  readonly asked: readonly Subscription[];
  /** Of filters that are refused, where the broker's own answer says less. */
  readonly refusals: Map<string, RefusedFilter>;
}

/** Why a filter is refused (MQTT 5, 3.9.2.1.2 and 3.9.3). */
export interface RefusedFilter {
  readonly code: number;
  readonly text: string;
}

export const refusedFilters = {
  notAllowed: {
    code: 0x87,
    text: "A filter is not of the device's own topics, and no rule allows it: subscribe below devices/{id}/",
  },
  tooMany: { code: 0x97, text: "A session has no more subscriptions than this one: unsubscribe from another first" },
} as const satisfies Readonly<Record<string, RefusedFilter>>;

const failure = 0x80;

/**
 * SUBACKs that the broker would not get right. It knows one reason of refusal and says none in words, and takes filters
 * that come twice in one SUBSCRIBE for one, so that its codes are fewer than the filters, or in the order of an
 * object's keys; the answer needs a code for each filter, in their order [MQTT-3.8.4-6].
 */
export class SubscribeAnswers {
  /** By the subscriptions of their packet. */
  readonly #answers = new WeakMap<readonly Subscription[], Answer>();

  /** A subscription is about to be granted or refused. */
  begins(client: Client, subscription: Subscription): void {
    const packet = packetOf(client, subscription);
    if (packet?.asked !== undefined && !isSame(packet.asked, packet.subscriptions)) this.#answer(packet);
  }

  /** It is refused for this reason. */
  refused(client: Client, subscription: Subscription, refusal: RefusedFilter): void {
    const packet = packetOf(client, subscription);
    if (packet !== undefined) this.#answer(packet)?.refusals.set(subscription.topic, refusal);
  }

  /** The broker is done with the subscriptions of a packet. */
  done(client: Client, subscriptions: readonly Subscription[]): void {
    const answer = this.#answers.get(subscriptions);
    if (answer === undefined || client.closed) return;
    const refused = new Map(subscriptions.filter(({ qos }) => qos >= failure).map(({ topic, qos }) => [topic, qos]));
    const known = new Set(subscriptions.map(({ topic }) => topic));
    const codeOf = ({ topic, qos }: Subscription): number =>
      known.has(topic) ? (answer.refusals.get(topic)?.code ?? refused.get(topic) ?? qos) : failure;
    const { messageId, asked, refusals } = answer;
    const connection = connectionOf(client);
    const suback = { cmd: "suback", messageId, granted: asked.map(codeOf) } as const;
    if (connection?.isVersion5 !== true || !connection.tellsMore || refusals.size === 0) {
      connection?.send(suback);
      return;
    }
    const texts = new Set([...refusals.values()].map(({ text }) => text));
    connection.tell({ ...suback, properties: { reasonString: [...texts].join("; ") } });
  }

  /** Without its identifier the broker leaves the answer to whoever listens. */
  #answer(packet: SubscribePacket): Answer | undefined {
    const { subscriptions, messageId, asked = subscriptions } = packet;
    const known = this.#answers.get(subscriptions);
    if (known !== undefined || messageId === undefined) return known;
    delete packet.messageId;
    const answer = { messageId, asked: [...asked], refusals: new Map<string, RefusedFilter>() };
    this.#answers.set(subscriptions, answer);
    return answer;
  }
}

/** The SUBSCRIBE that is being handled: the one that was parsed last, or that waited for CONNACK. */
function packetOf(client: Client, subscription: Subscription): SubscribePacket | undefined {
  const { packet, _queue } = internals(client)._parser;
  const holds = (one: Partial<SubscribePacket> | null): one is SubscribePacket =>
    one?.subscriptions?.includes(subscription) === true;
  return holds(packet) ? packet : _queue?.find(holds);
}

function isSame(asked: readonly Subscription[], taken: readonly Subscription[]): boolean {
  return asked.length === taken.length && asked.every((one, index) => one === taken[index]);
}
