import { turnSlices } from "@headwater/core";
import type { Duplex } from "node:stream";
import { OutgoingFlows } from "./outgoing-flows.ts";
import { PacketGuard } from "./packet-guard.ts";
import { types } from "./packet-types.ts";
import type { ServerBounds } from "./server-bounds.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { GuardLimits, Violation } from "./violations.ts";

export interface StreamGuardOptions {
  readonly limits: GuardLimits;
  readonly rates: RateLimits;
  /** More bytes that wait to be sent cut the connection. */
  readonly maxUnsentBytes: number;
  /** Told once of a connection that is cut, before it is. */
  readonly onViolation: (guard: StreamGuard, violation: Violation) => void;
  /**
   * The client is read more slowly than it sends, and may not be taken as silent for it. Told again at least each
   * second.
   */
  readonly onSlowed: (guard: StreamGuard) => void;
  /** What the client has sent waits until the event loop has time for it: it may not be taken as silent either. */
  readonly onDeferred: (guard: StreamGuard) => void;
  /** There is output that the client does not take as fast as it comes. */
  readonly onCongested: (guard: StreamGuard) => void;
  /** Takes packets past the broker: answers with how many bytes, from the first packet on. */
  readonly takeFirst?: (stream: Duplex, packets: Buffer) => number;
}

/** What one client may send; 0: any amount. */
export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly burstMs: number;
  /** A client that is slowed for so long without a pause is cut. */
  readonly patienceMs: number;
}

/** A client that is told why it is refused may read that for so long. */
const lingerMs = 500;
const longestSleepMs = 1000;
/**
 * A client of MQTT 5 with more messages unacknowledged than CONNACK allows is read no further; it is cut if none is
 * acknowledged for so long. Many a library (mqtt.js among them) does not count, and sends what it has at once: while
 * acknowledgements go out that does no harm, and a cut would only make it send all of it again.
 */
const heldMs = 2000;

/**
 * The guard of one connection, put onto the stream that the broker will read and write: a TCP or TLS socket, or a
 * WebSocket as a stream. The broker takes bytes by `read`; there they are looked at, without a stream of their own in
 * between.
 */
export class StreamGuard {
  readonly stream: Duplex;
  readonly flows = new OutgoingFlows();
  /** Bytes written in all. */
  written = 0;
  readonly #options: StreamGuardOptions;
  readonly #packets: PacketGuard;
  readonly #read: (size?: number) => Buffer | null;
  readonly #messages: TokenBucket | undefined;
  readonly #bytes: TokenBucket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #slowedSince: number | undefined;
  #cut = false;
  /** Reading goes on when there is room for one more unacknowledged message. */
  #held = false;
  /** Reading goes on in a later turn of the event loop. */
  #deferred = false;
  /** It has waited for its turn, and others wait behind it. */
  #isItsTurn = false;

