import { RequestError } from "@headwater/core";
import { TokenBucket } from "../mqtt/guard/token-bucket.ts";

export interface RequestLimitsOptions {
  /** Of one sender; 0: any number. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly burstMs: number;
}

/** Bytes of bodies that are being read, or wait for room, at a time. */
const maxBytes = 32 * 1024 * 1024;
/** Of one sender. */
const maxBytesOfSender = maxBytes / 4;
const maxRequestsOfSender = 100;
/** Senders whose rates are remembered while they send nothing. */
const maxSenders = 20_000;

interface Sender {
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
  requests: number;
  held: number;
}

/** How much senders may ask for at a time and in a time. A sender is a device, or an address where anybody may send. */
export class RequestLimits {
  readonly #options: RequestLimitsOptions;
  readonly #hasRates: boolean;
  readonly #senders = new Map<string, Sender>();
  #held = 0;

  constructor(options: RequestLimitsOptions) {
    this.#options = options;
    this.#hasRates = options.messagesPerSecond > 0 || options.bytesPerSecond > 0;
  }

  /**
   * Takes a place for a request with a body of at most so many bytes, before that is read; the answer gives it back, by
   * being called once. Throws RequestError: 429 for the sender, 503 for all.
   */
  enter(name: string, bytes: number): () => void {
    const sender = this.#of(name);
    const now = performance.now();
    const waitMs = Math.max(sender.messages.wait(now), sender.bytes.wait(now));
    if (waitMs > 0) {
      const text = "It sends more than it may by its rate (HEADWATER_MQTT_MAX_MESSAGE_RATE, …_MAX_BYTE_RATE)";
      throw new RequestError(429, "too-many-messages", `${text}; wait for Retry-After`, { retryAfterMs: waitMs });
    }
    if (sender.requests >= maxRequestsOfSender || (sender.held > 0 && sender.held + bytes > maxBytesOfSender)) {
      const text = `${sender.requests} requests of this sender are under way already; wait for their answers`;
      throw new RequestError(429, "too-many-messages", text, { retryAfterMs: 1000 });
    }
    if (this.#held > 0 && this.#held + bytes > maxBytes) {
      const text = "Bodies of other requests take all of the memory that there is for them; try again shortly";
      throw new RequestError(503, "too-many-waiting", text, { retryAfterMs: 1000 });
    }
    sender.requests += 1;
    sender.held += bytes;
    this.#held += bytes;
    return () => {
      sender.requests -= 1;
      sender.held -= bytes;
      this.#held -= bytes;
      if (!this.#hasRates && sender.requests === 0) this.#senders.delete(name);
    };
  }

  /** A message of so many bytes came. */
  spend(name: string, bytes: number): void {
    const sender = this.#senders.get(name);
    sender?.messages.spend(1);
    sender?.bytes.spend(bytes);
  }

  #of(name: string): Sender {
    const known = this.#senders.get(name);
    if (known !== undefined) return known;
    if (this.#senders.size >= maxSenders) this.#forgetOne();
    const { messagesPerSecond, bytesPerSecond, burstMs } = this.#options;
    const now = performance.now();
    const sender = {
      messages: new TokenBucket(messagesPerSecond, burstMs, now),
      bytes: new TokenBucket(bytesPerSecond, burstMs, now),
      requests: 0,
      held: 0,
    };
    this.#senders.set(name, sender);
    return sender;
  }

  /** The one that came first, of those without a request. */
  #forgetOne(): void {
    for (const [name, { requests }] of this.#senders) {
      if (requests > 0) continue;
      this.#senders.delete(name);
      break;
    }
  }
}
