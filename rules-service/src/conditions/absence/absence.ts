import { everyGateway, type Anchor } from "../../readings/reading.ts";
import { anyMetric, noWakes, plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts } from "../verdict.ts";

interface AbsenceState {
  /** The last reading, or since when one was to be expected; null: nothing is known of it yet. */
  readonly last: Anchor | null;
  readonly silent: boolean;
  /** Of a device that nobody registered none is missed. */
  readonly registered: boolean;
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
    readsDevice: true,
    initial: (device, since) => ({ last: since ?? null, silent: false, registered: device !== undefined }),
    step(state, { time, logTime, gateway, readings }) {
      if (!readings.some((reading) => reading.metric === input)) return state;
      // It counts from where the rule began, or the device was registered, if that was later.
      if (state.last !== null && time < state.last.time) return state;
      return { ...state, last: { time, logTime, gateway }, silent: false };
    },
    // While any gateway lags, what it has of the device may still come: the pipeline is slow, and nobody is silent.
    wakes: ({ last, silent, registered }) =>
      silent || !registered || last === null
        ? noWakes
        : [{ time: last.time + duration, anchor: { ...last, gateway: everyGateway + last.gateway } }],
    // Through a gateway that is away nobody can be heard.
    excuse(state, unheardSince) {
      const { last, silent, registered } = state;
      if (silent || !registered || last === null || last.gateway === "") return state;
      const later = unheardSince(last, duration) - last.logTime;
      if (later <= 0) return state;
      return { ...state, last: { ...last, time: last.time + later, logTime: last.logTime + later } };
    },
    elapse: (state) => ({ ...state, silent: true }),
    withDevice(state, device, at) {
      const registered = device !== undefined;
      if (registered === state.registered) return state;
      const isLater = registered && (state.last === null || at.time > state.last.time);
      return { last: isLater ? at : state.last, silent: false, registered };
    },
    verdict: ({ silent }) => (silent ? verdictOf(rank, 1) : verdicts.clear),
    measure: ({ last }) => ({ metric: metric ?? "", value: last?.time ?? 0, threshold: duration }),
    idle: undefined,
  };
}
