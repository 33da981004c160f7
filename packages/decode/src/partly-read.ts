import { DecodeError } from "@headwater/core";
import type { DecodedMessage, MessageEffects } from "./decoder.ts";

/** Reasons that are named, of all that there are. */
const maxReasons = 3;

/** The message has more than a limit allows: it is refused whole, for its readings could not all be kept. */
export class TooManyReadings extends DecodeError {
  constructor(limit: number) {
    super(`The message has more than ${limit} readings`);
  }
}

/** So many parts cannot be read that the message is refused whole. */
class TooManyRefused extends DecodeError {
  constructor(limit: number, first: string) {
    super(`More than ${limit} parts of the message cannot be read: ${first}; and so on`);
  }
}

/** Parts of a message that cannot be read while others can. */
export class RefusedParts {
  readonly #limit: number;
  #count = 0;
  readonly #reasons: string[] = [];

  /** @param limit of parts: with more the message is refused whole, since each takes its time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Notes what a part was refused for. Rethrows what is no fault of the part alone. */
  add(what: string, error: unknown): void {
    if (!(error instanceof DecodeError) || error instanceof TooManyReadings) throw error;
    this.#count += 1;
    if (this.#count > this.#limit) throw new TooManyRefused(this.#limit, this.#reasons[0] ?? error.message);
    if (this.#reasons.length < maxReasons)
      this.#reasons.push(what === "" ? error.message : `${what}: ${error.message}`);
  }

  get reason(): string {
    const more = this.#count > this.#reasons.length ? `; and ${this.#count - this.#reasons.length} more` : "";
    return (this.#reasons.join("; ") + more).slice(0, 1000).toWellFormed();
  }
}

/** Metrics were there and none of them had a value: nothing to keep, and nothing to repair. */
export const nothingMeasured: MessageEffects = { ignored: "no-values" };

/** The message with its refused parts set aside; throws DecodeError if there is nothing else. */
export function withRefused(
  message: DecodedMessage,
  refused: RefusedParts,
  bytes: Uint8Array | undefined,
): DecodedMessage {
  if (refused.isEmpty) return message;
  if (message.samples.length === 0 && message.effects === undefined) throw new DecodeError(refused.reason);
  const reason = `A part of the message cannot be read, the rest is stored: ${refused.reason}`;
  return {
    ...message,
    effects: {
      ...message.effects,
      quarantine: message.effects?.quarantine === undefined ? reason : `${message.effects.quarantine}; ${reason}`,
      ...(bytes === undefined ? {} : { quarantined: bytes }),
    },
  };
}
