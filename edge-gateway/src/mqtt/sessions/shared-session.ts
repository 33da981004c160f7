/** A message of the broker, on its way to one member of a group. */
export interface SharedMessage {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: number;
  readonly brokerId?: string | null;
  readonly brokerCounter?: number;
  messageId?: number | undefined;
  /** When it counts no longer (MQTT 5; milliseconds since the epoch). */
  readonly messageExpiry?: number;
}

/** Sends a message to a client; `done` follows once it was handed over. */
export type DeliverShared = (message: SharedMessage, done: () => void) => void;

/** A session in a group that shares a subscription. */
export interface Member {
  readonly session: SharedSession;
  qos: number;
  /** Set while it is connected. */
  deliver: DeliverShared | undefined;
  /** Its session outlives its connection. */
  isKept: boolean;
  /** When it was given its last message; a count. */
  lastTurn: number;
}

/** Those who share the messages of one filter. */
export interface Group {
  readonly filter: string;
  readonly members: Map<string, Member>;
  readonly listener: DeliverShared;
}

/** A message that a session was given and has not settled. */
export interface Pending {
  readonly group: Group;
  readonly message: SharedMessage;
  /** Sessions that could not take it. */
  readonly tried: ReadonlySet<string>;
  readonly bytes: number;
  packetId: number | undefined;
}

/** The messages of QoS 1 and 2 that a session was given and has not settled. */
export class SharedSession {
  readonly id: string;
  readonly pending = new Map<number, Pending>();
  readonly byPacketId = new Map<number, number>();
  bytes = 0;
  /** Groups that it is a member of. */
  groups = 0;

  constructor(id: string) {
    this.id = id;
  }

  remove(counter: number): Pending | undefined {
    const pending = this.pending.get(counter);
    if (pending === undefined) return undefined;
    this.pending.delete(counter);
    if (pending.packetId !== undefined) this.byPacketId.delete(pending.packetId);
    this.bytes -= pending.bytes;
    return pending;
  }
}
