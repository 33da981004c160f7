import aedesPersistence from "aedes-persistence";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { OutgoingQueue, sizeOf, type Cleared, type OutgoingPacket } from "./outgoing-queue.ts";

/** The package's types describe a default export that the module, being CommonJS, does not have as such. */
const { Packet } = aedesPersistence as unknown as { readonly Packet: new (packet: object) => OutgoingPacket };

interface Session {
  readonly id: string;
}

/** A subscription that matches a message. */
export interface Subscriber {
  readonly clientId: string;
  /** No Local, and Retain As Published (MQTT 5). */
  readonly nl?: boolean | undefined;
  readonly rap?: boolean | undefined;
}

export interface QueueBounds {
  /** Messages that may wait for one session. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
}

/** The queues of persistent sessions, as aedes asks for them: in memory, each within its bounds. */
export class OutgoingQueues {
  readonly #bounds: QueueBounds;
  readonly #onRefused: (topic: string, session: string) => void;
  readonly #queues = new Map<string, OutgoingQueue>();

  constructor(bounds: QueueBounds, onRefused: (topic: string, session: string) => void) {
    this.#bounds = bounds;
    this.#onRefused = onRefused;
  }

  /** Keeps a message once for each session, however many of its subscriptions match. */
  enqueueFor(subscribers: readonly Subscriber[], packet: OutgoingPacket): void {
    const kept = new Map<string, boolean>();
    for (const { clientId, nl, rap } of subscribers) {
      if (nl === true && clientId === packet.clientId) continue;
      kept.set(clientId, rap === true || kept.get(clientId) === true);
    }
    for (const [session, asPublished] of kept) this.enqueue(session, packet, asPublished && packet.retain === true);
  }

  /** Answers whether there was room. */
  enqueue(session: string, packet: OutgoingPacket, retain = false): boolean {
    const queue = this.#queues.get(session) ?? new OutgoingQueue();
    if (queue.length >= this.#bounds.maxQueued || queue.bytes + sizeOf(packet) > this.#bounds.maxQueuedBytes) {
      this.#onRefused(packet.topic ?? "", session);
      return false;
    }
    this.#queues.set(session, queue);
    // A copy: the payload is a piece of all that its publisher sent with it.
    const { payload = "" } = packet;
    queue.add(new Packet({ ...packet, retain, payload: typeof payload === "string" ? payload : Buffer.from(payload) }));
    return true;
  }

  /**
   * What was not kept is sent all the same, and a PUBREC of something unknown gets its PUBREL: aedes would end the
   * connection if it were told.
   */
  async outgoingUpdate({ id }: Session, packet: OutgoingPacket): Promise<void> {
    this.noteSent(id, packet);
  }

  /** It is sent with this packet identifier. */
  noteSent(session: string, packet: OutgoingPacket): void {
    this.#queues.get(session)?.update(packet);
  }

  async outgoingClearMessageId({ id }: Session, packet: Cleared): Promise<OutgoingPacket | undefined> {
    const queue = this.#queues.get(id);
    const cleared = queue?.clear(packet);
    if (queue?.length === 0) this.#queues.delete(id);
    return cleared;
  }

  /** Whether the session has not settled a message with this packet identifier. */
  holds(session: string, packetId: number): boolean {
    return this.#queues.get(session)?.holds(packetId) === true;
  }

  forget(session: string): void {
    this.#queues.delete(session);
  }

  /** At most `atOnce` of them are unsettled at a time. */
  outgoingStream({ id }: Session, atOnce = Infinity, isOver = () => false): Readable {
    const queue = this.#queues.get(id);
    if (queue === undefined) return new NothingQueued(likeFrom);
    return Readable.from(queue.length <= atOnce ? queue.packets() : paced(queue, queue.packets(), atOnce, isOver));
  }

  /** What the broker counted its messages by that wait for the session; undefined: there are none. */
  countersOf(session: string): ReadonlySet<number> | undefined {
    return this.#queues.get(session)?.counters();
  }
}

const lookAgainMs = 20;

async function* paced(
  queue: OutgoingQueue,
  packets: readonly OutgoingPacket[],
  atOnce: number,
  isOver: () => boolean,
): AsyncGenerator<OutgoingPacket> {
  const clearedBefore = queue.cleared;
  let given = 0;
  for (const packet of packets) {
    while (given - (queue.cleared - clearedBefore) >= atOnce) {
      if (isOver()) return;
      await sleep(lookAgainMs, undefined, { ref: false });
    }
    given += 1;
    yield packet;
  }
}

/** As of a stream that is made from an iterator. */
const likeFrom = { objectMode: true, highWaterMark: 1 };

/**
 * What aedes asks for at every login, for most of them in vain: without the iterator and the promises of a stream that
 * is made from one.
 */
class NothingQueued extends Readable {
  override _read(): void {
    this.push(null);
  }
}
