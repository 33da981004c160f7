import type { LoadProgress } from "../load/worker-protocol.ts";

const barWidth = 24;
/** Milliseconds between two lines where there is no terminal. */
const lineMs = 5_000;

/** Shows how a run goes on: one line that changes on a terminal, else a line every few seconds. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #duration: number;
  #shownAt = -Infinity;
  #sent = 0;
  #sentAt = 0;
  #rate = 0;
  #isOpen = false;

  constructor(out: NodeJS.WriteStream, duration: number) {
    this.#out = out;
    this.#duration = duration;
  }

  state(text: string): void {
    this.close();
    this.#out.write(`${text}\n`);
  }

  show({ counts, connected, pending, ackP50, ackP99 }: LoadProgress, elapsed: number): void {
    if (elapsed === 0) return;
    const span = elapsed - this.#sentAt;
    if (span > 500) {
      this.#rate = Math.round(((counts.sent - this.#sent) * 1_000) / span);
      [this.#sent, this.#sentAt] = [counts.sent, elapsed];
    }
    const isTerminal = this.#out.isTTY;
    if (!isTerminal && elapsed - this.#shownAt < lineMs) return;
    this.#shownAt = elapsed;
    const share = Math.min(1, elapsed / this.#duration);
    const text =
      `${(elapsed / 1_000).toFixed(0).padStart(4)} s  ${counts.sent} sent  ${this.#rate}/s  ${connected} connected  ` +
      `${pending} under way  ack p50 ${(ackP50 / 1_000).toFixed(1)} p99 ${(ackP99 / 1_000).toFixed(1)} ms`;
    if (!isTerminal) {
      this.#out.write(`${text}\n`);
      return;
    }
    const bar = "█".repeat(Math.round(barWidth * share)).padEnd(barWidth, "░");
    this.#out.write(`\r\u001b[2K${bar} ${text}`.slice(0, (this.#out.columns || 120) + 8));
    this.#isOpen = true;
  }

  close(): void {
    if (this.#isOpen) this.#out.write("\n");
    this.#isOpen = false;
  }
}
