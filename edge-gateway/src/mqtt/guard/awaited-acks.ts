import type { ServerBounds } from "./server-bounds.ts";

/** What the gateway has sent a client, as far as what the client may send next depends on it. */
export interface AwaitedAcks {
  /** Takes an acknowledgement; false if its message has another kind. */
  acknowledge(type: number, packetId: number, failed: boolean): boolean;
  /** The client speaks MQTT 5: what is written to it bounds what it may send. */
  tells(bounds: ServerBounds): void;
  /** A SUBSCRIBE or an UNSUBSCRIBE is handed on. */
  asks(): void;
  /** Whether its answer is not written yet. */
  readonly isAnswering: boolean;
}
