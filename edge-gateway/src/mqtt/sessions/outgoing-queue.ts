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

/** The messages of one persistent session that it has not acknowledged, in order. */
export class OutgoingQueue {
  #entries: Entry[] = [];
  bytes = 0;
  /** How many were taken out. */
  cleared = 0;

  get length(): number {
    return this.#entries.length;
  }

  add(packet: OutgoingPacket): void {
    const bytes = sizeOf(packet);
    this.#entries.push({ packet, bytes });
    this.bytes += bytes;
  }

  /** Gives a message its packet identifier, or puts a PUBREL in the place of one; false if there is none. */
  update(packet: OutgoingPacket): boolean {
    const isRelease = packet.cmd === "pubrel";
    for (const entry of this.#entries) {
      const known = entry.packet;
      // Packet identifiers come round again, the counter of the broker does not; a PUBREL has no counter of its own.
      if (isRelease ? known.messageId !== packet.messageId : !isSameMessage(known, packet)) continue;
      if (isRelease) entry.packet = packet;
      else known.messageId = packet.messageId!;
      return true;
    }
    return false;
  }

  /** Takes the packet with that identifier out, or the one that has none by the counter of the broker. */
  clear({ messageId, brokerId, brokerCounter }: Cleared): OutgoingPacket | undefined {
    const index = this.#entries.findIndex(
      ({ packet }) =>
        packet.messageId === messageId &&
        (messageId !== undefined || isSameMessage(packet, { brokerId, brokerCounter })),
    );
    const [entry] = index < 0 ? [] : this.#entries.splice(index, 1);
    if (entry !== undefined) this.cleared += 1;
    this.bytes -= entry?.bytes ?? 0;
    return entry?.packet;
  }

  /** Whether a message has this packet identifier, or a PUBREL. */
  holds(packetId: number): boolean {
    return this.#entries.some(({ packet }) => packet.messageId === packetId);
  }

  /** By what the broker counted its messages, without shared ones, which have counters of their own. */
  counters(): Set<number> {
    const own = this.#entries.filter(({ packet }) => packet.cmd === "publish" && packet.brokerId !== sharedOrigin);
    return new Set(own.map(({ packet }) => packet.brokerCounter!));
  }

  /** To be sent on a new connection: with DUP what was sent on an earlier one, since it has an identifier (3.3.1.1). */
  packets(): OutgoingPacket[] {
    return this.#entries.map(({ packet }) =>
      packet.cmd === "publish" && packet.messageId !== undefined ? { ...packet, dup: true } : packet,
    );
  }
}

function isSameMessage(one: Cleared, other: Cleared): boolean {
  return one.brokerId === other.brokerId && one.brokerCounter === other.brokerCounter;
}

export function sizeOf({ topic = "", payload = "", properties }: OutgoingPacket): number {
  return topic.length + payload.length + (properties === undefined ? 0 : JSON.stringify(properties).length);
}