  constructor(stream: Duplex, options: StreamGuardOptions) {
    this.stream = stream;
    this.#options = options;
    this.#packets = new PacketGuard(options.limits, this.flows);
    this.#read = stream.read.bind(stream) as (size?: number) => Buffer | null;
    const { messagesPerSecond, bytesPerSecond, burstMs } = options.rates;
    if (messagesPerSecond > 0 || bytesPerSecond > 0) {
      const now = performance.now();
      this.#messages = new TokenBucket(messagesPerSecond, burstMs, now);
      this.#bytes = new TokenBucket(bytesPerSecond, burstMs, now);
      stream.once("close", () => clearTimeout(this.#timer));
    }
    // Of size 0: the stream itself asks for more to come; the broker always takes all there is.
    stream.read = (size?: number) => (size === 0 ? this.#read(0) : this.#next());
    this.#watchWrites();
  }

  /** Of its CONNECT; undefined before. */
  get clientId(): string | undefined {
    return this.#packets.connect?.clientId;
  }

  /** Its DISCONNECT asks for its last will (MQTT 5). */
  get endsWithWill(): boolean {
    return this.#packets.endsWithWill;
  }

  /** Ends the connection, once. */
  cut(violation: Violation, reply?: Uint8Array): void {
    if (this.#cut) return;
    this.#cut = true;
    clearTimeout(this.#timer);
    const { stream } = this;
    this.#options.onViolation(this, violation);
    if (reply === undefined) {
      stream.destroy();
      return;
    }
    // What still comes is read and thrown away: bytes that nobody has read would make the system reset the connection,
    // and the reply with it.
    stream.end(reply);
    stream.once("end", () => stream.destroy());
    setTimeout(() => stream.destroy(), lingerMs).unref();
  }

  #next(): Buffer | null {
    if (this.#cut) {
      this.#read();
      return null;
    }
    if (this.#held || this.#deferred) return null;
    // Where thousands of clients send at once, what they have sent is not read in one go.
    if (!this.#isItsTurn && !turnSlices.hasTime) {
      this.#defer();
      return null;
    }
    const whole = this.#messages === undefined ? this.#take(Infinity, Infinity) : this.#takeSlowly();
    const { takeFirst } = this.#options;
    if (whole === null || takeFirst === undefined) return whole;
    const taken = takeFirst(this.stream, whole);
    return taken === 0 ? whole : taken === whole.length ? null : whole.subarray(taken);
  }

  #take(messages: number, bytes: number): Buffer | null {
    const packets = this.#packets;
    const chunk = this.#read();
    if (chunk === null) return null;
    const whole = packets.take(chunk, messages, bytes);
    // Back to where it came from: the end of the stream waits for it.
    if (packets.rest !== undefined) this.stream.unshift(packets.rest);
    if (packets.heldBy !== undefined) this.#hold(packets.heldBy);
    if (packets.waitsForAnswer) this.#holdForAnswer();
    if (packets.violation !== undefined) {
      const { violation, reply } = packets;
      if (whole === null) this.cut(violation, reply);
      else turnSlices.later(() => this.cut(violation, reply));
    }
    return whole;
  }

  #defer(): void {
    this.#deferred = true;
    this.#options.onDeferred(this);
    turnSlices.later(() => {
      this.#deferred = false;
      this.#isItsTurn = true;
      this.stream.emit("readable");
      this.#isItsTurn = false;
    });
  }

  #hold(bounds: ServerBounds): void {
    this.#held = true;
    const timer = setTimeout(() => {
      if (this.stream.destroyed) return;
      this.cut("receive-maximum", this.#packets.replyTo("receive-maximum", types.publish));
    }, heldMs);
    timer.unref();
    bounds.whenRoom(() => {
      clearTimeout(timer);
      // The others that are acknowledged with it make room as well.
      process.nextTick(() => this.#letGo());
    });
  }

  /** A disk that stands still holds up no client that has more to say than what changes its subscriptions. */
  #holdForAnswer(): void {
    this.#held = true;
    const { flows } = this;
    const timer = setTimeout(() => flows.answered(), heldMs);
    timer.unref();
    flows.onAnswered = () => {
      clearTimeout(timer);
      process.nextTick(() => this.#letGo());
    };
  }

  #letGo(): void {
    this.#held = false;
    this.stream.emit("readable");
  }

  /**
   * Hands on no more than there are tokens for; the rest waits here, and behind it in the socket, so that the client is
   * slowed by TCP.
   */
  #takeSlowly(): Buffer | null {
    const [messages, bytes] = [this.#messages!, this.#bytes!];
    const now = performance.now();
    const sleep = Math.max(messages.wait(now), bytes.wait(now));
    if (sleep > 0) {
      this.#sleep(sleep, now);
      return null;
    }
    const before = this.#packets.publishes;
    const whole = this.#take(Math.floor(messages.available(now)), bytes.available(now));
    // Nothing waited: the client is within its bounds again.
    if (whole === null && this.#packets.rest === undefined) this.#slowedSince = undefined;
    messages.spend(this.#packets.publishes - before);
    bytes.spend(whole?.length ?? 0);
    return whole;
  }

  #sleep(ms: number, now: number): void {
    if (this.#timer !== undefined) return;
    this.#slowedSince ??= now;
    if (now - this.#slowedSince > this.#options.rates.patienceMs) {
      this.cut("rate-exceeded", this.#packets.replyTo("rate-exceeded", types.publish));
      return;
    }
    this.#options.onSlowed(this);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.stream.emit("readable");
      },
      Math.min(ms, longestSleepMs),
    );
  }

  #watchWrites(): void {
    const { stream, flows } = this;
    const { maxUnsentBytes, onCongested } = this.#options;
    const write = stream.write.bind(stream) as (chunk: Uint8Array | string, ...rest: unknown[]) => boolean;
    const watched = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
      // The reply was the last word; the broker learns of it when the stream closes.
      if (this.#cut) return forget(rest);
      flows.sent(chunk);
      this.written += chunk.length;
      const goesOn = write(chunk, ...rest);
      if (!goesOn) {
        if (stream.writableLength > maxUnsentBytes) process.nextTick(() => this.cut("unread-output"));
        else onCongested(this);
      }
      return goesOn;
    };
    stream.write = watched as typeof stream.write;
  }
}

/** Of a write that comes too late; whoever waits for it goes on. */
function forget(rest: readonly unknown[]): boolean {
  const done = rest.at(-1);
  if (typeof done === "function") process.nextTick(done);
  return true;
}
