import { DecodeError } from "@headwater/core";

/** Something in a message that is there and cannot be read. Whoever needs it refuses the part that it stands in. */
export class Unreadable {
  readonly reason: string;
  /** As it was parsed. */
  readonly value: unknown;

  constructor(reason: string, value?: unknown) {
    this.reason = reason;
    this.value = value;
  }

  get error(): DecodeError {
    return new DecodeError(this.reason);
  }
}
