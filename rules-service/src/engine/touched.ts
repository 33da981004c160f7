import { isAfter } from "../readings/position.ts";
import type { Sample } from "../readings/reading.ts";
import type { Instance } from "./instance.ts";
import type { RuleIndex } from "./rule-index.ts";

const noSamples: readonly Sample[] = [];

/**
 * The instances that the present record concerns, each with its samples. They take them in in one order: a rule after
 * those whose derived readings it takes, so that it has all of a record at once; else by their ids.
 */
export class Touched {
  readonly #index: RuleIndex;
  /** Those that have not taken theirs in, the first at the end. */
  readonly #waiting: Instance[] = [];
  #isInOrder = true;

  constructor(index: RuleIndex) {
    this.#index = index;
  }

  /** True: it is the instance's first sample. */
  add(instance: Instance, sample: Sample): boolean {
    const { samples } = instance;
    const last = samples.at(-1);
    if (last === sample) return false;
    if (last === undefined) {
      this.#waiting.push(instance);
      this.#isInOrder = this.#waiting.length === 1;
    }
    if (last === undefined) instance.samples = [sample];
    else if (isAfter(sample, last)) instance.samples = [...samples, sample];
    else instance.samples = [...samples, sample].toSorted((a, b) => (isAfter(a, b) ? 1 : -1));
    return last === undefined;
  }

  /** The next one, in order; its samples are for whoever calls. */
  take(): Instance | undefined {
    if (!this.#isInOrder) {
      this.#waiting.sort((a, b) => this.#order(b, a));
      this.#isInOrder = true;
    }
    return this.#waiting.pop();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** After a failure nothing of its record is left to do. */
  clear(): void {
    for (const instance of this.#waiting) instance.samples = noSamples;
    this.#waiting.length = 0;
  }

  #order({ rule: a }: Instance, { rule: b }: Instance): number {
    const levels = this.#index.isChained ? this.#index.levelOf(a) - this.#index.levelOf(b) : 0;
    if (levels !== 0) return levels;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  }
}
