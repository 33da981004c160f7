import type { Device } from "@headwater/aggregates";
import type { Anchor, Reading, Sample, Value } from "../readings/reading.ts";
import type { Outlook } from "./outlook.ts";
import type { Verdict } from "./verdict.ts";

/** An instant at which a verdict may change without a reading. */
export interface Wake {
  /** Judged time, microseconds. */
  readonly time: number;
  /** The instant that it was counted from, by which the log's clock knows when it is due. */
  readonly anchor: Anchor;
}

/** Numbers from `low` up to, not including, `high`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const noInterval: Interval = { low: Infinity, high: -Infinity };

/** What a verdict came from, for those who are told. */
export interface Measure {
  readonly metric: string;
  readonly value: Value;
  /** NaN if nothing was compared with a number. */
  readonly threshold: number;
}

/** What began the run of verdicts that led to a raise: a reading, or an instant. */
export interface Beginning extends Anchor {
  readonly reading: Reading | undefined;
}

/**
 * A condition as the engine evaluates it on one device: a fold over samples and instants in their order. States are
 * immutable plain data (numbers, texts, lists, objects without methods), so that they can be kept, compared and
 * written; a step that changes nothing gives the same state back. Nothing of it reads a clock.
 */
export interface Program<S = unknown> {
  /** The metrics whose readings it takes; `anyMetric` stands for every one of the device. */
  readonly inputs: readonly string[];
  /** How far back, in microseconds, a reading may still matter; may be infinite. */
  readonly lookBack: number;
  /** Ranks that its verdicts may have, mildest first. */
  readonly ranks: readonly number[];
  /** Whether it may raise though nothing was heard of a device: every registered one that is selected has a state. */
  readonly watchesSilence: boolean;
  /** Whether it looks at the device's own fields. */
  readonly readsDevice: boolean;
  /** `since` is when the rule began on the device; undefined: the device's first reading begins it. */
  initial(device: Device | undefined, since: Anchor | undefined): S;
  /** Takes the sample in. Wakes before it have been passed. */
  step(state: S, sample: Sample): S;
  /** The instants to come at which the verdict may change by itself; a later one may be due earlier on the log. */
  wakes(state: S): readonly Wake[];
  /** The time of the first of them, infinite if there is none, without making a list; absent: look at the list. */
  nextWake?(state: S): number;
  /** The first of these instants has come. */
  elapse(state: S, time: number): S;
  /** The device's own fields have changed, at an instant of the log's clock. */
  withDevice(state: S, device: Device | undefined, at: Anchor): S;
  /** Up to the present instant: silence counts from later where the device could not be heard. */
  excuse(state: S, unheardSince: UnheardSince): S;
  verdict(state: S): Verdict;
  /** Values of a metric that would change nothing in the state. */
  quiet(state: S, metric: string): Interval;
  /**
   * Values of a metric whose verdicts would all be steady, where a later verdict is the same whether they were taken in
   * or not, though the state may be another: of programs that keep nothing of a reading but how it was judged. Absent:
   * `quiet` tells all that there is.
   */
  calm?(state: S, metric: string, isSteady: (verdict: Verdict) => boolean): Interval;
  /**
   * For programs whose every number counts, though few change the verdict: which numbers of their one input may be
   * taken in later by `stepAll`, as long as verdicts are steady. Absent or undefined: none.
   */
  foresee?(state: S, isSteady: (verdict: Verdict) => boolean): Outlook | undefined;
  /** Takes in readings that an outlook has let pass, each a sample of its own, and what elapsed between them. */
  stepAll?(state: S, readings: readonly Reading[]): S;
  /** What the verdict came from; `rank` is that of the raise, or 0 if the episode ended. */
  measure(state: S, rank: number, latest: Latest): Measure | undefined;
  /** What began that the verdict has this rank; undefined: the present sample or instant. */
  begunBy(state: S, rank: number): Beginning | undefined;
  /** Whether the verdict is held by flapping; absent: it never is. */
  isFlapping?(state: S): boolean;
  /**
   * The state that need not be kept, since a device without a state is taken to have it; undefined: every state is
   * kept. Verdicts of it are clear.
   */
  readonly idle: S | undefined;
  /** Whether the state is as good as `idle`. */
  isIdle(state: S): boolean;
  /** Whether it is so as long as no episode is open; goes with `calm`. */
  isAtRest?(state: S): boolean;
}

/**
 * From when on, on the log's clock, a device counts as unheard that was heard last at an anchor and is to be heard
 * again within a duration: not while the gateway was away through which it was heard.
 */
export type UnheardSince = (last: Anchor, duration: number) => number;

/** The last value of a metric at or before the present instant. */
export type Latest = (metric: string) => Value | undefined;

export const anyMetric = "*";

export const noWakes: readonly Wake[] = [];

/** What most programs have in common. */
export const plainProgram = {
  watchesSilence: false,
  readsDevice: false,
  wakes: () => noWakes,
  elapse: <S>(state: S) => state,
  withDevice: <S>(state: S) => state,
  excuse: <S>(state: S) => state,
  quiet: () => noInterval,
  begunBy: () => undefined,
  idle: undefined,
  isIdle: () => false,
} as const;

/** A moment counted from an anchor, with the time on the log's clock that belongs to it. */
export function momentAt(time: number, { time: from, logTime, gateway }: Anchor): Anchor {
  return { time, logTime: logTime + (time - from), gateway };
}

/** When the verdict may change by itself first; infinite: never. */
export function nextWake<S>(program: Program<S>, state: S): number {
  return program.nextWake === undefined ? firstOf(program.wakes(state)) : program.nextWake(state);
}

/** The time of the first; infinite: there is none. */
export function firstOf(wakes: readonly Wake[]): number {
  let first = Infinity;
  for (const { time } of wakes) if (time < first) first = time;
  return first;
}
