import type { Value } from "../../readings/reading.ts";
import { valueIn } from "./metric.ts";
import { plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts, type Verdict } from "../verdict.ts";

/** A metric that comes to have a value, having had another; ends when it has another again. */
export function changesToProgram(metric: string, wanted: Value, rank = unranked): Program<Verdict> {
  const changed = verdictOf(rank, 1);
  return {
    ...plainProgram,
    inputs: [metric],
    lookBack: Infinity,
    ranks: [rank],
    initial: () => verdicts.unknown,
    step(state, sample) {
      const value = valueIn(sample, metric);
      if (value === undefined) return state;
      if (value !== wanted) return verdicts.clear;
      // A first value is no change.
      if (state === verdicts.unknown) return verdicts.between;
      return state === verdicts.clear ? changed : state;
    },
    verdict: (state) => state,
    measure(_state, _rank, latest) {
      const value = latest(metric);
      return value === undefined
        ? undefined
        : { metric, value, threshold: typeof wanted === "number" ? wanted : Number.NaN };
    },
  };
}
