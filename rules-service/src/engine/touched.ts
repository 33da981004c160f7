import { isAfter } from "../readings/position.ts";
import type { Sample } from "../readings/reading.ts";
import type { Instance } from "./instance.ts";
import type { RuleIndex } from "./rule-index.ts";

const noSamples: readonly Sample[] = [];
/** A list that grew longer with one record is not kept for the next. */
const mostSpare = 256;

/**
 * The instances that the present record concerns, each with its samples. They take them in in one order: a rule after
 * those whose derived readings it takes, so that it has all of a record at once; else by their ids.
 */
export class Touched {
  readonly #index: RuleIndex;
  /**
   * Those that have not taken theirs in, from the first up to the end; before it, those that have, and behind it what
   * the list has of former records.
   */
  readonly #waiting: Instance[] = [];
  #first = 0;
  #end = 0;
  #isInOrder = true;

  constructor(index: RuleIndex) {
    this.#index = index;
  }

  /** True: it is the instance's first sample. `alone`: a list of just that, which many instances share. */
  add(instance: Instance, sample: Sample, alone: readonly Sample[]): boolean {
    const { samples } = instance;
    const last = samples[samples.length - 1];
    if (last === sample) return false;
    if (last === undefined) {
      const waiting = this.#waiting;
      if (this.#end > this.#first && this.#isInOrder) {
        this.#isInOrder = this.#order(waiting[this.#end - 1]!, instance) < 0;
      }
      waiting[this.#end++] = instance;
      instance.samples = alone;
    } else if (isAfter(sample, last)) instance.samples = [...samples, sample];
    else instance.samples = [...samples, sample].toSorted((a, b) => (isAfter(a, b) ? 1 : -1));
    return last === undefined;
  }

  /** The next one, in order; its samples are for whoever calls. */
  take(): Instance | undefined {
    const waiting = this.#waiting;
    if (this.#first === this.#end) {
      if (this.#first > 0) this.#empty();
      return undefined;
    }
    if (!this.#isInOrder) {
      waiting.length = this.#end;
      if (this.#first > 0) waiting.splice(0, this.#first);
      this.#first = 0;
      this.#end = waiting.length;
      waiting.sort((a, b) => this.#order(a, b));
      this.#isInOrder = true;
    }
    const instance = waiting[this.#first]!;
    this.#first += 1;
    return instance;
  }

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  #empty(): void {
    if (this.#end > mostSpare) this.#waiting.length = 0;
    this.#first = this.#end = 0;
    this.#isInOrder = true;
  }

  /** After a failure nothing of its record is left to do. */
  clear(): void {
    for (let each = 0; each < this.#end; each++) this.#waiting[each]!.samples = noSamples;
    this.#empty();
  }

  #order({ rule: a }: Instance, { rule: b }: Instance): number {
    const levels = this.#index.isChained ? this.#index.levelOf(a) - this.#index.levelOf(b) : 0;
    if (levels !== 0) return levels;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  }
}
