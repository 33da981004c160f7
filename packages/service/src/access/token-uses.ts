import type { AccessInput } from "@headwater/aggregates";
import { type Logger, nowMicros } from "@headwater/core";

/** A use is told again after so long. */
const everyMicros = 600_000_000;
const minuteMicros = 60_000_000;
const maxRemembered = 10_000;

export interface TokenUsesOptions {
  /** The revision of a record of access.v1, as it is known here. */
  readonly revisionOf: (id: string) => number | undefined;
  /** undefined: this process may not write access.v1, and tells nobody. */
  readonly append: ((event: AccessInput) => Promise<unknown>) | undefined;
  readonly logger: Logger;
}

/**
 * When tokens were last used, in records of their own beside the tokens. The revision of such a record is the minute of
 * the use, so that the latest one counts, whichever process tells it and in whatever order.
 */
export class TokenUses {
  readonly #options: TokenUsesOptions;
  readonly #told = new Map<string, number>();

  constructor(options: TokenUsesOptions) {
    this.#options = options;
  }

  /** Costs nothing but a look most of the time; what is told goes its way without being waited for. */
  note(name: string): void {
    const { append, logger } = this.#options;
    const now = nowMicros();
    const told = this.#told.get(name) ?? 0;
    // A clock that was set back does not silence it.
    if (append === undefined || Math.abs(now - told) < everyMicros) return;
    this.#told.delete(name);
    this.#told.set(name, now);
    if (this.#told.size > maxRemembered) this.#told.delete(this.#told.keys().next().value!);
    const event = { id: idOf(name), kind: "token-use", name, revision: Math.floor(now / minuteMicros), createdAt: now };
    append(event).catch((error: unknown) => {
      logger.debug({ err: error, token: name }, "the use of a token could not be told");
      this.#told.delete(name);
    });
  }

  /** µs, to the minute; undefined: not since `createdAt`, as far as is known here. */
  last(name: string, createdAt: number): number | undefined {
    const revision = this.#options.revisionOf(idOf(name)) ?? 0;
    const at = Math.max(createdAt, revision * minuteMicros);
    return (revision + 1) * minuteMicros > createdAt ? at : undefined;
  }
}

function idOf(name: string): string {
  return `token-use/${name}`;
}
