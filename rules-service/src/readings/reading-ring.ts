import type { Reading } from "./reading.ts";

/** Fewest places of a ring that holds anything. */
const minPlaces = 2;

/** Numbers of a reading that is kept as such, in this order: its position, its value, its other times, its identity. */
const stride = 9;

const noReadings: readonly never[] = [];
const noNumbers: readonly number[] = [];

/**
 * Readings one after the other, in a ring whose number of places is a power of two: what is let go is free for the
 * collector at once, and a device that sends steadily allocates nothing here. Most readings are numbers that concern no
 * rule. Of one that comes as numbers an object is made when somebody asks for it, which is the same one ever after.
 */
export class ReadingRing {
  /** By place; undefined: it is among the numbers. Empty: nobody has asked for one. */
  #readings: (Reading | undefined)[] = noReadings as never[];
  /** A flat list, so that the numbers lie in it themselves; empty: none has come as numbers. */
  #numbers: number[] = noNumbers as number[];
  /** Of those that are numbers alone: so many, of one metric, heard through one gateway. */
  #plain = 0;
  #metric = "";
  #gateway = "";
  #places = 0;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get places(): number {
    return this.#places;
  }

  at(index: number): Reading {
    const place = (this.#head + index) & (this.#places - 1);
    return this.#readingAt(place) ?? this.#make(place);
  }

  /** The same for a look at it, after which nothing is left of an object that was made for it. */
  peek(index: number): Reading {
    const place = (this.#head + index) & (this.#places - 1);
    return this.#readingAt(place) ?? this.#made(place);
  }

  timeAt(index: number): number {
    const place = (this.#head + index) & (this.#places - 1);
    const reading = this.#readingAt(place);
    return reading === undefined ? this.#numbers[place * stride]! : reading.time;
  }

  offsetAt(index: number): number {
    const place = (this.#head + index) & (this.#places - 1);
    const reading = this.#readingAt(place);
    return reading === undefined ? this.#numbers[place * stride + 1]! : reading.offset;
  }

  indexAt(index: number): number {
    const place = (this.#head + index) & (this.#places - 1);
    const reading = this.#readingAt(place);
    return reading === undefined ? this.#numbers[place * stride + 2]! : reading.index;
  }

  logTimeAt(index: number): number {
    const place = (this.#head + index) & (this.#places - 1);
    const reading = this.#readingAt(place);
    return reading === undefined ? this.#numbers[place * stride + 6]! : reading.logTime;
  }

  gatewayAt(index: number): string {
    const place = (this.#head + index) & (this.#places - 1);
    return this.#readingAt(place)?.gateway ?? this.#gateway;
  }

  push(reading: Reading): void {
    this.#put(this.#grow(), reading);
  }

  /** The same of a number that a device has measured, without an object for it. */
  pushNumber(
    metric: string,
    gateway: string,
    time: number,
    offset: number,
    index: number,
    value: number,
    eventTime: number,
    receivedAt: number,
    logTime: number,
    epoch: number,
    n: number,
  ): void {
    const place = this.#grow();
    if (this.#gateway !== gateway || this.#metric !== metric) {
      if (this.#plain > 0) {
        const times = { time, eventTime, receivedAt, logTime };
        const is = { metric, value, isBoolean: false, derivedBy: "" };
        this.#put(place, { ...times, offset, index, ...is, gateway, epoch, n });
        return;
      }
      this.#metric = metric;
      this.#gateway = gateway;
    }
    this.#plain++;
    if (this.#numbers.length === 0) this.#numbers = blankNumbers(this.#places);
    const numbers = this.#numbers;
    const at = place * stride;
    numbers[at] = time;
    numbers[at + 1] = offset;
    numbers[at + 2] = index;
    numbers[at + 3] = value;
    numbers[at + 4] = eventTime;
    numbers[at + 5] = receivedAt;
    numbers[at + 6] = logTime;
    numbers[at + 7] = epoch;
    numbers[at + 8] = n;
  }

  set(index: number, reading: Reading): void {
    const place = (this.#head + index) & (this.#places - 1);
    if (this.#readingAt(place) === undefined) this.#plain--;
    this.#put(place, reading);
  }

  /** Puts one before that of an index, or last. */
  insert(index: number, reading: Reading): void {
    this.push(reading);
    for (let each = this.#size - 1; each > index; each--) this.set(each, this.at(each - 1));
    this.set(index, reading);
  }

  /** Lets go of the first. */
  shift(): void {
    if (this.#readingAt(this.#head) === undefined) this.#plain--;
    else this.#readings[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#places - 1);
    this.#size--;
  }

  resize(places: number): void {
    const readings: (Reading | undefined)[] = Array.from({ length: places }, () => undefined);
    const numbers = this.#numbers.length === 0 ? this.#numbers : blankNumbers(places);
    for (let index = 0; index < this.#size; index++) {
      const place = (this.#head + index) & (this.#places - 1);
      readings[index] = this.#readingAt(place);
      if (numbers.length === 0) continue;
      for (let each = 0; each < stride; each++) numbers[index * stride + each] = this.#numbers[place * stride + each]!;
    }
    this.#readings = this.#readings.length === 0 ? this.#readings : readings;
    this.#numbers = numbers;
    this.#places = places;
    this.#head = 0;
  }

  clear(): void {
    this.#readings = noReadings as never[];
    this.#numbers = noNumbers as number[];
    this.#plain = this.#places = this.#head = this.#size = 0;
  }

  #readingAt(place: number): Reading | undefined {
    return place < this.#readings.length ? this.#readings[place] : undefined;
  }

  /** A further place, and where it is. */
  #grow(): number {
    if (this.#size === this.#places) this.resize(Math.max(minPlaces, this.#size * 2));
    return (this.#head + this.#size++) & (this.#places - 1);
  }

  #put(place: number, reading: Reading): void {
    if (this.#readings.length === 0) this.#readings = Array.from({ length: this.#places }, () => undefined);
    this.#readings[place] = reading;
  }

  #make(place: number): Reading {
    const reading = this.#made(place);
    this.#put(place, reading);
    this.#plain--;
    return reading;
  }

  #made(place: number): Reading {
    const numbers = this.#numbers;
    const at = place * stride;
    return {
      time: numbers[at]!,
      offset: numbers[at + 1]!,
      index: numbers[at + 2]!,
      metric: this.#metric,
      value: numbers[at + 3]!,
      isBoolean: false,
      eventTime: numbers[at + 4]!,
      receivedAt: numbers[at + 5]!,
      logTime: numbers[at + 6]!,
      gateway: this.#gateway,
      epoch: numbers[at + 7]!,
      n: numbers[at + 8]!,
      derivedBy: "",
    };
  }
}

/** Halves, so that it is a list of doubles whatever comes. */
function blankNumbers(places: number): number[] {
  const numbers = [0.5];
  for (let at = 1; at < places * stride; at++) numbers[at] = 0.5;
  return numbers.slice();
}
