import type { Changes } from "./changes.ts";
import type { Instance } from "./instance.ts";
import type { Series } from "./series.ts";

/** A list that grew longer with one reading is not kept for the next. */
const mostSpare = 256;

/** Finds out whether all rules that a number concerns may take it in later. */
export class Deferral {
  readonly #changed: Changes<Instance>;
  readonly #deferring: Instance[] = [];

  constructor(changed: Changes<Instance>) {
    this.#changed = changed;
  }

  /**
   * Whether they all do; the number is then to be put into the series, as its newest. `slot`: the first of them. False:
   * it is to be taken in now.
   */
  takes(series: Series, slot: number, value: number, time: number, logTime: number, gateway: string): boolean {
    const { quiet } = series;
    const deferring = this.#deferring;
    let count = 0;
    for (let each = slot; each >= 0; each = quiet.next(each + 1, value, time)) {
      const instance = series.instanceAt(each);
      if (instance === undefined || !instance.mayDefer(value, time, logTime, gateway)) return false;
      deferring[count++] = instance;
    }
    for (let each = 0; each < count; each++) {
      const instance = deferring[each]!;
      instance.deferred += 1;
      this.#changed.add(instance);
    }
    series.deferred += 1;
    if (count > mostSpare) deferring.length = 0;
    return true;
  }
}
