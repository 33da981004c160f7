import { UnreadableStateError } from "./errors.ts";
import { KnownTexts } from "./known-texts.ts";

/** States are written one behind the other into pieces of this size. */
const pieceBytes = 64 * 1024;
/** Strings up to this length are written by hand when they are ASCII; a call into the encoder costs more. */
const shortText = 64;
/** So many texts of a state are looked through one by one; most states have no more. */
const fewTexts = 12;
/** Between two times; twice that and one still is a safe integer. */
const mostApart = 2 ** 52 - 2;
const hyphen = "-".charCodeAt(0);
const uuidLength = 36;
const uuidBytes = 16;
const digits = Buffer.from("0123456789abcdef");

/** Writes numbers and texts, one state after the other; `begin` begins one, `done` has its bytes. */
export class StateWriter {
  #bytes = Buffer.allocUnsafeSlow(pieceBytes);
  /** Where the present state begins. */
  #start = 0;
  #length = 0;
  #time = 0;
  /** Of the present state, so many of the list. */
  readonly #texts: string[] = [];
  #known = 0;
  /** Those beyond the first few. */
  readonly #further = new Map<string, number>();

  begin(): this {
    this.#length = this.#start;
    this.#time = 0;
    if (this.#known > fewTexts) this.#further.clear();
    this.#known = 0;
    return this;
  }

  /** A whole number from -1 up. */
  count(value: number): this {
    let rest = value + 1;
    this.#reserve(9);
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  number(value: number): this {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
    return this;
  }

  /** By how far it lies from the one before: the times of a state lie close together, and many are the same. */
  time(value: number): this {
    const apart = value - this.#time;
    if (!Number.isSafeInteger(value) || Math.abs(apart) > mostApart) return this.count(0).number(value);
    this.#time = value;
    return this.count(apart < 0 ? -2 * apart : 2 * apart + 1);
  }

  /** A whole number, by how far it lies from one that the reader has as well. */
  apart(value: number, from: number): this {
    const apart = value - from;
    return this.count(apart < 0 ? -2 * apart - 1 : 2 * apart);
  }

  /** An id: a UUID in its canonical form takes sixteen bytes. */
  id(value: string): this {
    this.#reserve(1 + uuidBytes);
    if (this.#uuid(value)) return this;
    return this.count(0).text(value);
  }

  /** The second time, its number has to do. */
  text(value: string): this {
    const known = this.#numberOf(value);
    if (known !== undefined) return this.count(known);
    this.count(this.#known);
    if (this.#known < fewTexts) this.#texts[this.#known] = value;
    else this.#further.set(value, this.#known);
    this.#known += 1;
    if (this.#shortText(value)) return this;
    const bytes = Buffer.byteLength(value);
    this.count(bytes).#reserve(bytes);
    this.#length += this.#bytes.write(value, this.#length);
    return this;
  }

  #numberOf(value: string): number | undefined {
    const few = Math.min(this.#known, fewTexts);
    for (let number = 0; number < few; number++) if (this.#texts[number] === value) return number;
    return this.#known > fewTexts ? this.#further.get(value) : undefined;
  }

  list<T>(items: readonly T[], each: (item: T) => void): this {
    this.count(items.length);
    for (const item of items) each(item);
    return this;
  }

  /** The bytes of the state, which nothing that is written later touches. */
  done(): Uint8Array {
    const state = this.#bytes.subarray(this.#start, this.#length);
    this.#start = this.#length;
    return state;
  }

  /** False: it is too long, or not ASCII. */
  #shortText(value: string): boolean {
    if (value.length > shortText) return false;
    this.#reserve(shortText + 1);
    let at = this.#length;
    // A length below 127 is one byte.
    this.#bytes[at++] = value.length + 1;
    let seen = 0;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      seen |= unit;
      this.#bytes[at++] = unit;
    }
    if (seen >= 128) return false;
    this.#length = at;
    return true;
  }

  /** False: it is none. */
  #uuid(value: string): boolean {
    if (value.length !== uuidLength) return false;
    let at = this.#length;
    this.#bytes[at++] = 2;
    for (let index = 0; index < uuidLength;) {
      if (isHyphenAt(index)) {
        if (value.charCodeAt(index++) !== hyphen) return false;
        continue;
      }
      const [high, low] = [digitOf(value.charCodeAt(index++)), digitOf(value.charCodeAt(index++))];
      if (high < 0 || low < 0) return false;
      this.#bytes[at++] = high * 16 + low;
    }
    this.#length = at;
    return true;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const written = this.#length - this.#start;
    const next = Buffer.allocUnsafeSlow(Math.max(pieceBytes, 2 * (written + bytes)));
    this.#bytes.copy(next, 0, this.#start, this.#length);
    this.#bytes = next;
    this.#start = 0;
    this.#length = written;
  }
}

/** Of a hexadecimal digit in lower case; -1: it is none. */
function digitOf(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  return unit >= 97 && unit <= 102 ? unit - 87 : -1;
}

function isHyphenAt(index: number): boolean {
  return index === 8 || index === 13 || index === 18 || index === 23;
}

/** A UUID on its way to a text. */
const uuidText = Buffer.alloc(uuidLength, hyphen);

/** Texts that states have in common are one text in memory: names of gateways, metrics, fields. */
const knownTexts = new KnownTexts();

/** Throws UnreadableStateError where the bytes are none of a state: what cannot be read must not be guessed. */
export class StateReader {
  readonly #bytes: Buffer;
  readonly #texts: string[] = [];
  #at = 0;
  #time = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What was read is all that there is. */
  end(): void {
    if (this.#at === this.#bytes.length) return;
    throw new UnreadableStateError("A rule's state goes on where it should end; it cannot be restored");
  }

  count(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#take(1)]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value - 1;
      factor *= 128;
    }
  }

  number(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  time(): number {
    const apart = this.count();
    if (apart === 0) return this.number();
    this.#time += apart % 2 === 0 ? -apart / 2 : (apart - 1) / 2;
    return this.#time;
  }

  apart(from: number): number {
    const apart = this.count();
    return from + (apart % 2 === 0 ? apart / 2 : -(apart + 1) / 2);
  }

  id(): string {
    if (this.count() === 0) return this.text();
    let from = this.#take(uuidBytes);
    for (let index = 0; index < uuidLength;) {
      if (isHyphenAt(index)) {
        index++;
        continue;
      }
      const byte = this.#bytes[from++]!;
      uuidText[index++] = digits[byte >> 4]!;
      uuidText[index++] = digits[byte & 15]!;
    }
    return uuidText.toString("latin1");
  }

  text(): string {
    const known = this.count();
    if (known < 0) throw new UnreadableStateError("A rule's state names a text by no number; it cannot be restored");
    if (known < this.#texts.length) return this.#texts[known]!;
    const length = this.count();
    const at = this.#take(length);
    const value = knownTexts.read(this.#bytes, at, at + length);
    this.#texts.push(value);
    return value;
  }

  list<T>(each: () => T): T[] {
    const count = this.count();
    // Most have one item; a list that is pushed to keeps room for sixteen more.
    if (count === 1) return [each()];
    const items: T[] = [];
    for (let left = count; left > 0; left--) items.push(each());
    return count > 0 ? items.slice() : items;
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (bytes < 0 || this.#at > this.#bytes.length)
      throw new UnreadableStateError("A rule's state ends before it should; it cannot be restored");
    return at;
  }
}
