import type { AlertInput } from "@headwater/proto";
import type { Position } from "../readings/position.ts";
import { deriverOf, type Reading, type Value } from "../readings/reading.ts";
import type { Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";

/** What telling needs of an instance. */
export interface InstanceView {
  readonly rule: Rule;
  readonly device: string;
  readonly grounding: string;
  /** How far its readings lie behind the log at least (microseconds), up to five minutes. */
  readonly lag: number;
  /** The newest of its readings at or before a place. */
  lastOwn(place?: Position): Reading | undefined;
  latest(metric: string, place: Position | undefined): Reading | undefined;
}

/** Most readings that one transition names as its evidence, for each role. */
const maxEvidence = 16;

/** The readings that made a transition, by what each of them did. */
export function evidenceOf(
  instance: InstanceView,
  shown: Transition,
  partition: number,
): NonNullable<AlertInput["evidence"]> {
  const { rule } = instance;
  const { begun, decided, at } = shown;
  const entries: NonNullable<AlertInput["evidence"]>[number][] = [];
  const seen: Reading[] = [];
  const add = (reading: Reading | undefined, role: string, always = false): void => {
    if (reading === undefined || entries.length >= 3 * maxEvidence) return;
    if (!always && seen.some((each) => each.offset === reading.offset && each.index === reading.index)) return;
    seen.push(reading);
    entries.push(entryOf(reading, role, partition));
  };
  add(begun.reading, "armed");
  const held = decided === undefined ? instance.lastOwn(placeOf(shown)) : undefined;
  if (decided === undefined) {
    add(held, "held");
    if (held !== undefined) entries.push({ ...entryOf(held, "timer", partition), eventTime: at });
  } else {
    for (const reading of decided.readings.slice(0, maxEvidence))
      if (rule.takes(reading.metric)) add(reading, "decided");
  }
  return entries;
}

function entryOf(reading: Reading, role: string, partition: number) {
  const { gateway, epoch, n, offset, eventTime, metric, value, derivedBy } = reading;
  const entry = { gateway, epoch, partition, n, offset, eventTime, metric, ...valueOf(value), role };
  if (derivedBy === "") return entry;
  const { rule, revision } = deriverOf(derivedBy);
  return { ...entry, derivedBy: rule, derivedRevision: revision };
}

/** The reading that began it: of an old episode that is told only now, no other may be retained. */
export function beganBy({ begun: { reading } }: Transition, metric: string): Reading | undefined {
  return reading?.metric === metric ? reading : undefined;
}

/** Readings at or before it are what the transition knew. */
export function placeOf({ decided, place, at }: Transition): Position | undefined {
  if (decided !== undefined) return { time: decided.time, offset: decided.offset, index: Number.MAX_SAFE_INTEGER };
  return place === undefined
    ? { time: at, offset: Number.MAX_SAFE_INTEGER, index: 0 }
    : { ...place, index: place.index - 1 };
}

export function valueOf(value: Value | undefined): { readonly value: number; readonly text?: string } {
  if (typeof value === "string") return { value: 0, text: value };
  return { value: value ?? 0 };
}
