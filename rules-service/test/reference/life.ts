import type { Device } from "@headwater/aggregates";
import type { Outage } from "./clock.ts";
import type { Value } from "./grades.ts";

/** A moment of a device's life, and what the log's clock showed then; timers count from it. */
export interface Moment {
  readonly time: number;
  readonly received: number;
  /** "": no gateway's. */
  readonly gateway: string;
}

/** What the log had told of gateways, and the times of its clock and of the device up to which that counts. */
export interface Knowledge {
  readonly outages: ReadonlyMap<string, readonly Outage[]>;
  readonly received: number;
  readonly time: number;
}

/** Readings of one message and one time. */
export interface Sample extends Moment {
  readonly knows: Knowledge;
  readonly order: number;
  readonly readings: readonly { readonly metric: string; readonly value: Value; readonly isBoolean: boolean }[];
}

/** Something that will happen by itself unless a reading comes before it. */
export interface Timer {
  readonly time: number;
  readonly from: Moment;
}

/** A sample, or an instant at which something happens by itself. */
export interface Point {
  /** Judged time. */
  readonly time: number;
  readonly sample: Sample | undefined;
  /** How many samples there were up to it. */
  readonly samples: number;
  /** Whether what was due at just this time has happened: it does so after the first reading of that time. */
  readonly isAfterTimers: boolean;
  /** As of the next sample, or of the end of the history. */
  readonly knows: Knowledge;
}

/** A device under a rule, from when the rule began there. */
export interface Life {
  readonly since: Moment;
  readonly device: Device | undefined;
  readonly samples: readonly Sample[];
  readonly points: readonly Point[];
  /** For what comes after the last point. */
  readonly coming: { knows: Knowledge };
}

export function hasPassed({ time, isAfterTimers }: Point, due: number): boolean {
  return due < time || (due === time && isAfterTimers);
}

/** Microseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text)!;
  return Number(number) * { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 }[unit as "s"];
}

/** Whole panes of a window: a sixtieth of it, at least a second, counted from the epoch. */
export function paneLength(over: number): number {
  return Math.max(1_000_000, Math.ceil(over / 60));
}

export function concerns(inputs: readonly string[], { readings }: Sample): boolean {
  return inputs.includes("*") || readings.some(({ metric }) => inputs.includes(metric));
}

/** The metric's value after each sample that has it, up to a point; of one type alone where that is named. */
export function valuesOf(
  metric: string,
  { samples, points }: Life,
  point: number,
  type?: "number",
): { readonly value: Value; readonly isBoolean: boolean; readonly sample: Sample }[] {
  return samples.slice(0, points[point]!.samples).flatMap((sample) => {
    const reading = sample.readings.findLast(
      (each) => each.metric === metric && (type === undefined || typeof each.value === type),
    );
    return reading === undefined ? [] : [{ value: reading.value, isBoolean: reading.isBoolean, sample }];
  });
}
