import { createHash } from "node:crypto";
import type { SessionKey } from "./recent-publishes.ts";

/** So many are known; a repetition follows soon, so the newest are enough. */
const kept = 100_000;

/** Names a request that may be sent again: the first 80 bits of the SHA-256 of its sender and its Idempotency-Key. */
export interface RequestKey extends SessionKey {
  readonly tail: number;
}

export function requestKey(sender: string, idempotencyKey: string): RequestKey {
  const digest = createHash("sha256").update(sender).update("\u0000").update(idempotencyKey).digest();
  return { low: digest.readInt32LE(0), high: digest.readInt32LE(4), tail: digest.readUInt16LE(8) };
}

/** The requests that were taken last, each with a hash of what it said. */
export class RecentRequests {
  readonly #hashes = new Map<string, number>();

  /** What the request of this key said; undefined: there was none. */
  hashOf(key: RequestKey): number | undefined {
    return this.#hashes.get(nameOf(key));
  }

  add(key: RequestKey, hash: number): void {
    const name = nameOf(key);
    this.#hashes.delete(name);
    this.#hashes.set(name, hash);
    if (this.#hashes.size <= kept) return;
    for (const oldest of this.#hashes.keys()) {
      this.#hashes.delete(oldest);
      break;
    }
  }
}

function nameOf({ low, high, tail }: RequestKey): string {
  return `${low} ${high} ${tail}`;
}
