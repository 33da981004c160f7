/** Bytes that numbers, a separator and a line's end take at most. */
const MAX_NUMBER_BYTES = 32;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Decimals that are written without a detour over a string, and numbers below which they are: 15 digits in all. */
const SCALE = 1_000_000;
const SCALED_BELOW = 100_000_000;

/** Line protocol as it goes over the wire, in one growing array: a string for each part would be garbage at once. */
export class LineBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** Takes back what was written behind `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  /** A view, which the next byte that is written may make invalid. */
  part(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to);
  }

  byte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  bytes(from: Uint8Array): void {
    const { length } = from;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    const to = this.#bytes;
    let at = this.#length;
    // Names are short: a call of `set` costs more than this loop.
    for (let i = 0; i < length; i++) to[at++] = from[i]!;
    this.#length = at;
  }

  text(text: string): void {
    const most = text.length * 3;
    if (this.#length + most > this.#bytes.length) this.#grow(most);
    this.#length += this.#bytes.write(text, this.#length, "utf8");
  }

  /** As `String(value)` has it, and -0 with its sign. */
  number(value: number): void {
    if (this.#length + MAX_NUMBER_BYTES > this.#bytes.length) this.#grow(MAX_NUMBER_BYTES);
    if (Number.isSafeInteger(value)) {
      if (value < 0 || Object.is(value, -0)) this.#bytes[this.#length++] = MINUS;
      this.#digits(Math.abs(value));
      return;
    }
    // Of the decimals with up to 15 digits no two are the same double, so this one is the shortest that is.
    const scaled = Math.round(value * SCALE);
    if (value < SCALED_BELOW && value > -SCALED_BELOW && scaled / SCALE === value) {
      if (scaled < 0) this.#bytes[this.#length++] = MINUS;
      this.#decimal(Math.abs(scaled));
      return;
    }
    const text = String(value);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  #decimal(scaled: number): void {
    const whole = Math.floor(scaled / SCALE);
    this.#digits(whole);
    this.#bytes[this.#length++] = POINT;
    let rest = (scaled - whole * SCALE) | 0;
    for (let unit = SCALE / 10; rest > 0; unit = (unit / 10) | 0) {
      const digit = (rest / unit) | 0;
      this.#bytes[this.#length++] = ZERO + digit;
      rest -= digit * unit;
    }
  }

  #digits(value: number): void {
    if (value < 1e9) {
      this.#padded(value | 0, widthOf(value));
      return;
    }
    const high = Math.floor(value / 1e9);
    this.#padded(high | 0, widthOf(high));
    this.#padded((value - high * 1e9) | 0, 9);
  }

  #padded(value: number, width: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (let at = this.#length + width - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += width;
  }

  #grow(by: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + by));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function widthOf(value: number): number {
  let width = 1;
  for (let bound = 10; value >= bound; bound *= 10) width++;
  return width;
}
