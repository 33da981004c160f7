import { modulo, type Run, type Span, type Windows } from "./window.ts";

/** Windows of one length. */
export class FixedWindows implements Windows {
  readonly #every: number;
  readonly #offset: number;

  constructor(every: number, offset: number) {
    this.#every = every;
    this.#offset = modulo(offset, every);
  }

  at(time: number): Span {
    const start = time - modulo(time - this.#offset, this.#every);
    return { start, end: start + this.#every };
  }

  *runs(from: number, to: number): Generator<Run> {
    if (from < to) yield { start: this.at(from).start, end: this.at(to - 1).end, every: this.#every };
  }
}
