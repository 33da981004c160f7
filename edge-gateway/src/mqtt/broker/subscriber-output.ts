import type { Client } from "aedes";
import { internals, type Deliver, type Delivered } from "./aedes-internals.ts";
import { connectionOf } from "./connection.ts";
import { grantedFor, raiseNamed } from "./matching-subscriptions.ts";
import { sharedOrigin } from "../sessions/shared-subscriptions.ts";
import type { StreamGuard } from "../guard/stream-guard.ts";

export interface SubscriberOutputOptions {
  /** Messages of QoS 1 and 2 that may be unacknowledged; more wait. */
  readonly maxInflight: number;
  readonly maxQueued: number;
  /** Of topics and payloads that wait. */
  readonly maxQueuedBytes: number;
  /** A message of QoS 0 was dropped. */
  readonly onDropped: () => void;
}

/** With so much unsent, further messages wait here, where they cost less and order does not matter to the socket. */
const busyBytes = 64 * 1024;

/** The broker keeps a message for a session some turns of the event loop before it offers it; never so long. */
const keptBeforeOfferedMs = 1000;

interface Waiting {
  readonly deliver: Deliver;
  /** Of the subscription or the message, whichever is less. */
  readonly qos: number;
  readonly packet: Delivered;
  readonly bytes: number;
}

/** Of the many clients for which nothing waits. */
const none: readonly Waiting[] = [];

/**
 * Sends a subscriber its messages at its own pace: no publisher waits for a subscriber. What the socket does not take
 * waits in a bounded queue; beyond it QoS 0 is dropped, as its name allows, and a client that owes acknowledgements for
 * QoS 1 or 2 is cut. Its session keeps what it may keep.
 */
export class SubscriberOutput {
  readonly #client: Client;
  readonly #guard: StreamGuard;
  readonly #options: SubscriberOutputOptions;
  #waiting: readonly Waiting[] = none;
  #next = 0;
  #waitingBytes = 0;
  /** Handed to aedes and not written yet. */
  #writing: Set<() => void> | undefined;
  #writingBytes = 0;
  /** What the broker counts its messages by: of the last that was taken. */
  #lastTaken = 0;
  /** A retained message that waits until the client takes it; the next one comes after it. */
  #retained: (Waiting & { readonly done: () => void }) | undefined;

  constructor(client: Client, guard: StreamGuard, options: SubscriberOutputOptions) {
    this.#client = client;
    this.#guard = guard;
    this.#options = options;
  }

