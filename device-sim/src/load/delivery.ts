import type { Profile } from "../fleet/profile.ts";
import type { Readings } from "../payloads/payload.ts";
import type { Random } from "../signals/random.ts";
import type { LoadContext } from "./load-context.ts";

export interface Message {
  /** Milliseconds since the epoch, by the device's clock. */
  readonly time: number;
  /** When it is to be sent, on the clock of the schedule. */
  readonly due: number;
  /** Whose it is, of those that share a connection. */
  readonly by: number;
  readonly readings: Readings;
  /** Its number, if it was sent before. */
  readonly seq?: number;
}

/** When a device sends what it has measured: late, out of order, or kept for some time and then all at once. */
export class Delivery {
  readonly #spec: Profile["delivery"];
  readonly #random: Random;
  readonly #context: LoadContext;
  readonly #send: (message: Message) => void;
  readonly #keepFrom: number;
  #kept: Message[] = [];
  #overtaken: Message | undefined;

  constructor(spec: Profile["delivery"], random: Random, context: LoadContext, send: (message: Message) => void) {
    this.#spec = spec;
    this.#random = random;
    this.#context = context;
    this.#send = send;
    this.#keepFrom = random.next() * (spec.keep?.every ?? 0);
  }

  /** Messages that it holds back; those that are late on purpose are the schedule's. */
  get held(): number {
    return this.#kept.length + (this.#overtaken === undefined ? 0 : 1);
  }

  /** `elapsed`: milliseconds since the fleet began. */
  take(message: Message, elapsed: number): void {
    const { keep } = this.#spec;
    if (keep !== undefined && (elapsed + this.#keepFrom) % keep.every < keep.for) {
      this.#kept.push(message);
      return;
    }
    if (this.#kept.length > 0) this.#forward(message.due);
    this.#deliver(message);
  }

  /** Nothing comes any more. */
  end(): void {
    this.#forward(this.#context.now());
    if (this.#overtaken !== undefined) this.#send(this.#overtaken);
    this.#overtaken = undefined;
  }

  #forward(now: number): void {
    const kept = this.#kept;
    this.#kept = [];
    if (this.#spec.keep?.isNewestFirst === true) kept.reverse();
    for (const message of kept) this.#deliver({ ...message, due: now });
  }

  #deliver(message: Message): void {
    const { late, lateBy, disorder } = this.#spec;
    if (this.#random.isIn(late)) {
      this.#context.counts.late += 1;
      const due = message.due + this.#random.within(lateBy);
      this.#context.at(due, () => this.#send({ ...message, due }));
      return;
    }
    if (this.#overtaken === undefined && this.#random.isIn(disorder)) {
      this.#overtaken = message;
      return;
    }
    this.#send(message);
    if (this.#overtaken === undefined) return;
    this.#send({ ...this.#overtaken, due: message.due });
    this.#overtaken = undefined;
  }
}
