import type { Instance } from "./instance.ts";

/** Instances that are tried anew with one record: one that always fails costs no more than that. */
const mostAtOnce = 4;

/** Instances that failed at something of their own, which is tried anew with the next record. */
export class Again {
  readonly #instances = new Set<Instance>();

  get isEmpty(): boolean {
    return this.#instances.size === 0;
  }

  add(instance: Instance): void {
    this.#instances.add(instance);
  }

  /** Those that have waited longest; they wait no more. */
  take(): readonly Instance[] {
    const taken: Instance[] = [];
    for (const instance of this.#instances) {
      if (taken.length === mostAtOnce) break;
      taken.push(instance);
      this.#instances.delete(instance);
    }
    return taken;
  }
}
