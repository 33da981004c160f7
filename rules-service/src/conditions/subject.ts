import type { Device } from "@headwater/aggregates";
import type { Anchor, Reading, Sample, Value } from "../readings/reading.ts";
import type { Comparison } from "./comparison/comparison.ts";
import { raiseOf, type Verdict } from "./verdict.ts";
import type { Outlook } from "./outlook.ts";
import { noInterval, noWakes, plainProgram, type Interval, type Program } from "./program.ts";

/** Something of a device that has one value at a time, made of its readings. States as those of a program. */
export interface Subject<S> {
  readonly inputs: readonly string[];
  /** Microseconds. */
  readonly lookBack: number;
  readonly readsDevice?: boolean;
  initial(device: Device | undefined): S;
  step(state: S, sample: Sample): S;
  /** When its value may change by itself; infinite: never. */
  wakeTime?(state: S): number;
  /** What that was counted from. */
  wakeAnchor?(state: S): Anchor;
  elapse?(state: S, time: number): S;
  withDevice?(state: S, device: Device | undefined): S;
  /** undefined: it is not known. A number beyond the greatest is as good as that. */
  value(state: S): Value | undefined;
  /** Which numbers may be taken in later as long as its value stays in an interval; see `Program`. */
  foresee?(state: S, within: Interval): Outlook | undefined;
  stepAll?(state: S, readings: readonly Reading[]): S;
  /** The name that alerts give it. */
  readonly name: string;
}

/** The condition that a subject's value meets a comparison. */
export function compared<S>(subject: Subject<S>, comparison: Comparison): Program<S> {
  // No alert could say what was compared, so whoever reads alerts.v1 would skip it.
  const valueOf = (state: S): Value | undefined => {
    const value = subject.value(state);
    return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
  };
  return {
    ...plainProgram,
    inputs: subject.inputs,
    lookBack: subject.lookBack,
    ranks: comparison.ranks,
    readsDevice: subject.readsDevice === true,
    watchesSilence: raiseOf(comparison.judge(valueOf(subject.initial(undefined)))) > 0,
    initial: (device) => subject.initial(device),
    step: (state, sample) => subject.step(state, sample),
    wakes(state) {
      const time = subject.wakeTime?.(state) ?? Infinity;
      return time === Infinity ? noWakes : [{ time, anchor: subject.wakeAnchor!(state) }];
    },
    nextWake: (state) => subject.wakeTime?.(state) ?? Infinity,
    elapse: (state, time) => subject.elapse?.(state, time) ?? state,
    withDevice: (state, device) => subject.withDevice?.(state, device) ?? state,
    verdict: (state) => comparison.judge(valueOf(state)),
    ...(subject.foresee !== undefined && {
      foresee(state: S, isSteady: (verdict: Verdict) => boolean) {
        const value = valueOf(state);
        if (!isSteady(comparison.judge(value))) return undefined;
        return subject.foresee!(state, typeof value === "number" ? comparison.calm(value, isSteady) : noInterval);
      },
      stepAll: (state: S, readings: readonly Reading[]) => subject.stepAll!(state, readings),
    }),
    measure(state, rank) {
      const value = valueOf(state);
      return value === undefined
        ? undefined
        : { metric: subject.name, value, threshold: comparison.threshold(value, rank) };
    },
  };
}
