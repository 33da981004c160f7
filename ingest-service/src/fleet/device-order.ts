export const deviceSorts = ["id", "name", "type", "createdAt", "updatedAt", "lastSeen"] as const;
export type DeviceSort = (typeof deviceSorts)[number];

/** Where a device stands in an order: `key` is what it is sorted by, and the id decides between equal ones. */
export interface Place {
  readonly key: string | number;
  readonly id: string;
}

/** Which places are wanted, and in which order. */
export interface OrderedRange {
  readonly sort: DeviceSort;
  readonly isBack: boolean;
  readonly limit: number;
  /** What stands behind it in this order. */
  readonly after?: Place | undefined;
}

/** The first devices behind a place, in an order, out of any number, and one more: it shows that there are more. */
export class FirstDevices<Device extends Place> {
  readonly #listing: OrderedRange;
  #found: Device[] = [];

  constructor(listing: OrderedRange) {
    this.#listing = listing;
  }

  get size(): number {
    return this.#found.length;
  }

  add(device: Device): void {
    const { after, limit } = this.#listing;
    if (after !== undefined && this.#compare(device, after) <= 0) return;
    this.#found.push(device);
    if (this.#found.length >= 4 * limit + 1_000) this.#cut();
  }

  take(): readonly Device[] {
    this.#cut();
    return this.#found;
  }

  #cut(): void {
    this.#found.sort((a, b) => this.#compare(a, b));
    this.#found.length = Math.min(this.#found.length, this.#listing.limit + 1);
  }

  #compare(a: Place, b: Place): number {
    const order = isByName(this.#listing.sort) ? compareByName(a, b) : compareByKey(a, b);
    return this.#listing.isBack ? -order : order;
  }
}

export function isByName(sort: DeviceSort): sort is "id" | "name" {
  return sort === "id" || sort === "name";
}

/** Of places whose keys are ids, or what names are sorted by. */
export function compareByName(a: Place, b: Place): number {
  return (a.key === b.key ? 0 : compareIds(String(a.key), String(b.key))) || compareIds(a.id, b.id);
}

function compareByKey(a: Place, b: Place): number {
  return a.key === b.key ? compareIds(a.id, b.id) : a.key < b.key ? -1 : 1;
}

/** In the order of their bytes, as SQLite has them: that of JavaScript differs beyond the basic plane. */
function compareIds(a: string, b: string): number {
  if (beyond.test(a) || beyond.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

const beyond = /[\ud800-\uffff]/;
