import { randomToken } from "@headwater/core";

const validMs = 3_600_000;
/** More are waiting only if somebody makes them in a loop; the oldest is forgotten then. */
const maxCodes = 100;

/** Codes in links that sign the administrator in, each once and within an hour; a restart forgets them. */
export class SignInCodes {
  readonly #codes = new Map<string, number>();

  make(): string {
    const code = randomToken();
    this.#codes.set(code, performance.now() + validMs);
    if (this.#codes.size > maxCodes) this.#codes.delete(this.#codes.keys().next().value!);
    return code;
  }

  /** Whether it is one; it is none any more after that. */
  use(code: string): boolean {
    const until = this.#codes.get(code);
    this.#codes.delete(code);
    return until !== undefined && performance.now() < until;
  }
}
