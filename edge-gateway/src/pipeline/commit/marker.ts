import type { RecordWriter } from "./record-writer.ts";
import type { Lanes } from "../lanes/lanes.ts";

export interface MarkIntervals {
  /** Between marks of a lane in which data flows (milliseconds). */
  readonly busyMs: number;
  /** Between marks of a quiet lane (milliseconds). */
  readonly quietMs: number;
}

/**
 * Writes marks, so that the log's clock moves on also where no device speaks. A lane whose last mark has not reached
 * the log yet gets no other: while the log is away they would only fill the spool.
 */
export class Marker {
  readonly #lanes: Lanes;
  readonly #recordWriter: RecordWriter;
  readonly #intervals: MarkIntervals;
  #timer: NodeJS.Timeout | undefined;

  constructor(lanes: Lanes, recordWriter: RecordWriter, intervals: MarkIntervals) {
    this.#lanes = lanes;
    this.#recordWriter = recordWriter;
    this.#intervals = intervals;
  }

  start(): void {
    this.mark();
    this.#timer = setInterval(() => this.mark(), Math.max(20, this.#intervals.busyMs / 4));
  }

  /** Marks the lanes that are due. */
  mark(now = performance.now()): void {
    // Messages that wait for room come before anything that would take it.
    if (!this.#recordWriter.accepting) return;
    const { busyMs, quietMs } = this.#intervals;
    for (const lane of this.#lanes.all) {
      if (lane.markOpen) continue;
      const due = lane.markedAt + (lane.eventSinceMark ? busyMs : quietMs);
      if (now >= due) this.#recordWriter.laneWriter.mark(lane, now);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
