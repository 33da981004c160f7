interface Entry<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
  readonly next: Entry<T> | undefined;
}

/**
 * Names of one hash that are kept. Among as many names as there may be hardly three meet by chance; a device that makes
 * names which all meet would have every event look through all of them.
 */
const mostOfOneHash = 8;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Values by the bytes of their name: device ids, metrics and units come again and again, and making a string of each
 * only to look it up costs more than all the rest of an event.
 */
export class Interned<T> {
  readonly #make: (name: string) => T;
  readonly #max: number;
  #entries = new Map<number, Entry<T>>();
  #size = 0;

  /** Forgets all beyond `max` names, and those of one hash beyond a few. */
  constructor(max: number, make: (name: string) => T) {
    this.#max = max;
    this.#make = make;
  }

  /** undefined if the bytes are not UTF-8. */
  of(bytes: Uint8Array, start: number, end: number): T | undefined {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const first = this.#entries.get(hash);
    let met = 0;
    for (let entry = first; entry !== undefined; entry = entry.next) {
      if (isSame(entry.bytes, bytes, start, end)) return entry.value;
      met += 1;
    }
    // A copy: `slice` of a Buffer would be a view that keeps the whole fetched batch alive.
    const copy = new Uint8Array(bytes.subarray(start, end));
    if (met < mostOfOneHash) return this.#add(hash, copy, first);
    this.#size -= met;
    return this.#add(hash, copy, undefined);
  }

  #add(hash: number, bytes: Uint8Array, next: Entry<T> | undefined): T | undefined {
    let name: string;
    try {
      name = decoder.decode(bytes);
    } catch {
      // Not UTF-8: the caller says what that means.
      return undefined;
    }
    const value = this.#make(name);
    if (this.#size >= this.#max) {
      this.#entries = new Map();
      this.#size = 0;
      this.#entries.set(hash, { bytes, value, next: undefined });
    } else this.#entries.set(hash, { bytes, value, next });
    this.#size += 1;
    return value;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[start + at]) return false;
  return true;
}
