import { everyGateway, type Anchor } from "../../readings/reading.ts";
import { anyMetric, noWakes, plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts } from "../verdict.ts";

interface AbsenceState {
  /** The last reading, or since when one was to be expected. */
  readonly last: Anchor;
  readonly silent: boolean;
}

/** Nothing of the device, or of one of its metrics, for so long (microseconds). */
export function absenceProgram(metric: string | undefined, duration: number, rank = unranked): Program<AbsenceState> {
  const input = metric ?? anyMetric;
  return {
    ...plainProgram,
    inputs: [input],
    lookBack: duration,
    ranks: [rank],
    watchesSilence: true,
    initial: (_device, since) => ({ last: since, silent: false }),
    step(state, { time, logTime, gateway, readings }) {
      if (metric !== undefined && !readings.some((reading) => reading.metric === metric)) return state;
      return { last: { time, logTime, gateway }, silent: false };
    },
    // While any gateway lags, what it has of the device may still come: the pipeline is slow, and nobody is silent.
    wakes: ({ last, silent }) =>
      silent ? noWakes : [{ time: last.time + duration, anchor: { ...last, gateway: everyGateway } }],
    elapse: (state) => ({ ...state, silent: true }),
    verdict: ({ silent }) => (silent ? verdictOf(rank, 1) : verdicts.clear),
    measure: ({ last }) => ({ metric: metric ?? "", value: last.time, threshold: duration }),
    idle: undefined,
  };
}
