import type { LoadProgress } from "../load/worker-protocol.ts";

/** A moment of a run; rates a second, milliseconds. */
export interface Moment {
  readonly seconds: number;
  readonly sent: number;
  readonly acked: number;
  readonly connected: number;
  readonly pending: number;
  readonly ackP50: number;
  readonly ackP99: number;
}

const mostMoments = 2_000;

/** The course of a run for its report; a long run is told in fewer steps. */
export class Timeline {
  moments: Moment[] = [];
  #stepMs = 1_000;
  #lastAt = 0;
  #sent = 0;
  #acked = 0;
  #worst = 0;

  take({ counts, connected, pending, ackP50, ackP99 }: LoadProgress, elapsed: number): void {
    this.#worst = Math.max(this.#worst, ackP99);
    const span = elapsed - this.#lastAt;
    if (span < this.#stepMs) return;
    this.moments.push({
      seconds: Math.round(elapsed / 100) / 10,
      sent: Math.round(((counts.sent - this.#sent) * 1_000) / span),
      acked: Math.round(((counts.acked - this.#acked) * 1_000) / span),
      connected,
      pending,
      ackP50: ackP50 / 1_000,
      ackP99: this.#worst / 1_000,
    });
    [this.#lastAt, this.#sent, this.#acked, this.#worst] = [elapsed, counts.sent, counts.acked, 0];
    if (this.moments.length < mostMoments) return;
    this.moments = this.moments.filter((_, i) => i % 2 === 1);
    this.#stepMs *= 2;
  }
}
