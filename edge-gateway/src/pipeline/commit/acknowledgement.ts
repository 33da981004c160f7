/** Called once, when the records it waits for are durable. */
export type DurableCallback = (error?: Error | null) => void;

/** In place of a packet identifier, for a message of QoS 0: nobody is told, and a power loss may take it. */
export const unacknowledged = -1;

/** The sender of messages that are not durable yet: they are counted until they are. */
export interface Owner {
  unacked: number;
  /** Notes that a message is durable; answers whether it is the first since `sendAcks`. */
  acked(packetId: number): boolean;
  /** Acknowledges all that was noted, at once. */
  sendAcks(): void;
  /** More to say with the acknowledgement of this message, where its protocol has a place for it. */
  remark?(packetId: number, remark: Remark): void;
}

/** What became of a message that is acknowledged, other than an event: `quarantined` for a reason, or not kept. */
export interface Remark {
  readonly quarantined?: string;
}

/** There was no room for the message, and new ones are dropped then; a gap record names it. */
export const notKept: Remark = {};

/**
 * Who is told that a message is durable, and how. The pipeline copies the fields before a call returns and keeps no
 * reference, so a sender uses one object for all of its messages.
 */
export interface Acknowledgement {
  /** undefined: the owner acknowledges the packet itself. */
  readonly callback: DurableCallback | undefined;
  /** undefined: nobody's message. */
  readonly owner: Owner | undefined;
  readonly packetId: number;
}

/** Calls back, for records that are no sender's. */
export function calling(callback: DurableCallback): Acknowledgement {
  return { callback, owner: undefined, packetId: 0 };
}
