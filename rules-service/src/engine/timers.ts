import type { LogClock } from "./clock.ts";
import { dueBy } from "./fold.ts";
import type { Instance } from "./instance.ts";
import { TimerHeap, type Timer } from "./timer-heap.ts";

/**
 * What the clock still owes: an instant is due by the log time of what it was counted from, plus the duration and the
 * rule's wait. One heap for each gateway, because none goes further than that gateway's own promise.
 */
export class Timers {
  readonly #heaps = new Map<string, TimerHeap<Instance>>();
  #gateways: string[] = [];

  /**
   * Brings the instance's timer in line with its state. One that is too early is left: a device that sends steadily
   * moves its next instant on with each reading, and would turn the heap over for nothing.
   */
  arm(instance: Instance): void {
    const { rule, state, timer } = instance;
    const wake = rule.program.wake(state.program);
    if (wake === undefined) {
      this.disarm(instance);
      return;
    }
    const due = dueBy(rule, wake);
    const { gateway } = wake.anchor;
    if (timer !== undefined) {
      if (timer.gateway === gateway && timer.due <= due) return;
      this.disarm(instance);
    }
    this.#add(instance, due, gateway);
  }

  disarm(instance: Instance): void {
    const { timer } = instance;
    if (timer === undefined) return;
    this.#heaps.get(timer.gateway)?.forget();
    instance.timer = undefined;
  }

  /** Hands over every instance whose instant is due, with the judged time up to which the clock is sure of it. */
  fire(clock: LogClock, on: (instance: Instance, upTo: number) => void): void {
    for (const gateway of this.#gateways) {
      const heap = this.#heaps.get(gateway)!;
      if (heap.first === undefined) continue;
      const reach = clock.reach(gateway);
      while (heap.first !== undefined && heap.first.due <= reach) {
        const timer = heap.pop();
        const { instance } = timer;
        if (instance.timer !== timer) continue;
        this.disarm(instance);
        const wake = instance.rule.program.wake(instance.state.program);
        if (wake === undefined) continue;
        const due = dueBy(instance.rule, wake);
        if (due > timer.due || wake.anchor.gateway !== gateway) this.#add(instance, due, wake.anchor.gateway);
        else on(instance, wake.time);
      }
    }
  }

  #add(instance: Instance, due: number, gateway: string): void {
    const timer: Timer<Instance> = { due, gateway, instance };
    instance.timer = timer;
    this.#heapOf(gateway).add(timer);
  }

  #heapOf(gateway: string): TimerHeap<Instance> {
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
