import { maxLanes, type SetAside } from "./account.ts";

/** Counts events that are not, or not wholly, stored, by their gateway. */
export class SetAsideTally {
  readonly #gateways = new Map<string, { gateway: string; partlyStored: number; quarantined: number }>();

  constructor(before: readonly SetAside[]) {
    for (const each of before) this.#gateways.set(each.gateway, { ...each });
  }

  get all(): readonly SetAside[] {
    return Array.from(this.#gateways.values(), (each) => ({ ...each }));
  }

  /** `gateway`: "" if nobody can tell. Of more gateways than are kept one by one those beyond count as that. */
  add(gateway: string, outcome: "partlyStored" | "quarantined", events = 1): void {
    const name = this.#gateways.has(gateway) || this.#gateways.size < maxLanes ? gateway : "";
    let those = this.#gateways.get(name);
    if (those === undefined) this.#gateways.set(name, (those = { gateway: name, partlyStored: 0, quarantined: 0 }));
    those[outcome] += events;
  }

  /** Takes out as many of `events` as are counted, and answers how many that were. */
  take(gateway: string, outcome: "partlyStored" | "quarantined", events: number): number {
    const those = this.#gateways.get(gateway);
    if (those === undefined) return 0;
    const taken = Math.min(events, those[outcome]);
    those[outcome] -= taken;
    return taken;
  }
}
