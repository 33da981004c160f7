import type { Sample, Value } from "../../readings/reading.ts";
import type { Comparison } from "../comparison/comparison.ts";
import { noInterval, plainProgram, type Program } from "../program.ts";
import { raiseOf, verdicts, type Verdict } from "../verdict.ts";

/** Readings of one metric, each held against a comparison. The state is the verdict on the last one. */
export function metricProgram(metric: string, comparison: Comparison): Program<Verdict> {
  const never = comparison.judge(undefined);
  return {
    ...plainProgram,
    inputs: [metric],
    lookBack: Infinity,
    ranks: comparison.ranks,
    watchesSilence: raiseOf(never) > 0,
    initial: () => never,
    step(state, sample) {
      const value = valueIn(sample, metric);
      return value === undefined ? state : comparison.judge(value);
    },
    verdict: (state) => state,
    quiet: (state, name) => (name === metric && state !== verdicts.unknown ? comparison.of(state) : noInterval),
    calm: (state, name, isSteady) =>
      name === metric && state !== verdicts.unknown ? comparison.steady(state, isSteady) : noInterval,
    measure(_state, rank, latest) {
      const value = latest(metric);
      return value === undefined ? undefined : { metric, value, threshold: comparison.threshold(value, rank) };
    },
    idle: never === verdicts.unknown || never === verdicts.clear ? verdicts.clear : undefined,
    isAtRest: (state) => raiseOf(state) === 0,
    isIdle: (state) => state === verdicts.clear || (state === verdicts.unknown && never === state),
  };
}

/** The last reading of a metric in a sample. */
export function valueIn({ readings }: Sample, metric: string): Value | undefined {
  for (let index = readings.length - 1; index >= 0; index--) {
    const reading = readings[index]!;
    if (reading.metric === metric) return reading.value;
  }
  return undefined;
}
