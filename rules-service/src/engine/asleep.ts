import type { Instance } from "./instance.ts";

/**
 * Instances that were restored with more in them than was applied yet. They wait for nothing until the log has come so
 * far.
 */
export class AsleepInstances {
  readonly #instances = new Set<Instance>();
  /** The first offset at which one of them may wake. */
  #firstWake = Infinity;
  /** Instances that only say what was applied where a restored state has nothing to know. */
  readonly standIns = new Set<Instance>();

  get isEmpty(): boolean {
    return this.#instances.size === 0;
  }

  add(instance: Instance): void {
    this.#instances.add(instance);
    this.#firstWake = Math.min(this.#firstWake, instance.covers);
  }

  /**
   * Hands over those of which everything before the next offset was applied. Not with each record: a state that was
   * written just before the end of a process may be one of very many.
   */
  wake(next: number, on: (instance: Instance, isStandIn: boolean) => void): void {
    if (this.#firstWake > next) return;
    this.#firstWake = Infinity;
    for (const instance of this.#instances) {
      if (instance.covers > next) {
        this.#firstWake = Math.min(this.#firstWake, instance.covers);
        continue;
      }
      this.#instances.delete(instance);
      on(instance, this.standIns.delete(instance));
    }
  }
}
