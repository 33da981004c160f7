/** What the heap needs to know of an instance: its timers, and what orders those that are due at the same time. */
export interface TimedInstance {
  readonly timers: readonly Timer[];
  readonly rule: { readonly id: string };
  readonly device: string;
}

/** An instance's wish to be woken; it holds only as long as the instance still names it. */
export interface Timer<I extends TimedInstance = TimedInstance> {
  /** On the log's clock. It may be too early, never too late: whoever is woken looks whether it is time. */
  readonly due: number;
  /** Through which the device was heard. */
  readonly gateway: string;
  readonly instance: I;
}

/**
 * Timers by what they are due by; equal ones by device and rule, so that the order does not depend on who was armed
 * first.
 */
export class TimerHeap<I extends TimedInstance> {
  #timers: Timer<I>[] = [];
  #live = 0;

  get first(): Timer<I> | undefined {
    return this.#timers[0];
  }

  add(timer: Timer<I>): void {
    this.#live++;
    if (this.#timers.length > 64 && this.#timers.length > 4 * this.#live) this.#sweep();
    this.#timers.push(timer);
    this.#up(this.#timers.length - 1);
  }

  /** The instance no longer wants a timer of this heap; it goes when it comes up, or when too many such lie about. */
  forget(): void {
    this.#live--;
  }

  pop(): Timer<I> {
    const timers = this.#timers;
    const first = timers[0]!;
    const last = timers.pop()!;
    if (timers.length > 0) {
      timers[0] = last;
      this.#down(0);
    }
    return first;
  }

  #sweep(): void {
    this.#timers = this.#timers
      .filter((timer) => timer.instance.timers.includes(timer))
      .toSorted((a, b) => (isSooner(a, b) ? -1 : 1));
  }

  #up(from: number): void {
    const timers = this.#timers;
    const timer = timers[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isSooner(timer, timers[parent]!)) break;
      timers[index] = timers[parent]!;
      index = parent;
    }
    timers[index] = timer;
  }

  #down(from: number): void {
    const timers = this.#timers;
    const timer = timers[from]!;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= timers.length) break;
      if (child + 1 < timers.length && isSooner(timers[child + 1]!, timers[child]!)) child++;
      if (!isSooner(timers[child]!, timer)) break;
      timers[index] = timers[child]!;
      index = child;
    }
    timers[index] = timer;
  }
}

function isSooner(a: Timer, b: Timer): boolean {
  if (a.due !== b.due) return a.due < b.due;
  const [x, y] = [a.instance, b.instance];
  return x.device === y.device ? x.rule.id < y.rule.id : x.device < y.device;
}
