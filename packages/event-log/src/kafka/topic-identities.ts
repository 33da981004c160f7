import type { Logger } from "@headwater/core";
import { brokerError } from "./kafka-errors.ts";

/** A topic that was made a moment ago is not known to every broker yet. */
const AWAY_AFTER_MS = 2000;
const QUIET_MS = 60_000;

/** Which topics are away, and whether one that is there is still the one it was: a topic has an id for its life. */
export class TopicIdentities {
  readonly #logger: Logger;
  readonly #ids = new Map<string, string>();
  /** Since when brokers say that they know no such topic, in milliseconds of the monotonic clock. */
  readonly #away = new Map<string, number>();
  readonly #told = new Map<string, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Undefined for a topic that is not known, or whose broker tells no ids. */
  idOf(topic: string): string | undefined {
    return this.#ids.get(topic);
  }

  /** What a broker says of a topic. */
  learn(topic: string, errorCode: number, id: string | undefined): void {
    const now = performance.now();
    const known = this.#ids.get(topic);
    const isGone =
      errorCode !== 0 && ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID"].includes(brokerError(errorCode).type);
    if (isGone && known !== undefined) {
      if (!this.#away.has(topic)) this.#away.set(topic, now);
      if (this.#isAway(topic, now) && now - (this.#told.get(topic) ?? Number.NEGATIVE_INFINITY) > QUIET_MS) {
        this.#told.set(topic, now);
        this.#logger.error({ topic }, "the topic is no longer in Kafka: nothing is read from it or written to it");
      }
    }
    if (errorCode !== 0 || id === undefined) return;
    this.#away.delete(topic);
    this.#told.delete(topic);
    this.#ids.set(topic, id);
    if (known === undefined || known === id) return;
    this.#logger.error({ topic, id, was: known }, "the topic was deleted and made anew: what it held is gone");
  }

  /** As sentences for health. */
  warnings(): string[] {
    const now = performance.now();
    return [...this.#away.keys()]
      .filter((topic) => this.#isAway(topic, now))
      .map((topic) => `topic ${topic} is no longer in Kafka`);
  }

  #isAway(topic: string, now: number): boolean {
    return now - (this.#away.get(topic) ?? now) >= AWAY_AFTER_MS;
  }
}
