import type { StreamGuard } from "./stream-guard.ts";

interface Seen {
  /** The bytes that have left, as far as can be told. */
  readonly mark: string;
  readonly at: number;
}

/**
 * Cuts clients that do not read: those with output that waits and of which nothing has left for a time. One that reads
 * slowly is left alone, as long as what waits for it is within its bound.
 */
export class StalledOutputWatch {
  readonly #timeoutMs: number;
  readonly #congested = new Map<StreamGuard, Seen>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), Math.min(1000, this.#timeoutMs / 4));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#congested.clear();
  }

  /** There is output that waits. */
  watch(guard: StreamGuard): void {
    if (!this.#congested.has(guard)) this.#congested.set(guard, { mark: progressOf(guard), at: performance.now() });
  }

  #look(): void {
    const now = performance.now();
    for (const [guard, seen] of this.#congested) {
      const { stream } = guard;
      if (stream.destroyed || stream.writableLength === 0) {
        this.#congested.delete(guard);
        continue;
      }
      const mark = progressOf(guard);
      if (mark !== seen.mark) this.#congested.set(guard, { mark, at: now });
      else if (now - seen.at > this.#timeoutMs) guard.cut("stalled-output");
    }
  }
}

/** Node hands a socket all that waits in one piece, and only the handle below tells how much of that has left. */
function progressOf({ stream, written }: StreamGuard): string {
  const { _handle: handle } = stream as { _handle?: { writeQueueSize?: number } | null };
  return `${written - stream.writableLength} ${handle?.writeQueueSize ?? 0}`;
}
