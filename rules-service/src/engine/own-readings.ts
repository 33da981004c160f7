import type { LeastLag } from "../readings/least-lag.ts";
import { beginning, isAfter, type Position } from "../readings/position.ts";
import type { ReadingBuffer } from "../readings/reading-buffer.ts";
import { sampleOf, type Reading, type Sample } from "../readings/reading.ts";
import type { Rule } from "./rule.ts";

/** One metric of the device, as far as the instances of rules need it. */
export interface InputSeries<I = unknown> {
  readonly metric: string;
  /** Whoever asks for them finds everything taken in that was left for later. */
  readonly readings: ReadingBuffer;
  /** The same without that. */
  readonly retained: ReadingBuffer;
  readonly lag: LeastLag;
  readonly instances: Map<string, I>;
  /** The latest offset from which on a rule has begun there, whose readings those before it are not. */
  begun: number;
  /** Lets its rules take in what they have left for later. */
  catchUp(): void;
  put(rule: string, instance: I): void;
  remove(rule: string): void;
  refresh(rule: string): void;
  block(rule: string): void;
  coversOf(rule: string): number;
}

/** Whose readings they are. */
export interface ReadingOwner {
  readonly rule: Rule;
  /** Of each input of the rule's condition. */
  readonly inputs: readonly InputSeries[];
  /** Readings before this offset are none of the rule's. */
  readonly from: number;
  /** Samples that came too late. */
  readonly refused: readonly Position[];
}

/** The newest of the rule's own readings that are retained, at or before a place. */
export function lastOwn(owner: ReadingOwner, place?: Position): Reading | undefined {
  let newest: Reading | undefined;
  for (const { readings } of owner.inputs) {
    const reading = lastIn(owner, readings, place === undefined ? readings.size : readings.indexAfter(place));
    if (reading !== undefined && (newest === undefined || isAfter(reading, newest))) newest = reading;
  }
  return newest;
}

/** The last reading of an input at or before a place. */
export function latestOwn(owner: ReadingOwner, metric: string, place: Position | undefined): Reading | undefined {
  const readings = readingsOfInput(owner, metric);
  if (readings === undefined) return undefined;
  const { newest } = readings;
  // Mostly it is asked for at the newest reading.
  if (newest !== undefined && (place === undefined || !isAfter(newest, place)) && owns(owner, newest)) return newest;
  return lastIn(owner, readings, place === undefined ? readings.size : readings.indexAfter(place));
}

function readingsOfInput({ inputs }: ReadingOwner, metric: string): ReadingBuffer | undefined {
  for (const input of inputs) if (input.metric === metric) return input.readings;
  return undefined;
}

/** The newest own reading that is none of these samples, which are of one record. */
export function lastBeside(owner: ReadingOwner, samples: readonly Sample[]): Reading | undefined {
  let newest: Reading | undefined;
  for (const { readings } of owner.inputs) {
    const reading = lastIn(owner, readings, readings.size, samples);
    if (reading !== undefined && (newest === undefined || isAfter(reading, newest))) newest = reading;
  }
  return newest;
}

/** Up to where own readings of any input were let go. */
export function prunedTo({ inputs, from }: ReadingOwner): Position {
  let latest = beginning;
  for (const { readings } of inputs) {
    const pruned = readings.prunedFrom(from);
    if (isAfter(pruned, latest)) latest = pruned;
  }
  return latest;
}

/** Whether own readings of any input were let go from a position on, or from after it. */
export function isPruned({ inputs, from }: ReadingOwner, position: Position): boolean {
  for (const { readings } of inputs) if (readings.isPruned(position, from)) return true;
  return false;
}

/** The rule's own samples after a position, in their order, without those that came too late. */
export function samplesAfter(owner: ReadingOwner, position: Position): readonly Sample[] {
  const readings: Reading[] = [];
  for (const { readings: retained } of owner.inputs) {
    for (let i = retained.indexAfter(position); i < retained.size; i++) {
      const reading = retained.at(i);
      if (owns(owner, reading) && !isRefused(owner, reading)) readings.push(reading);
    }
  }
  if (owner.inputs.length > 1) readings.sort((a, b) => (isAfter(a, b) ? 1 : -1));
  const samples: Sample[] = [];
  for (let begin = 0; begin < readings.length;) {
    const { offset, time } = readings[begin]!;
    let end = begin + 1;
    while (end < readings.length && readings[end]!.offset === offset && readings[end]!.time === time) end++;
    samples.push(sampleOf(readings.slice(begin, end)));
    begin = end;
  }
  return samples;
}

/** The readings of samples, to be looked up. */
export function readingsOf(samples: readonly Sample[]): ReadonlySet<Reading> {
  return new Set(samples.flatMap(({ readings }) => readings));
}

const noSamples: readonly Sample[] = [];

/** The last of the first so many readings that is the rule's, and in none of these samples. */
function lastIn(owner: ReadingOwner, readings: ReadingBuffer, count: number, beside = noSamples): Reading | undefined {
  let among: { has(reading: Reading): boolean } | undefined;
  for (let i = count - 1; i >= 0; i--) {
    if (readings.offsetAt(i) < owner.from) continue;
    const reading = readings.at(i);
    if (reading.offset !== beside[0]?.offset) return reading;
    // What was derived at the record of the samples may have been taken in before them, or after them.
    among ??= beside.length === 1 ? { has: (each) => beside[0]!.readings.includes(each) } : readingsOf(beside);
    if (!among.has(reading)) return reading;
  }
  return undefined;
}

function owns({ from }: ReadingOwner, reading: Reading): boolean {
  return reading.offset >= from;
}

function isRefused({ refused }: ReadingOwner, { offset, time }: Reading): boolean {
  return refused.some((each) => each.offset === offset && each.time === time);
}
