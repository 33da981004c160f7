import { parsePasswordHash } from "@headwater/aggregates";
import { sleep } from "@headwater/core";
import { createHmac, randomBytes } from "node:crypto";
import type { StoredCredential } from "../../registry/registry-tables.ts";
import { Attempts } from "./attempts.ts";
import type { ScryptQueue } from "./scrypt-queue.ts";

export type PasswordVerdict = StoredCredential | "wrong" | "busy";

/** Passwords that were right, so that a device that comes again costs no second comparison. */
const maxKnown = 50_000;

/**
 * Chosen passwords. A comparison is meant to be slow, so there is a bound on how many wait, on how many a name and an
 * address may fail, and none for what was right before. Where there is nothing to compare it takes as long as if there
 * were.
 */
export class PasswordLogin {
  readonly #queue: ScryptQueue;
  /** The digest of a right password says nothing without this key, which is in this object alone. */
  readonly #key = randomBytes(32);
  readonly #right = new Map<string, string>();
  readonly #byNameAndAddress = new Attempts({ burst: 10, perSecond: 0.2 });
  readonly #byName = new Attempts({ burst: 50, perSecond: 1 });
  readonly #byAddress = new Attempts({ burst: 100, perSecond: 2 });

  constructor(queue: ScryptQueue) {
    this.#queue = queue;
  }

  /** Which of the credentials the password is of. "busy": it was not compared, and may be right. */
  async verify(
    name: string,
    credentials: readonly StoredCredential[],
    password: Uint8Array,
    address: string,
  ): Promise<PasswordVerdict> {
    const digest = this.#digest(name, password);
    const known = this.#right.get(digest);
    const before = credentials.find(({ hash }) => hash === known);
    if (before !== undefined) return before;
    return this.#limited(name, address, async () => {
      for (const credential of credentials) {
        const hash = parsePasswordHash(Buffer.from(credential.hash, "base64").toString("latin1"));
        if (hash === undefined) continue;
        // A second one is there only while passwords change.
        const matches = await this.#queue.compare(password, hash);
        if (matches === undefined) return "busy";
        if (!matches) continue;
        this.#keep(digest, credential.hash);
        return credential;
      }
      return "wrong";
    });
  }

  /** For a name without a password: the same limits and, on average, the same time, without the work. */
  pretend(name: string, address: string): Promise<PasswordVerdict> {
    return this.#limited(name, address, async () => {
      if (this.#queue.isFull) return "busy";
      await sleep(this.#queue.expectedMs);
      return "wrong";
    });
  }

  async #limited(name: string, address: string, work: () => Promise<PasswordVerdict>): Promise<PasswordVerdict> {
    const limits = [
      [this.#byNameAndAddress, `${name}\n${address}`],
      [this.#byName, name],
      [this.#byAddress, address],
    ] as const;
    if (limits.some(([attempts, key]) => !attempts.mayTry(key))) return "busy";
    for (const [attempts, key] of limits) attempts.take(key);
    const verdict = await work();
    if (verdict !== "wrong") for (const [attempts, key] of limits) attempts.giveBack(key);
    return verdict;
  }

  #digest(name: string, password: Uint8Array): string {
    return createHmac("sha256", this.#key).update(`${name}\n`).update(password).digest("base64");
  }

  #keep(digest: string, hash: string): void {
    this.#right.delete(digest);
    this.#right.set(digest, hash);
    if (this.#right.size <= maxKnown) return;
    for (const oldest of this.#right.keys()) {
      this.#right.delete(oldest);
      break;
    }
  }
}
