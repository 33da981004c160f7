import { sharedFilterOf } from "../../devices/access/shared-filter.ts";

const wildcards = ["#", "+"];
const devicesLevel = "devices";

/**
 * Where somebody may be listening, by the first levels of what was subscribed to, connected or not: what nobody can
 * hear is not offered to the broker's subscribers at all.
 */
export class Audience {
  readonly #counts = new Map<string, number>();
  readonly #keysOf = new Map<object | string, readonly string[]>();

  /** The listener has these subscriptions now, and no others. */
  set(listener: object | string, filters: Iterable<string>): void {
    for (const key of this.#keysOf.get(listener) ?? []) this.#count(key, -1);
    const keys = [...new Set([...filters].map(keyOf))];
    for (const key of keys) this.#count(key, 1);
    if (keys.length === 0) this.#keysOf.delete(listener);
    else this.#keysOf.set(listener, keys);
  }

  mayHear(topic: string): boolean {
    const counts = this.#counts;
    if (counts.size === 0) return false;
    for (const wildcard of wildcards) if (counts.has(wildcard)) return true;
    const slash = topic.indexOf("/");
    if (slash === -1) return counts.has(topic);
    const first = topic.slice(0, slash);
    if (counts.has(first)) return true;
    if (first !== devicesLevel) return false;
    const end = topic.indexOf("/", slash + 1);
    return counts.has(end === -1 ? topic : topic.slice(0, end));
  }

  #count(key: string, change: number): void {
    const count = (this.#counts.get(key) ?? 0) + change;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

/**
 * The first level; of `devices/{id}/…` the first two, so that a device that listens to itself costs no other anything.
 */
function keyOf(filter: string): string {
  const [first, second] = sharedFilterOf(filter).split("/", 2);
  return first === devicesLevel && second !== undefined && !wildcards.includes(second) ? `${first}/${second}` : first!;
}
