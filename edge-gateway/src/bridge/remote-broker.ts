import type { CommandProperties } from "../commands/command-message.ts";
import type { UserProperties } from "../pipeline/commit/user-properties.ts";

/** A message as a broker delivered it. */
export interface InboundMessage {
  readonly topic: string;
  /** A view of the bytes that were read; of a message that is too large its beginning. */
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  readonly retain: boolean;
  /** 0 at QoS 0. */
  readonly packetId: number;
  /** Bytes of the packet that were left out because it is too large. */
  readonly omitted: number;
  /** Of MQTT 5. */
  readonly contentType?: string;
  readonly correlationData?: Buffer;
  readonly userProperties?: UserProperties;
}

/** A message to a broker. */
export interface OutboundMessage {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
  /** Of MQTT 5; a broker of an earlier version hears nothing of them. */
  readonly properties?: CommandProperties;
  /** µs since the epoch: after it a message that had to wait is not sent any more. */
  readonly deadline?: number;
}

/**
 * What comes of a message: it is acknowledged once the broker has it; it is sent, and nobody says whether it came; or
 * it is larger than the broker says that it takes (MQTT 5), and was not sent.
 */
export type Sending = "awaited" | "sent" | "too-large";

/** Why a connection ended, or could not be had: kinds for metrics and health, text for people. Never holds secrets. */
export interface RemoteBrokerProblem {
  readonly kind:
    | "unreachable"
    | "login-refused"
    | "refused"
    | "tls"
    | "taken-over"
    | "connection-lost"
    | "protocol"
    | "settings"
    | "subscription-refused"
    | "too-much-unacknowledged";
  readonly text: string;
}

/** What happens on one connection, in this order; nothing after `closed`. */
export interface RemoteBrokerEvents {
  /** CONNACK. A broker that kept no session has forgotten the packet identifiers of all earlier messages. */
  connected(sessionPresent: boolean): void;
  message(message: InboundMessage): void;
  /** PUBREL: the message of this identifier will not be sent again. */
  release(packetId: number): void;
  /** Called once, also for a connection that never came about. */
  closed(problem: RemoteBrokerProblem): void;
}

/**
 * One connection to a broker, from the attempt to its end. It keeps itself alive whether messages are acknowledged or
 * not.
 */
export interface RemoteBroker {
  /** Resolves with the filters that were refused; rejects if the connection ends meanwhile. */
  subscribe(filters: readonly Filter[]): Promise<readonly string[]>;
  unsubscribe(filters: readonly string[]): Promise<void>;
  /** PUBACKs, in the order given, which has to be the order in which the messages came [MQTT-4.6.0-2]. */
  acknowledge(packetIds: readonly number[]): void;
  /** PUBREC. */
  received(packetId: number): void;
  /** PUBCOMP. */
  complete(packetId: number): void;
  /**
   * With as many unacknowledged as the broker takes a message of QoS 1 waits for one of them. What is awaited is
   * settled while the connection lasts: acknowledged, or given up, since it was too late when there was room. Not sent
   * again on another connection.
   */
  publish(message: OutboundMessage, settled?: (isAcked: boolean) => void): Sending;
  /** No message is delivered any more; acknowledgements still go out. */
  stopMessages(): void;
  /** DISCONNECT, and the end. */
  close(): Promise<void>;
  /** Ends it at once, as if the line broke. */
  cut(problem: RemoteBrokerProblem): void;
}

export interface Filter {
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  /** Not to be sent what this connection publishes itself. */
  readonly noLocal: boolean;
  /** Whether the broker sends its retained messages if the subscription is a new one. */
  readonly retained: boolean;
}
