import type { Client } from "aedes";
import type { IPublishPacket } from "mqtt-packet";
import { isShared, sharedFilterOf } from "../../devices/access/shared-filter.ts";
import { levelsMatch } from "../../devices/access/topic-filter.ts";
import { internals, type LiveFilter } from "./aedes-internals.ts";
import type { Connection } from "./connection.ts";

/** What of a message tells which subscriptions it is for. */
interface Said {
  readonly topic: string;
  /** Whose client said it. */
  readonly clientId?: string;
}

/** A filter as it is matched: shared ones without their group. */
interface Matched {
  readonly levels: readonly string[];
  readonly isShared: boolean;
}

/** Of each subscription that was asked for. To split a filter takes longer than to match it. */
const known = new WeakMap<LiveFilter, Matched>();

function matchedOf(filter: string, subscription: LiveFilter): Matched {
  let matched = known.get(subscription);
  if (matched === undefined) {
    matched = { levels: sharedFilterOf(filter).split("/"), isShared: isShared(filter) };
    known.set(subscription, matched);
  }
  return matched;
}

/** The subscriptions of a client that a message is for; shared ones only where the message is sent to all of them. */
function* matching(client: Client, { topic, clientId }: Said, withShared = false): Generator<LiveFilter> {
  const topicLevels = topic.split("/");
  const { subscriptions } = internals(client);
  // It has no prototype.
  for (const filter in subscriptions) {
    const subscription = subscriptions[filter]!;
    if (subscription.nl === true && clientId === client.id) continue;
    const matched = matchedOf(filter, subscription);
    if ((withShared || !matched.isShared) && levelsMatch(matched.levels, topicLevels)) yield subscription;
  }
}

/** The most that is granted for a message; undefined if no subscription matches it. */
export function grantedFor(client: Client, said: Said): number | undefined {
  let granted: number | undefined;
  for (const { qos } of matching(client, said)) granted = Math.max(qos, granted ?? 0);
  return granted;
}

/**
 * aedes lowers the QoS of a message to that of the subscription whose filter is its topic, whatever a wildcard grants:
 * that subscription has the QoS of all that match, for now.
 */
export function raiseNamed(client: Client, said: Said & { readonly qos: number }): void {
  const named = internals(client).subscriptions[said.topic];
  if (named === undefined || (named.asked === undefined && named.qos >= said.qos)) return;
  named.asked ??= named.qos;
  named.qos = named.asked;
  named.qos = grantedFor(client, said) ?? named.asked;
}

/** The identifiers of all subscriptions that a message is for [MQTT-3.3.4-4]; undefined if none has one. */
export function identifiersFor(client: Client, said: Said, withShared = false): number | number[] | undefined {
  const identifiers: number[] = [];
  for (const { si } of matching(client, said, withShared))
    if (si !== undefined && !identifiers.includes(si)) identifiers.push(si);
  return identifiers.length > 1 ? identifiers : identifiers[0];
}

/** The properties of a message that is sent past the broker, with the identifiers of what it is heard by. */
export function withIdentifiers(
  { client, hasIdentifiers }: Connection,
  topic: string,
  properties: IPublishPacket["properties"],
): IPublishPacket["properties"] {
  const subscriptionIdentifier = hasIdentifiers ? identifiersFor(client, { topic }, true) : undefined;
  return subscriptionIdentifier === undefined ? properties : { ...properties, subscriptionIdentifier };
}