  /** Stands between the broker and the client from now on. */
  begin(): void {
    const own = internals(this.#client);
    const { deliver0, deliverQoS } = own;
    own.deliver0 = (packet, done) => {
      if (this.#takes(packet, false)) this.#offer(deliver0, 0, packet, done);
      else setImmediate(done);
    };
    own.deliverQoS = (packet, done) => {
      if (this.#takes(packet, true)) this.#offer(packet.qos === 0 ? deliver0 : deliverQoS, packet.qos, packet, done);
      else setImmediate(done);
    };
    const waitForDrain = own.waitForDrain.bind(own);
    own.waitForDrain = (done) => {
      waitForDrain(done);
      // It is written; the publisher does not wait until the client has read it.
      setImmediate(() => {
        for (const release of this.#writing ?? []) release();
      });
    };
    this.#guard.flows.onSettled = () => this.#pump();
    this.#guard.stream.on("drain", () => this.#pump());
  }

  /**
   * The broker offers a message once for each subscription that matches, all of it at once. The client is sent one, as
   * by the subscription with the most QoS [MQTT-3.3.5-1], and none by those that want nothing of its own.
   */
  #takes(packet: Delivered, isAcknowledged: boolean): boolean {
    if (packet.brokerId === null || packet.brokerId === sharedOrigin) return true;
    if (packet.nl === true && packet.clientId === this.#client.id) return false;
    if (packet.brokerCounter === this.#lastTaken) return false;
    if (!isAcknowledged && packet.qos > 0 && grantedFor(this.#client, packet)! > 0) return false;
    if (isAcknowledged && this.#isFromQueue(packet)) return false;
    if (isAcknowledged) raiseNamed(this.#client, packet);
    this.#lastTaken = packet.brokerCounter;
    return true;
  }

  #offer(deliver: Deliver, qos: number, packet: Delivered, done: () => void): void {
    if (packet.brokerId === null && !this.#isBusy(qos)) {
      // Retained messages come one after the other, each when the one before has left.
      deliver(packet, done);
    } else if (packet.brokerId === null) {
      this.#retained = { deliver, qos, packet, bytes: 0, done };
    } else if (this.#next === this.#waiting.length && !this.#isBusy(qos)) {
      this.#send(deliver, packet, done);
    } else {
      this.#wait(deliver, qos, packet);
      setImmediate(done);
    }
  }

  #isBusy(qos: number): boolean {
    const { stream, flows } = this.#guard;
    if (stream.writableLength + this.#writingBytes > busyBytes) return true;
    return qos > 0 && (flows.size + (this.#writing?.size ?? 0) >= this.#most || !this.#isReady);
  }

  /** A client of MQTT 5 says how many messages it takes at a time. */
  get #most(): number {
    const { version, receiveMaximum } = this.#client;
    return version === 5 ? Math.min(this.#options.maxInflight, receiveMaximum) : this.#options.maxInflight;
  }

  /** What waited for a session goes before what comes now, and does not count twice against what the client takes. */
  get #isReady(): boolean {
    return connectionOf(this.#client)?.ready === true;
  }

  /** The session has got what waited for it, of which some may have come while the client was on its way in. */
  ready(): void {
    const left = this.#waiting.slice(this.#next).filter(({ packet }) => !this.#isFromQueue(packet));
    this.#next = 0;
    this.#waiting = left.length === 0 ? none : left;
    this.#waitingBytes = left.reduce((sum, { bytes }) => sum + bytes, 0);
    const connection = connectionOf(this.#client);
    if (connection?.fromQueue !== undefined)
      setTimeout(() => (connection.fromQueue = undefined), keptBeforeOfferedMs).unref();
    this.#pump();
  }

  /** Whether the client is sent the message as one that waited for its session. */
  #isFromQueue({ brokerId, brokerCounter }: Delivered): boolean {
    const fromQueue = connectionOf(this.#client)?.fromQueue;
    return brokerId !== null && brokerId !== sharedOrigin && fromQueue?.has(brokerCounter) === true;
  }

  #send(deliver: Deliver, packet: Delivered, done: () => void): void {
    const bytes = sizeOf(packet);
    const written = (): void => {
      if (this.#writing?.delete(written) !== true) return;
      this.#writingBytes -= bytes;
      done();
      this.#pump();
    };
    this.#writing ??= new Set();
    this.#writing.add(written);
    this.#writingBytes += bytes;
    deliver(packet, written);
  }

  #wait(deliver: Deliver, qos: number, packet: Delivered): void {
    const { maxQueued, maxQueuedBytes, onDropped } = this.#options;
    const bytes = sizeOf(packet);
    if (this.#waiting.length - this.#next >= maxQueued || this.#waitingBytes + bytes > maxQueuedBytes) {
      if (qos === 0) onDropped();
      else this.#guard.cut("slow-subscriber");
      return;
    }
    // A copy: the payload is a piece of all that its publisher sent with it.
    packet.payload = Buffer.from(packet.payload);
    if (this.#waiting === none) this.#waiting = [];
    (this.#waiting as Waiting[]).push({ deliver, qos, packet, bytes });
    this.#waitingBytes += bytes;
  }

  #pump(): void {
    const retained = this.#retained;
    if (retained !== undefined && !this.#isBusy(retained.qos)) {
      this.#retained = undefined;
      retained.deliver(retained.packet, retained.done);
    }
    while (this.#next < this.#waiting.length && !this.#client.closed) {
      const { deliver, qos, packet, bytes } = this.#waiting[this.#next]!;
      if (this.#isBusy(qos)) break;
      this.#next += 1;
      this.#waitingBytes -= bytes;
      if (hasExpired(packet)) continue;
      countDown(packet);
      this.#send(deliver, packet, noop);
    }
    if (this.#next === this.#waiting.length || this.#next > 1000) {
      this.#waiting = this.#next === this.#waiting.length ? none : this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }
}

function hasExpired({ messageExpiry }: Delivered): boolean {
  return messageExpiry !== undefined && messageExpiry <= Date.now();
}

/** What is left of its time after the wait [MQTT-3.3.2-6]. */
function countDown(packet: Delivered): void {
  const { messageExpiry, properties } = packet;
  if (messageExpiry === undefined) return;
  packet.properties = { ...properties, messageExpiryInterval: Math.ceil((messageExpiry - Date.now()) / 1000) };
}

function sizeOf({ topic, payload }: Delivered): number {
  return topic.length + payload.length;
}

function noop(): void {
  // Its publisher was told long ago.
}
