import type { Readings } from "../payloads/payload.ts";
import { Threshold, type ThresholdOf } from "./threshold.ts";

export interface ExpectedCommands extends ThresholdOf {
  readonly name: string;
}

/** The commands that a device's values call for, and how long each took from when its message was due. */
export class CommandExpectation {
  received = 0;
  readonly #name: string;
  readonly #threshold: Threshold;
  /** Of messages that called for a command which is not here yet, oldest first. */
  readonly #dues: number[] = [];

  constructor(expected: ExpectedCommands) {
    this.#name = expected.name;
    this.#threshold = new Threshold(expected);
  }

  get expected(): number {
    return this.#threshold.crossed;
  }

  get isWaiting(): boolean {
    return this.#dues.length > 0;
  }

  sent(readings: Readings, due: number): void {
    if (this.#threshold.take(readings)) this.#dues.push(due);
  }

  /** When the message was due that called for this command; undefined: it is another one, or nothing called for it. */
  take(name: string): number | undefined {
    if (name !== this.#name) return undefined;
    this.received += 1;
    return this.#dues.shift();
  }
}
