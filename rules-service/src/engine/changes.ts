/** What changes of which a list is kept. */
export interface Changing {
  /** Where it stands in the list, if it is there. */
  place: number;
}

/** What has changed since states were last taken, in order. Each record asks, so it is a list and not a set. */
export class Changes<T extends Changing> implements Iterable<T> {
  #list: (T | undefined)[] = [];

  add(item: T): void {
    if (this.has(item)) return;
    item.place = this.#list.length;
    this.#list.push(item);
  }

  has(item: T): boolean {
    return this.#list[item.place] === item;
  }

  delete(item: T): void {
    if (this.has(item)) this.#list[item.place] = undefined;
  }

  /** Those that were deleted are counted as well. */
  get size(): number {
    return this.#list.length;
  }

  clear(): void {
    this.#list = [];
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const item of this.#list) if (item !== undefined) yield item;
  }
}
