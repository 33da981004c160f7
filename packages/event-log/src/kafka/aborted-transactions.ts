/** A transaction that was given up, as a fetch tells it: its records from there on, up to its marker, do not count. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;
const ABORT = 0;

/**
 * Which batches of one fetch belong to transactions that were given up. Batches have to be asked about in the order of
 * their offsets.
 */
export class AbortedTransactions {
  readonly #waiting: AbortedTransaction[];
  /** Producers whose open transaction will have been given up. */
  readonly #producers = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether the batch has records for a reader: neither a marker nor part of a transaction that was given up. */
  counts(batch: Buffer, lastOffset: number): boolean {
    const attributes = batch.readInt16BE(21);
    if ((attributes & (TRANSACTIONAL | CONTROL)) === 0) return true;
    const producerId = batch.readBigInt64BE(43);
    while (this.#waiting.length > 0 && this.#waiting[0]!.firstOffset <= lastOffset) {
      this.#producers.add(this.#waiting.shift()!.producerId);
    }
    if ((attributes & CONTROL) === 0) return !this.#producers.has(producerId);
    if (isAbort(batch)) this.#producers.delete(producerId);
    return false;
  }
}

/** The key of a marker: a version, then its kind. Length, attributes, two deltas and the key's length come before. */
function isAbort(batch: Buffer): boolean {
  return batch.length >= 61 + 9 && batch.readInt16BE(61 + 5 + 2) === ABORT;
}
