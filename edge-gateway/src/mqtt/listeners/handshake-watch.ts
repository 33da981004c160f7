import type { Link } from "./link.ts";

/**
 * Ends connections that do not get to CONNECT in time. One timer for all: each has the same patience, so they are due
 * in the order in which they came.
 */
export class HandshakeWatch {
  readonly #links = new Set<Link>();
  readonly #everyMs: number;
  readonly #onLate: (link: Link) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, onLate: (link: Link) => void) {
    this.#everyMs = Math.min(500, Math.ceil(timeoutMs / 4));
    this.#onLate = onLate;
  }

  add(link: Link): void {
    this.#links.add(link);
    this.#timer ??= setInterval(() => this.#sweep(), this.#everyMs);
  }

  delete(link: Link): void {
    this.#links.delete(link);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#links.clear();
  }

  #sweep(): void {
    const now = performance.now();
    for (const link of this.#links) {
      if (link.deadline > now) return;
      this.#links.delete(link);
      this.#onLate(link);
    }
    if (this.#links.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
