import { addressGroup } from "@headwater/core";

export interface AdmissionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** How many connections there are, over all listeners and by client address. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byGroup = new Map<string, number>();
  #count = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a place; false if there is none. */
  enter(): boolean {
    if (this.#count >= this.#limits.maxConnections) return false;
    this.#count += 1;
    return true;
  }

  leave(): void {
    this.#count -= 1;
  }

  /**
   * Takes one of the places of this address: answers what to give back by `leaveGroup`, or undefined if there is none.
   */
  enterGroup(address: string): string | undefined {
    const group = addressGroup(address);
    const count = this.#byGroup.get(group) ?? 0;
    if (count >= this.#limits.maxConnectionsPerAddress) return undefined;
    this.#byGroup.set(group, count + 1);
    return group;
  }

  leaveGroup(group: string): void {
    const count = this.#byGroup.get(group) ?? 0;
    if (count > 1) this.#byGroup.set(group, count - 1);
    else this.#byGroup.delete(group);
  }
}
