import { MAX_VARINT_BYTES, putVarint, VarintReader, zigzag } from "./varints.ts";

/**
 * Points of a chunk in few bytes, and back to the same bits. Times are differences of differences, so an even pace is
 * one byte a point. Values that are decimals of few digits, as sensors send them, are differences of whole numbers;
 * others are XORed with the one before, and only the bytes that differ are kept.
 *
 *     form of the times u8 | times | form of the values u8 | values
 */
const TIMES = { plain: 0, paced: 1 } as const;
/** `plain`: eight bytes a value. From `decimals` on, the form less that is the number of digits behind the point. */
const VALUES = { plain: 0, xored: 1, decimals: 16 } as const;

/** A span of times, and whole numbers of values, whose differences of differences are still exact. */
const MAX_SPAN = 2 ** 50;
const MAX_WHOLE = 2 ** 49;
const MAX_DIGITS = 6;
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

let scratch = new Uint8Array(16_384);

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

export function packPoints(times: Float64Array, values: Float64Array): Uint8Array {
  makeRoomFor(times.length);
  const at = putTimes(times);
  return scratch.slice(0, putValues(values, at));
}

export function packTimes(times: Float64Array): Uint8Array {
  makeRoomFor(times.length);
  return scratch.slice(0, putTimes(times));
}

export function packNumbers(numbers: Float64Array): Uint8Array {
  makeRoomFor(numbers.length);
  return scratch.slice(0, putValues(numbers, 0));
}

/** Throws RangeError if the bytes [at, end) are not as many numbers as there is room for. */
export function unpackNumbers(packed: Uint8Array, at: number, end: number, into: Float64Array): void {
  assertEnd(end, takeValues(packed, at, into));
}

/** Throws RangeError if the bytes are not so many points. */
export function unpackPoints(packed: Uint8Array, count: number): { times: Float64Array; values: Float64Array } {
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  assertEnd(packed.length, takeValues(packed, takeTimes(packed, 0, times), values));
  return { times, values };
}

/** As `unpackNumbers`. */
export function unpackTimes(packed: Uint8Array, at: number, end: number, into: Float64Array): void {
  assertEnd(end, takeTimes(packed, at, into));
}

function makeRoomFor(points: number): void {
  const needed = 64 + points * 2 * (MAX_VARINT_BYTES + 1);
  if (scratch.length < needed) scratch = new Uint8Array(needed);
}

function assertEnd(end: number, taken: number): void {
  if (taken !== end) throw new RangeError("packed points have another length than they say");
}

function putTimes(times: Float64Array): number {
  const first = times[0] ?? 0;
  if ((times.at(-1) ?? 0) - first > MAX_SPAN) return putPlain(times, 0, TIMES.plain);
  scratch[0] = TIMES.paced;
  double[0] = first;
  scratch.set(new Uint8Array(double.buffer), 1);
  let at = 9;
  let before = first;
  let pace = 0;
  for (let i = 1; i < times.length; i++) {
    const time = times[i]!;
    const difference = time - before;
    at = putVarint(scratch, at, zigzag(difference - pace));
    pace = difference;
    before = time;
  }
  return at;
}

function takeTimes(packed: Uint8Array, at: number, times: Float64Array): number {
  const form = packed[at];
  if (form === TIMES.plain) return takePlain(packed, at + 1, times);
  if (form !== TIMES.paced) throw new RangeError(`times of an unknown form ${form}`);
  takePlain(packed, at + 1, times.subarray(0, 1));
  const reader = new VarintReader(packed, at + 9);
  let time = times[0]!;
  let pace = 0;
  for (let i = 1; i < times.length; i++) {
    if (packed[reader.at] === 0) reader.at++;
    else pace += reader.nextSigned();
    time += pace;
    times[i] = time;
  }
  return reader.at;
}

function putValues(values: Float64Array, at: number): number {
  const digits = digitsOf(values);
  return digits === undefined ? putXored(values, at) : putDecimals(values, digits, at);
}

function takeValues(packed: Uint8Array, at: number, values: Float64Array): number {
  const form = packed[at];
  if (form === VALUES.plain) return takePlain(packed, at + 1, values);
  if (form === VALUES.xored) return takeXored(packed, at + 1, values);
  const power = form === undefined ? undefined : POWERS[form - VALUES.decimals];
  if (power === undefined) throw new RangeError(`values of an unknown form ${form}`);
  const reader = new VarintReader(packed, at + 1);
  let whole = 0;
  for (let i = 0; i < values.length; i++) {
    whole += reader.nextSigned();
    values[i] = whole / power;
  }
  return reader.at;
}

/** Digits behind the point with which every value is a decimal, to the bit; undefined if there are too many. */
function digitsOf(values: Float64Array): number | undefined {
  let digits = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    while (!isDecimal(value, POWERS[digits]!)) if (++digits > MAX_DIGITS) return undefined;
  }
  return digits;
}

/** A quotient of whole numbers below 2^53 is rounded once, so it is the same number wherever it is computed. */
function isDecimal(value: number, power: number): boolean {
  const whole = Math.round(value * power);
  return Math.abs(whole) <= MAX_WHOLE && whole / power === value && !(whole === 0 && Object.is(value, -0));
}

function putDecimals(values: Float64Array, digits: number, start: number): number {
  const power = POWERS[digits]!;
  let at = start;
  scratch[at++] = VALUES.decimals + digits;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    const whole = Math.round(values[i]! * power);
    at = putVarint(scratch, at, zigzag(whole - before));
    before = whole;
  }
  return at;
}

/** Per value a byte with how many zero bytes the XOR has below (high nibble) and how many bytes follow (low one). */
function putXored(values: Float64Array, start: number): number {
  let at = start;
  scratch[at++] = VALUES.xored;
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    double[0] = values[i]!;
    let restLow = halves[0]! ^ low;
    let restHigh = halves[1]! ^ high;
    low = halves[0]!;
    high = halves[1]!;
    let zeros = 0;
    while (zeros < 8 && (restLow & 0xff) === 0) {
      restLow = (restLow >>> 8) | (restHigh << 24);
      restHigh >>>= 8;
      zeros++;
    }
    const mark = at++;
    while (restLow !== 0 || restHigh !== 0) {
      scratch[at++] = restLow & 0xff;
      restLow = (restLow >>> 8) | (restHigh << 24);
      restHigh >>>= 8;
    }
    scratch[mark] = (zeros << 4) | (at - mark - 1);
  }
  return at - start > values.length * 8 ? putPlain(values, start, VALUES.plain) : at;
}

function takeXored(packed: Uint8Array, start: number, values: Float64Array): number {
  let at = start;
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const mark = packed[at++];
    if (mark === undefined) throw new RangeError("packed points are cut short");
    let place = mark >>> 4;
    const end = at + (mark & 0xf);
    if (place + (mark & 0xf) > 8) throw new RangeError("packed points are none");
    for (; at < end; at++, place++) {
      const byte = packed[at] ?? 0;
      if (place < 4) low ^= byte << (8 * place);
      else high ^= byte << (8 * (place - 4));
    }
    halves[0] = low;
    halves[1] = high;
    values[i] = double[0]!;
  }
  return at;
}

function putPlain(numbers: Float64Array, at: number, form: number): number {
  scratch[at] = form;
  scratch.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), at + 1);
  return at + 1 + numbers.byteLength;
}

function takePlain(packed: Uint8Array, at: number, into: Float64Array): number {
  const end = at + into.byteLength;
  if (end > packed.length) throw new RangeError("packed points are cut short");
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(packed.subarray(at, end));
  return end;
}
