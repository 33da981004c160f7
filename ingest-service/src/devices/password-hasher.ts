import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { formatPasswordHash, passwordCosts, scryptMemory } from "@headwater/aggregates";
import { RequestError, Semaphore } from "@headwater/core";

const derive = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);
const maxWaiting = 15;

/** Hashes chosen passwords one at a time and off the main thread: each takes a third of a second and 32 MiB. */
export class PasswordHasher {
  readonly #semaphore = new Semaphore(1, maxWaiting);

  /** The hash as a PHC string. Throws RequestError (503, `too-many-waiting`) if too many wait. */
  async hash(password: string): Promise<string> {
    const hash = await this.#semaphore.run(() => hashNow(password));
    if (hash !== undefined) return hash;
    throw new RequestError(503, "too-many-waiting", "Too many passwords are being hashed; try again in a few seconds", {
      retryAfterMs: 5000,
    });
  }
}

async function hashNow(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { ln, r, p } = passwordCosts;
  const hash = await derive(password, salt, 32, { N: 2 ** ln, r, p, maxmem: 2 * scryptMemory(passwordCosts) });
  return formatPasswordHash({ ln, r, p, salt, hash });
}
