import { sharedOrigin } from "./shared-subscriptions.ts";

/** A message that is kept for a session, or the PUBREL that took its place. */
export interface OutgoingPacket {
  readonly cmd: string;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  messageId?: number;
  readonly dup?: boolean;
  readonly retain?: boolean;
  /** Whose client said it. */
  readonly clientId?: string;
  readonly topic?: string;
  readonly payload?: Buffer | string;
  /** Of MQTT 5. */
  readonly properties?: object;
}

/** What names a packet that was kept. */
export type Cleared = Pick<OutgoingPacket, "brokerId" | "brokerCounter"> & { readonly messageId?: number | undefined };

interface Entry {
  packet: OutgoingPacket;
  readonly bytes: number;
}

/**
 * The messages of one persistent session that it has not acknowledged, in order. Those that were sent are found by
 * their packet identifiers, and those that were not are sent in their order: no message has the queue gone through.
 */
export class OutgoingQueue {
  readonly #entries = new Set<Entry>();
  readonly #byPacketId = new Map<number, Entry>();
  /** Of the entries those without a packet identifier. */
  readonly #unsent = new Set<Entry>();
  bytes = 0;
  /** How many were taken out. */
  cleared = 0;

  get length(): number {
    return this.#entries.size;
  }

  /** Takes a message that has no packet identifier yet. */
  add(packet: OutgoingPacket): void {
    const bytes = sizeOf(packet);
    const entry = { packet, bytes };
    this.#entries.add(entry);
    this.#unsent.add(entry);
    this.bytes += bytes;
  }

  /** Gives a message its packet identifier, or puts a PUBREL in the place of one; false if there is none. */
  update(packet: OutgoingPacket): boolean {
    const messageId = packet.messageId!;
    const named = this.#byPacketId.get(messageId);
    // Packet identifiers come round again, the counter of the broker does not; a PUBREL has no counter of its own.
    if (packet.cmd === "pubrel") {
      if (named === undefined) return false;
      named.packet = packet;
      return true;
    }
    if (named !== undefined && isSameMessage(named.packet, packet)) return true;
    const entry = find(this.#unsent, packet) ?? find(this.#entries, packet);
    if (entry === undefined) return false;
    this.#forgetName(entry);
    entry.packet.messageId = messageId;
    this.#byPacketId.set(messageId, entry);
    return true;
  }

  /** Takes the packet with that identifier out, or the one that has none by the counter of the broker. */
  clear(cleared: Cleared): OutgoingPacket | undefined {
    const { messageId } = cleared;
    const entry = messageId === undefined ? find(this.#unsent, cleared) : this.#byPacketId.get(messageId);
    if (entry === undefined) return undefined;
    this.#forgetName(entry);
    this.#entries.delete(entry);
    this.cleared += 1;
    this.bytes -= entry.bytes;
    return entry.packet;
  }

  /** Whether a message has this packet identifier, or a PUBREL. */
  holds(packetId: number): boolean {
    return this.#byPacketId.has(packetId);
  }

  /** By what the broker counted its messages, without shared ones, which have counters of their own. */
  counters(): Set<number> {
    const own = new Set<number>();
    for (const { packet } of this.#entries)
      if (packet.cmd === "publish" && packet.brokerId !== sharedOrigin) own.add(packet.brokerCounter!);
    return own;
  }

  /** To be sent on a new connection: with DUP what was sent on an earlier one, since it has an identifier (3.3.1.1). */
  packets(): OutgoingPacket[] {
    return Array.from(this.#entries, ({ packet }) =>
      packet.cmd === "publish" && packet.messageId !== undefined ? { ...packet, dup: true } : packet,
    );
  }

  #forgetName(entry: Entry): void {
    this.#unsent.delete(entry);
    const { messageId } = entry.packet;
    if (messageId !== undefined && this.#byPacketId.get(messageId) === entry) this.#byPacketId.delete(messageId);
  }
}

/** The first that is this message of the broker. */
function find(entries: Iterable<Entry>, message: Cleared): Entry | undefined {
  for (const entry of entries) if (isSameMessage(entry.packet, message)) return entry;
  return undefined;
}

function isSameMessage(one: Cleared, other: Cleared): boolean {
  return one.brokerId === other.brokerId && one.brokerCounter === other.brokerCounter;
}

export function sizeOf({ topic = "", payload = "", properties }: OutgoingPacket): number {
  return topic.length + payload.length + (properties === undefined ? 0 : JSON.stringify(properties).length);
}
