import { checkTopicName } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

const nothing = new Uint8Array(0);

/**
 * Checks the PUBLISH packets of one connection (3.1.1, section 3.3). Its last topic is remembered: the usual device has
 * one.
 */
export class PublishCheck {
  readonly #limits: GuardLimits;
  #last: Uint8Array = nothing;
  #lastLength = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  /** @param from where the topic's length begins */
  check(bytes: Uint8Array, first: number, from: number, to: number): Violation | undefined {
    const qos = (first >> 1) & 3;
    if (qos === 3) return "qos-3";
    if (qos === 0 && (first & 8) !== 0) return "dup-qos-0";
    const topic = from + 2;
    if (topic > to) return "truncated-packet";
    const end = topic + ((bytes[from]! << 8) | bytes[from + 1]!);
    if (qos === 0) {
      if (end > to) return "truncated-packet";
    } else {
      if (end + 2 > to) return "truncated-packet";
      if (bytes[end] === 0 && bytes[end + 1] === 0) return "packet-id-zero";
    }
    return this.topic(bytes, topic, end);
  }

  topic(bytes: Uint8Array, from: number, to: number): Violation | undefined {
    return this.#isLast(bytes, from, to) ? undefined : this.#checkTopic(bytes, from, to);
  }

  #isLast(bytes: Uint8Array, from: number, to: number): boolean {
    const last = this.#last;
    const length = this.#lastLength;
    if (to - from !== length || length === 0) return false;
    for (let i = 0; i < length; i += 1) if (bytes[from + i] !== last[i]) return false;
    return true;
  }

  #checkTopic(bytes: Uint8Array, from: number, to: number): Violation | undefined {
    const wrong = checkTopicName(bytes, from, to, this.#limits);
    if (wrong !== undefined) return wrong;
    // A copy: the bytes around it are a whole chunk of the connection.
    const length = to - from;
    if (this.#last.length < length) this.#last = new Uint8Array(Math.max(32, 2 * length));
    for (let i = 0; i < length; i += 1) this.#last[i] = bytes[from + i]!;
    this.#lastLength = length;
    return undefined;
  }
}
