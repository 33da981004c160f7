import { TimeZone } from "@headwater/core";
import { localRuns } from "./local-runs.ts";
import { modulo, type LocalWindow, type Run, type Span, type Windows } from "./window.ts";

/**
 * Windows of a part of a day. One begins whenever clocks show a multiple of it, or skip one: an hour that they show
 * twice is two windows of an hour, and six hours from midnight are five or seven where clocks are changed within.
 */
export class ClockWindows implements Windows {
  readonly #zone: TimeZone;
  readonly #every: number;
  readonly #offset: number;

  constructor({ count, timeZone, offset = 0 }: LocalWindow) {
    this.#zone = TimeZone.of(timeZone);
    this.#every = count;
    this.#offset = modulo(offset, count);
  }

  at(time: number): Span {
    return { start: this.#edgeUpTo(time), end: this.#edgeAfter(time) };
  }

  runs(from: number, to: number): Iterable<Run> {
    return localRuns((time) => this.at(time), this.#every, this.#zone, from, to);
  }

  /** The last beginning of a window at or before a time. */
  #edgeUpTo(time: number): number {
    for (let at = time; ;) {
      const { start, offset } = this.#zone.pieceAt(at);
      const shown = this.#multipleUpTo(at + offset) - offset;
      if (shown >= start) return shown;
      const before = this.#zone.pieceAt(start - 1).offset;
      if (this.#multipleUpTo(start + offset) >= start + before) return start;
      at = start - 1;
    }
  }

  #edgeAfter(time: number): number {
    for (let at = time; ;) {
      const { end, offset } = this.#zone.pieceAt(at);
      const shown = this.#multipleUpTo(at + offset) + this.#every - offset;
      if (shown < end) return shown;
      const after = this.#zone.pieceAt(end).offset;
      if (this.#multipleUpTo(end + after) >= end + Math.min(offset, after)) return end;
      at = end;
    }
  }

  /** The last multiple at or before what clocks show. */
  #multipleUpTo(wall: number): number {
    return wall - modulo(wall - this.#offset, this.#every);
  }
}
