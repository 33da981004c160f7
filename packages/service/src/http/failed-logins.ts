import { addressGroup, plainAddress, RequestError, sleep } from "@headwater/core";

/** Failures of an address that cost nothing; each further one doubles the wait. */
const free = 10;
const firstWaitMs = 100;
const longestWaitMs = 2000;
/** After so long without a failure an address begins anew. */
const forgetMs = 60_000;
/** Answers that are held back at a time, and addresses that are known. */
const maxWaiting = 200;
const maxAddresses = 10_000;

/**
 * Slows down those who try tokens: answers to failures wait longer and longer, per address. A token that is known is
 * never held back, so nobody is locked out by a neighbour behind the same proxy.
 */
export class FailedLogins {
  readonly #failures = new Map<string, { count: number; at: number }>();
  #waiting = 0;

  /** Resolves when a failure may be answered. Throws RequestError (429) if too many wait already. */
  async failed(address: string): Promise<void> {
    const group = addressGroup(plainAddress(address));
    const now = performance.now();
    const known = this.#failures.get(group);
    const count = known === undefined || now - known.at > forgetMs ? 1 : known.count + 1;
    // Written anew, so that the map is in the order of the last failures.
    this.#failures.delete(group);
    this.#failures.set(group, { count, at: now });
    if (this.#failures.size > maxAddresses) this.#failures.delete(this.#failures.keys().next().value!);
    if (count <= free) return;
    if (this.#waiting >= maxWaiting) {
      throw new RequestError(429, "too-many-failures", "Too many tokens that are not known came at once; wait a while");
    }
    this.#waiting += 1;
    try {
      await sleep(Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(10, count - free - 1)));
    } finally {
      this.#waiting -= 1;
    }
  }
}
