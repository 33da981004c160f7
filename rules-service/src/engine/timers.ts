import type { Cell } from "./cell.ts";
import type { LogClock } from "./clock.ts";
import { dueBy } from "./fold.ts";
import { TimerHeap } from "./timer-heap.ts";

/**
 * What the clock still owes: a timer is due by the receive time of the reading that armed it, on the log's clock, plus
 * duration and lateness. One heap for each gateway, because none goes further than that gateway's own promise.
 */
export class Timers {
  readonly #heaps = new Map<string, TimerHeap<Cell>>();
  #gateways: string[] = [];

  /** Brings the cell's timers, one for each level that is not held long enough yet, in line with its state. */
  arm(cell: Cell): void {
    const { rule, state, timers } = cell;
    const levels = rule.holdFor === 0 || state.muted ? 0 : state.runs.length;
    for (let level = 0; level < Math.max(levels, timers.length); level++) {
      const timer = timers[level];
      const run = level >= state.level && level < levels ? state.runs[level] : undefined;
      const due = run === undefined ? Infinity : dueBy(rule, run);
      if (timer !== undefined) {
        if (run !== undefined && timer.due === due && timer.gateway === run.gateway) continue;
        this.#forget(cell, level);
      }
      if (run === undefined) continue;
      const next = { due, gateway: run.gateway, cell, level };
      timers[level] = next;
      this.#heapOf(run.gateway).add(next);
    }
  }

  disarm(cell: Cell): void {
    for (const level of cell.timers.keys()) this.#forget(cell, level);
  }

  /** Hands over every cell whose timer is due, with the event time up to which the clock is sure of it. */
  fire(clock: LogClock, on: (cell: Cell, upTo: number) => void): void {
    for (const gateway of this.#gateways) {
      const heap = this.#heaps.get(gateway)!;
      if (heap.first === undefined) continue;
      const reach = clock.reach(gateway);
      while (heap.first !== undefined && heap.first.due <= reach) {
        const timer = heap.pop();
        const { cell, level } = timer;
        if (cell.timers[level] !== timer) continue;
        this.#forget(cell, level);
        on(cell, cell.state.runs[level]!.time + cell.rule.holdFor);
      }
    }
  }

  #forget(cell: Cell, level: number): void {
    const timer = cell.timers[level];
    if (timer === undefined) return;
    this.#heaps.get(timer.gateway)?.forget();
    cell.timers[level] = undefined;
  }

  #heapOf(gateway: string): TimerHeap<Cell> {
    let heap = this.#heaps.get(gateway);
    if (heap === undefined) {
      heap = new TimerHeap();
      this.#heaps.set(gateway, heap);
      // In one order however they came up: a restored engine fires alike.
      this.#gateways = [...this.#heaps.keys()].toSorted();
    }
    return heap;
  }
}
