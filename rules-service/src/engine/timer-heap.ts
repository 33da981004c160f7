/** What the heap needs to know of a cell: its timers by level, and what orders those that are due at the same time. */
export interface TimerCell {
  readonly timers: readonly (Timer | undefined)[];
  readonly rule: { readonly id: string };
  readonly series: { readonly device: string };
}

/** A cell's wish to be woken; it holds only as long as the cell still names it. */
export interface Timer<C extends TimerCell = TimerCell> {
  /** On the log's clock. */
  readonly due: number;
  /** Of the reading that armed it. */
  readonly gateway: string;
  readonly cell: C;
  /** Index of the run that it waits for. */
  readonly level: number;
}

/**
 * Timers by what they are due by; equal ones by device and rule, so that the order does not depend on who was armed
 * first.
 */
export class TimerHeap<C extends TimerCell> {
  #timers: Timer<C>[] = [];
  #live = 0;

  get first(): Timer<C> | undefined {
    return this.#timers[0];
  }

  add(timer: Timer<C>): void {
    this.#live++;
    if (this.#timers.length > 64 && this.#timers.length > 4 * this.#live) this.#sweep();
    this.#timers.push(timer);
    this.#up(this.#timers.length - 1);
  }

  /** The cell no longer wants a timer of this heap; it goes when it comes up, or when too many like it lie about. */
  forget(): void {
    this.#live--;
  }

  pop(): Timer<C> {
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
      .filter((timer) => timer.cell.timers[timer.level] === timer)
      .toSorted((a, b) => (sooner(a, b) ? -1 : 1));
  }

  #up(from: number): void {
    const timers = this.#timers;
    const timer = timers[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!sooner(timer, timers[parent]!)) break;
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
      if (child + 1 < timers.length && sooner(timers[child + 1]!, timers[child]!)) child++;
      if (!sooner(timers[child]!, timer)) break;
      timers[index] = timers[child]!;
      index = child;
    }
    timers[index] = timer;
  }
}

function sooner(a: Timer, b: Timer): boolean {
  if (a.due !== b.due) return a.due < b.due;
  const [x, y] = [a.cell, b.cell];
  if (x.series.device !== y.series.device) return x.series.device < y.series.device;
  return x.rule.id === y.rule.id ? a.level < b.level : x.rule.id < y.rule.id;
}
