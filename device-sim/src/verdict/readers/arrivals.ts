/** What was seen of a device where messages come out, in the order in which it was seen. */
export interface Arrivals {
  /** How often message i + 1 was seen. */
  readonly seen: Uint8Array;
  /** Of messages that came after one that was sent later. */
  readonly reordered: number;
}

const most = 0x7fff_ffff;

/** Numbers that messages carried, in the order in which they came. */
export class ArrivalCount {
  #seqs = new Int32Array(64);
  #count = 0;

  /** What is no number of a message counts for nothing: whose it was is missing. */
  take(seq: number): void {
    if (!Number.isInteger(seq) || seq < 1 || seq > most) return;
    if (this.#count === this.#seqs.length) {
      const seqs = new Int32Array(2 * this.#count);
      seqs.set(this.#seqs);
      this.#seqs = seqs;
    }
    this.#seqs[this.#count++] = seq;
  }

  /** Of a device that has sent so many: behind a number that it never gave nothing is out of order. */
  arrivals(sent: number): Arrivals {
    const seen = new Uint8Array(sent);
    let [highest, reordered] = [0, 0];
    for (let i = 0; i < this.#count; i++) {
      const seq = this.#seqs[i]!;
      if (seq > sent) continue;
      const before = seen[seq - 1]!;
      if (before < 255) seen[seq - 1] = before + 1;
      if (seq > highest) highest = seq;
      else if (before === 0) reordered += 1;
    }
    return { seen, reordered };
  }
}
