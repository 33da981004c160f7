import type { LogClock } from "./clock.ts";
import { dueBy } from "./fold.ts";
import type { Instance } from "./instance.ts";
import { TimerHeap, type Timer } from "./timer-heap.ts";

const noTimers: readonly Timer[] = [];
/** In place of a gateway: repetitions follow the log's clock itself. It sorts last, so what is over comes first. */
const repetitions = "\uffff";

/**
 * What the clock still owes: an instant is due by the log time of what it was counted from, plus the duration and the
 * rule's wait. One heap for each gateway, because none goes further than that gateway's own promise.
 */
export class Timers {
  readonly #heaps = new Map<string, TimerHeap<Instance>>();
  #gateways: string[] = [];
  /** Where `fire` goes on; undefined: at the first gateway. */
  #firing: { readonly gateways: readonly string[]; readonly place: number } | undefined;

  /**
   * Sees to it that none of the instance's timers is too late for its state. One that is too early, or for nothing any
   * more, is left until it comes up: a device that sends steadily moves its next instant on with each reading, a value
   * that goes up and down comes to have one again and again, and both would turn the heap over for nothing.
   */
  arm(instance: Instance): void {
    const { rule, state } = instance;
    for (const wake of rule.program.wakes(state.program)) this.#arm(instance, dueBy(rule, wake), wake.anchor.gateway);
    const repetition = instance.nextRepetition;
    if (repetition !== Infinity) this.#arm(instance, repetition, repetitions);
  }

  #arm(instance: Instance, due: number, gateway: string): void {
    const timer = timerOf(instance, gateway);
    if (timer !== undefined) {
      if (timer.due <= due) return;
      this.#disarm(instance, gateway);
    }
    this.#add(instance, due, gateway);
  }

  disarm(instance: Instance): void {
    for (const { gateway } of instance.timers) this.#disarm(instance, gateway);
  }

  /** The clock may have gone on: the next `fire` begins anew. */
  begin(): void {
    this.#firing = undefined;
  }

  /**
   * Hands over every instance whose instant is due, with the judged time up to which the clock is sure of it, and then
   * those that have something to repeat. False: there was no room for all, or `on` has none for more, and the next call
   * goes on with the others.
   */
  fire(
    clock: LogClock,
    on: (instance: Instance, upTo: number) => boolean,
    repeat: (instance: Instance) => void,
    hasRoom: () => boolean,
  ): boolean {
    const gateways = this.#firing?.gateways ?? this.#gateways;
    for (let place = this.#firing?.place ?? 0; place < gateways.length; place++) {
      const gateway = gateways[place]!;
      const heap = this.#heaps.get(gateway)!;
      if (heap.first === undefined) continue;
      const reach = clock.reach(gateway);
      while (heap.first !== undefined && heap.first.due <= reach) {
        if (!hasRoom()) {
          this.#firing = { gateways, place };
          return false;
        }
        const timer = heap.pop();
        const { instance } = timer;
        if (!instance.timers.includes(timer)) continue;
        this.#disarm(instance, gateway);
        const first = this.#first(instance, gateway);
        if (first === undefined) continue;
        if (first.due > timer.due) this.#add(instance, first.due, gateway);
        else if (gateway === repetitions) repeat(instance);
        else if (!on(instance, first.time)) {
          this.#firing = { gateways, place };
          return false;
        }
      }
    }
    this.#firing = undefined;
    return true;
  }

  /** What is due first of what an instance waits for from a gateway. */
  #first(instance: Instance, gateway: string): { readonly due: number; readonly time: number } | undefined {
    const { rule } = instance;
    if (gateway === repetitions) {
      const due = instance.nextRepetition;
      return due === Infinity ? undefined : { due, time: due };
    }
    const ahead = instance.wakeAhead;
    if (ahead !== undefined) {
      return ahead.anchor.gateway === gateway ? { due: dueBy(rule, ahead), time: ahead.time } : undefined;
    }
    let first: { due: number; time: number } | undefined;
    for (const wake of rule.program.wakes(instance.state.program)) {
      if (wake.anchor.gateway !== gateway) continue;
      const due = dueBy(rule, wake);
      if (first === undefined || due < first.due) first = { due, time: wake.time };
    }
    return first;
  }

  #add(instance: Instance, due: number, gateway: string): void {
    const timer: Timer<Instance> = { due, gateway, instance };
    instance.timers = instance.timers.length === 0 ? [timer] : [...instance.timers, timer];
    this.#heapOf(gateway).add(timer);
  }

  #disarm(instance: Instance, gateway: string): void {
    const timer = timerOf(instance, gateway);
    if (timer === undefined) return;
    this.#heaps.get(gateway)?.forget();
    const { timers } = instance;
    instance.timers = timers.length === 1 ? noTimers : timers.filter((each) => each !== timer);
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

function timerOf({ timers }: Instance, gateway: string): Timer | undefined {
  for (const timer of timers) if (timer.gateway === gateway) return timer;
  return undefined;
}
