const bytes = new DataView(new ArrayBuffer(16));

/** A checksum over (time, value) rows in the order of time; two sides that hold the same rows have the same. */
export class Checksum {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;
  count = 0;

  add(time: number, value: number): void {
    bytes.setFloat64(0, time);
    // -0 is 0 in every store.
    bytes.setFloat64(8, value + 0);
    for (let at = 0; at < 16; at += 4) {
      const word = bytes.getUint32(at);
      this.#a = Math.imul(this.#a ^ word, 0x85ebca6b);
      this.#a ^= this.#a >>> 13;
      this.#b = Math.imul(this.#b ^ word, 0xc2b2ae35);
      this.#b ^= this.#b >>> 16;
    }
    this.count += 1;
  }

  get value(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** Text as a number to be checked; equal texts give equal ones. */
export function textNumber(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  // 21 and 32 bits: a whole number that a double holds.
  return (a & 0x1fffff) * 2 ** 32 + (b >>> 0);
}
