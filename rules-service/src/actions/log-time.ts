/**
 * What time it is on the log, as far as what was read of it tells: its append times, carried on by the machine's
 * monotonic clock. It may be behind, and is never ahead of the log, whatever the wall clock of this machine says.
 */
export class LogTime {
  readonly #elapsedMicros: () => number;
  #seen = -Infinity;
  #at = 0;

  constructor(elapsedMicros: () => number = () => performance.now() * 1000) {
    this.#elapsedMicros = elapsedMicros;
  }

  /** µs since the epoch; minus infinity before anything was read. */
  get now(): number {
    return this.#seen + this.#elapsedMicros() - this.#at;
  }

  sees(appendTime: number): void {
    if (appendTime <= this.now) return;
    this.#seen = appendTime;
    this.#at = this.#elapsedMicros();
  }
}
