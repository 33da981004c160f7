/** Which backtests somebody still asks for, of those that nobody keeps. */
export class Attendance {
  readonly #idleMs: number;
  readonly #onLeft: (id: string) => void;
  readonly #attended = new Map<string, { listeners: number; timer: NodeJS.Timeout }>();

  /** `onLeft`: nobody has listened to that backtest, nor asked for it, for so long; it is told once. */
  constructor(idleMs: number, onLeft: (id: string) => void) {
    this.#idleMs = idleMs;
    this.#onLeft = onLeft;
  }

  begin(id: string): void {
    this.#attended.set(id, { listeners: 0, timer: this.#timer(id) });
  }

  /** Somebody asks for it. */
  seen(id: string): void {
    this.#attended.get(id)?.timer.refresh();
  }

  /** Somebody listens to it until the answered function is called, once. */
  enter(id: string): () => void {
    const found = this.#attended.get(id);
    if (found === undefined) return () => {};
    found.listeners += 1;
    return () => {
      found.listeners -= 1;
      this.seen(id);
    };
  }

  end(id: string): void {
    clearTimeout(this.#attended.get(id)?.timer);
    this.#attended.delete(id);
  }

  close(): void {
    for (const id of this.#attended.keys()) this.end(id);
  }

  #timer(id: string): NodeJS.Timeout {
    return setTimeout(() => {
      const found = this.#attended.get(id)!;
      if (found.listeners > 0) {
        found.timer.refresh();
        return;
      }
      this.#attended.delete(id);
      this.#onLeft(id);
    }, this.#idleMs).unref();
  }
}
