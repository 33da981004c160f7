import type { Logger } from "@headwater/core";

/**
 * Units of what is refused; the reasons of each add up to how many there were. "record": of the gateway itself,
 * "request": a device's question for the time.
 */
export type RefusedUnit = "connection" | "login" | "message" | "subscription" | "request" | "record";

/** Whose it was, as far as that is known; `client` is the identifier of CONNECT. */
export interface Refused {
  readonly device?: string | undefined;
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  /** Further facts for the log. */
  readonly [fact: string]: unknown;
}

interface Counter {
  labels(labels: { unit: string; reason: string }): { inc(): void };
}

/** One refusal of a kind is logged for each device, client or address in this time. */
const quietMs = 60_000;
/** Of those that are refused at the same time. */
const maxTold = 1000;

/**
 * Counts what the gateway did not take, and says in the log what and why: once a minute for each device (or client or
 * address) and reason, with how many more there were.
 */
export class RefusalLog {
  readonly #counter: Counter;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #told = new Map<string, { at: number; untold: number }>();

  constructor(counter: Counter, logger: Logger, now: () => number = () => performance.now()) {
    this.#counter = counter;
    this.#logger = logger;
    this.#now = now;
  }

  /** `reason` is one of a fixed few. */
  add(unit: RefusedUnit, reason: string, who: Refused, text: string): void {
    this.#counter.labels({ unit, reason }).inc();
    this.tell(unit, reason, who, text);
  }

  /** Of what is counted elsewhere. */
  tell(unit: RefusedUnit, reason: string, who: Refused, text: string): void {
    const key = `${unit} ${reason} ${who.device ?? who.client ?? who.address ?? ""}`;
    const now = this.#now();
    const last = this.#told.get(key);
    if (last !== undefined && now - last.at < quietMs) {
      last.untold += 1;
      return;
    }
    this.#told.delete(key);
    if (this.#told.size >= maxTold) this.#makeRoom(now);
    this.#told.set(key, { at: now, untold: 0 });
    const more = last?.untold ?? 0;
    this.#logger.warn({ ...who, reason, ...(more > 0 && { more }) }, text);
  }

  /** Those told longest ago come first, and go. */
  #makeRoom(now: number): void {
    for (const [key, { at }] of this.#told) {
      if (now - at < quietMs && this.#told.size < maxTold) return;
      this.#told.delete(key);
    }
  }
}
