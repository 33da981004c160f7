import type { StreamGuard } from "./stream-guard.ts";

interface Seen {
  /** The bytes that have left, as far as can be told. */
  readonly mark: string;
  /** For how long they have been the same (milliseconds). */
  readonly stalledMs: number;
}

/**
 * Cuts clients that do not read: those with output that waits and of which nothing has left for a time. One that reads
 * slowly is left alone, as long as what waits for it is within its bound. While this process stood still nothing could
 * leave, so that time does not count.
 */
export class StalledOutputWatch {
  readonly #timeoutMs: number;
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #congested = new Map<StreamGuard, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  /** `now`: the monotonic clock (milliseconds). */
  constructor(timeoutMs: number, now: () => number = () => performance.now()) {
    this.#timeoutMs = timeoutMs;
    this.#everyMs = Math.min(1000, timeoutMs / 4);
    this.#now = now;
  }

  start(): void {
    this.#lookedAt = this.#now();
    this.#timer = setInterval(() => this.#look(), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#congested.clear();
  }

  /** There is output that waits. */
  watch(guard: StreamGuard): void {
    if (!this.#congested.has(guard))
      this.#congested.set(guard, { mark: progressOf(guard), stalledMs: -this.#passedMs() });
  }

  #look(): void {
    const passedMs = this.#passedMs();
    this.#lookedAt = this.#now();
    for (const [guard, seen] of this.#congested) {
      const { stream } = guard;
      if (stream.destroyed || stream.writableLength === 0) {
        this.#congested.delete(guard);
        continue;
      }
      const mark = progressOf(guard);
      const stalledMs = mark === seen.mark ? seen.stalledMs + passedMs : 0;
      this.#congested.set(guard, { mark, stalledMs });
      if (stalledMs > this.#timeoutMs) guard.cut("stalled-output");
    }
  }

  /** Since the last look, as far as this process ran. */
  #passedMs(): number {
    return Math.min(this.#now() - this.#lookedAt, 2 * this.#everyMs);
  }
}

/** Node hands a socket all that waits in one piece, and only the handle below tells how much of that has left. */
function progressOf({ stream, written }: StreamGuard): string {
  const { _handle: handle } = stream as { _handle?: { writeQueueSize?: number } | null };
  return `${written - stream.writableLength} ${handle?.writeQueueSize ?? 0}`;
}
