import { RequestError, UnknownOutcomeError } from "@headwater/core";
import type { DecodedMessage, Decoder } from "@headwater/decode";
import { crc32 } from "node:zlib";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import { IncomingMessage } from "../pipeline/commit/incoming-message.ts";
import type { MessageProcessor } from "../pipeline/commit/message-processor.ts";
import type { MessageTarget } from "../pipeline/commit/message-target.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { RecentJournal } from "../pipeline/redelivery/recent-journal.ts";
import type { RequestKey } from "../pipeline/redelivery/recent-requests.ts";

export interface TelemetryIntakeOptions {
  readonly processor: MessageProcessor;
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly recent: RecentJournal;
}

export interface HttpMessage {
  readonly target: MessageTarget;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** undefined: it will not be known if it is sent again. */
  readonly key: RequestKey | undefined;
}

/** What became of a message that is durable. */
export interface Taken {
  /** How many readings became an event; undefined: it was sent before, and taken then. */
  readonly readings: number | undefined;
  /** Why it, or a part of it, was set aside. */
  readonly quarantined?: string;
}

/** So long a message waits for room before its sender is told to come again (milliseconds). */
const roomWithinMs = 2000;
/** Nobody waits longer for a message to become durable. */
const durableWithinMs = 20_000;
const comeAgainMs = 5000;

/**
 * Takes the messages of HTTP into the same group commits as those of MQTT. What MQTT holds back while there is no room
 * is answered 503 here, after a moment.
 */
export class TelemetryIntake {
  readonly #options: TelemetryIntakeOptions;
  /** Filled anew for each message. */
  readonly #message = new IncomingMessage();
  /** Waiting for room, the first of them first. */
  readonly #waiting = new Set<() => void>();
  #registered = false;
  #closed = false;

  constructor(options: TelemetryIntakeOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the message is durable. Rejects with RequestError (409) for the key of another message, and (503)
   * without room; with UnknownOutcomeError if it does not become durable.
   */
  async take(message: HttpMessage): Promise<Taken> {
    if (this.#closed) throw closing();
    // It would be dropped, and its sender still has it.
    if (this.#options.commit.dropsNewest) throw noRoom();
    // Whoever waits for room was here before.
    const isFirst = this.#waiting.size === 0 && this.#options.recordWriter.accepting;
    return isFirst ? this.#durable(message) : this.#whenRoom(message);
  }

  /** Takes nothing more; what was taken becomes durable all the same. */
  close(): void {
    this.#closed = true;
    for (const begin of this.#waiting) begin();
  }

  #whenRoom(message: HttpMessage): Promise<Taken> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(begin);
        if (this.#closed) reject(closing());
        else resolve(this.#durable(message));
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(noRoom());
      }, roomWithinMs).unref();
      this.#waiting.add(begin);
      this.#register();
    });
  }

  /** One place in the line of all messages, whatever number waits here: those that go away leave nothing behind. */
  #register(): void {
    if (this.#registered || this.#waiting.size === 0) return;
    this.#registered = true;
    this.#options.recordWriter.whenAccepting(() => {
      this.#registered = false;
      for (const begin of this.#waiting) {
        begin();
        break;
      }
      this.#register();
    });
  }

  #durable(message: HttpMessage): Promise<Taken> {
    return new Promise((resolve, reject) => {
      let taken: Taken | undefined;
      const timer = setTimeout(() => {
        const text = "It is not known yet whether the message was kept; send it again under the same Idempotency-Key";
        reject(new UnknownOutcomeError(text, { retryAfterMs: comeAgainMs }));
      }, durableWithinMs).unref();
      const callback = (error?: Error | null): void => {
        clearTimeout(timer);
        if (error != null) reject(error);
        else resolve(taken!);
      };
      try {
        taken = this.#process(message, callback);
      } catch (error) {
        clearTimeout(timer);
        reject(error);
      }
    });
  }

  #process({ target, topic, payload, key }: HttpMessage, callback: (error?: Error | null) => void): Taken {
    const { processor, commit, recent } = this.#options;
    const message = this.#message;
    message.topic = topic;
    message.payload = payload;
    message.callback = callback;
    // It waits for its commit as QoS 1 does; whether it was sent before is known by its key, and by nothing of MQTT.
    message.packetId = 0;
    const hash = key === undefined ? 0 : crc32(payload, target.topicHash);
    const before = key === undefined ? undefined : recent.requests.hashOf(key);
    if (before !== undefined) {
      if (before !== hash) {
        const text = "That Idempotency-Key came with another message; use a new one for each";
        throw new RequestError(409, "idempotency-key-reused", text);
      }
      commit.afterCommit(message);
      return { readings: undefined };
    }
    const watched = target.kind === "telemetry" ? watch(target.decoder) : undefined;
    const n = processor.process(watched === undefined ? target : { ...target, ...watched }, message);
    const partition = target.kind === "telemetry" ? target.lane.partition : 0;
    if (key !== undefined) recent.noteRequest(key, hash, partition, n);
    return takenOf(target, watched?.seen, n);
  }
}

interface Seen {
  decoded?: DecodedMessage;
  wrong?: string;
}

/** The decoder, and what it made of the message. */
function watch(decoder: Decoder): { readonly decoder: Decoder; readonly seen: Seen } {
  const seen: Seen = {};
  return {
    seen,
    decoder(payload, limits) {
      try {
        seen.decoded = decoder(payload, limits);
      } catch (error) {
        seen.wrong = (error as Error).message;
        throw error;
      }
      return seen.decoded;
    },
  };
}

function takenOf(target: MessageTarget, seen: Seen | undefined, n: number): Taken {
  if (target.kind === "unrouted") return { readings: 0, quarantined: target.reason };
  const samples = seen?.decoded?.samples ?? [];
  const readings = n === 0 ? 0 : samples.reduce((sum, { readings: { length } }) => sum + length, 0);
  const quarantined = seen?.wrong ?? seen?.decoded?.effects?.quarantine ?? whyNoEvent(seen?.decoded, n);
  return { readings, ...(quarantined !== undefined && { quarantined }) };
}

/** The processor sets aside what has no readings and no other meaning, and what is too large. */
function whyNoEvent(decoded: DecodedMessage | undefined, n: number): string | undefined {
  if (n > 0 || decoded === undefined) return undefined;
  if (decoded.samples.length > 0) return "The message is too large to be one event";
  return decoded.effects === undefined ? "The message has no readings" : undefined;
}

function noRoom(): RequestError {
  const text = "There is no room for it until what was taken before has gone on; send it again later";
  return new RequestError(503, "no-room", text, { retryAfterMs: comeAgainMs });
}

function closing(): RequestError {
  return new RequestError(503, "closing", "This gateway is about to stop; send it again shortly");
}
