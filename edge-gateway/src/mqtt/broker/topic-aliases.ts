import { generate, type IPublishPacket } from "mqtt-packet";

/** Topics of one connection that have an alias, whatever its client would take. */
const mostAliases = 16;
/** Topics that came once and are known by that: of commands each has a topic of its own. */
const mostSeen = 32;
const version5 = { protocolVersion: 5 } as const;

/**
 * Numbers that stand for topics towards one client of MQTT 5 (3.3.2.3.4): a topic that comes a second time is told with
 * its number, from the third time on the number alone.
 */
export class TopicAliases {
  readonly #most: number;
  readonly #aliases = new Map<string, number>();
  readonly #seen = new Set<string>();

  /** @param maximum Topic Alias Maximum of its CONNECT */
  constructor(maximum: number) {
    this.#most = Math.min(maximum, mostAliases);
  }

  /** The packet as it goes out; without a number if it would be larger than the client takes. */
  generate(packet: IPublishPacket, largest: number): Buffer {
    const known = this.#aliases.get(packet.topic);
    const topicAlias = known ?? this.#next(packet.topic);
    if (topicAlias === undefined) return generate(packet, version5);
    const topic = known === undefined ? packet.topic : "";
    const bytes = generate({ ...packet, topic, properties: { ...packet.properties, topicAlias } }, version5);
    if (bytes.length > largest) return generate(packet, version5);
    this.#aliases.set(packet.topic, topicAlias);
    return bytes;
  }

  /** The number for one more topic; undefined if it comes for the first time, or there is none left. */
  #next(topic: string): number | undefined {
    if (this.#aliases.size >= this.#most) return undefined;
    if (this.#seen.delete(topic)) return this.#aliases.size + 1;
    if (this.#seen.size >= mostSeen) this.#seen.clear();
    this.#seen.add(topic);
    return undefined;
  }
}
