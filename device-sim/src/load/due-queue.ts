/** A binary heap of what is due when: times and the numbers of those that are due, without an object an entry. */
export class DueQueue {
  #dues = new Float64Array(64);
  #whos = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Infinity: nothing. */
  get nextDue(): number {
    return this.#size === 0 ? Infinity : this.#dues[0]!;
  }

  push(due: number, who: number): void {
    if (this.#size === this.#dues.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#dues[parent]! <= due) break;
      this.#dues[at] = this.#dues[parent]!;
      this.#whos[at] = this.#whos[parent]!;
      at = parent;
    }
    this.#dues[at] = due;
    this.#whos[at] = who;
  }

  /** Who is due first; there has to be somebody. */
  pop(): number {
    const who = this.#whos[0]!;
    const size = --this.#size;
    const due = this.#dues[size]!;
    const last = this.#whos[size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#dues[child + 1]! < this.#dues[child]!) child += 1;
      if (this.#dues[child]! >= due) break;
      this.#dues[at] = this.#dues[child]!;
      this.#whos[at] = this.#whos[child]!;
      at = child;
    }
    this.#dues[at] = due;
    this.#whos[at] = last;
    return who;
  }

  #grow(): void {
    const [dues, whos] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    dues.set(this.#dues);
    whos.set(this.#whos);
    [this.#dues, this.#whos] = [dues, whos];
  }
}
