import type { Cell } from "./cell.ts";
import type { LogClock } from "./clock.ts";
import { TimerHeap } from "./timer-heap.ts";
import type { Timer } from "./timer-heap.ts";

/**
 * What the clock still owes: a timer is due by the receive time of the reading that armed it, on the log's clock, plus duration and
 * lateness. One heap for each gateway, because none goes further than that gateway's own promise.
 */
export class Timers {
  readonly #heaps = new Map<string, TimerHeap>();
  #gateways: string[] = [];

  /** Brings the cell's timer in line with its state. */
  arm(cell: Cell): void {
    const next = dueOf(cell);
    const { timer } = cell;
    if (timer !== undefined) {
      if (timer.due === next?.due && timer.gateway === next.gateway) return;
      this.disarm(cell);
    }
    if (next === undefined) return;
    cell.timer = { ...next, cell };
    this.#heapOf(next.gateway).add(cell.timer);
  }

  disarm(cell: Cell): void {
    if (cell.timer === undefined) return;
    this.#heaps.get(cell.timer.gateway)?.forget();
    cell.timer = undefined;
  }

  /** Hands over every cell whose timer is due, with the event time up to which the clock is sure of it. */
  fire(clock: LogClock, on: (cell: Cell, upTo: number) => void): void {
    for (const gateway of this.#gateways) {
      const heap = this.#heaps.get(gateway)!;
      if (heap.first === undefined) continue;
      const reach = clock.reach(gateway);
      while (heap.first !== undefined && heap.first.due <= reach) {
        const timer = heap.pop();
        if (timer.cell.timer !== timer) continue;
        this.disarm(timer.cell);
        on(timer.cell, sureTo(timer.cell, gateway, reach));
      }
    }
  }

  #heapOf(gateway: string): TimerHeap {
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

/** The level that is due first. A later one may be: a late reading can arm a lower level after a higher one was armed. */
function dueOf({ rule, state }: Cell): Pick<Timer, "due" | "gateway"> | undefined {
  if (rule.holdFor === 0 || state.muted) return undefined;
  let first: Pick<Timer, "due" | "gateway"> | undefined;
  for (let level = state.level; level < state.runs.length; level++) {
    const { logTime, gateway } = state.runs[level]!;
    const due = logTime + rule.holdFor + rule.lateness;
    if (first === undefined || due < first.due) first = { due, gateway };
  }
  return first;
}

function sureTo({ rule, state }: Cell, gateway: string, reach: number): number {
  let upTo = -Infinity;
  for (let level = state.level; level < state.runs.length; level++) {
    const run = state.runs[level]!;
    if (run.gateway !== gateway || run.logTime + rule.holdFor + rule.lateness > reach) continue;
    upTo = Math.max(upTo, run.time + rule.holdFor);
  }
  return upTo;
}
