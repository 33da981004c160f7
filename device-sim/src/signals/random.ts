/** Numbers that a seed decides, the same on every machine: sfc32 by Chris Doty-Humphrey, as PractRand tests it. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  /** `names` tell one stream of numbers from another of the same seed. */
  constructor(seed: number, ...names: readonly (string | number)[]) {
    let hash = 2_166_136_261 ^ seed;
    for (const char of names.join("\0")) hash = Math.imul(hash ^ char.codePointAt(0)!, 16_777_619);
    this.#a = hash | 0;
    this.#b = Math.imul(hash, 0x9e37_79b1) | 0;
    this.#c = seed | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }

  within(range: { readonly from: number; readonly to: number }): number {
    return range.from + (range.to - range.from) * this.next();
  }

  isIn(share: number): boolean {
    return share > 0 && this.next() < share;
  }

  /** Of the standard normal distribution, by Marsaglia's polar method. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const [u, v] = [2 * this.next() - 1, 2 * this.next() - 1];
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = v * scale;
      return u * scale;
    }
  }
}
