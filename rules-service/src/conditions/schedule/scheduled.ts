import type { Anchor } from "../../readings/reading.ts";
import { momentAt, type Program } from "../program.ts";
import { raiseOf, stayOf, unknown, verdictOf, type Verdict } from "../verdict.ts";
import type { WeeklySchedule } from "./weekly.ts";

interface ScheduledState<S> {
  readonly inner: S;
  readonly isOpen: boolean;
  /** When the condition last changed, or the schedule; an edge to come is counted from it. */
  readonly at: Anchor;
}

/**
 * A condition that may raise only while a schedule is open; what holds when it opens is raised then. What is raised
 * stays when it closes, unless the schedule says that it ends (`clears`).
 */
export function scheduled<S>(inner: Program<S>, schedule: WeeklySchedule, clears: boolean): Program<ScheduledState<S>> {
  const hasLevels = inner.ranks.length > 1;
  // What neither raises nor ends is as mild as it can be from the opening on.
  const changesByOpening = (verdict: Verdict): boolean =>
    raiseOf(verdict) > 0 || (hasLevels && raiseOf(verdict) === 0 && stayOf(verdict) !== 0);
  const after = (state: ScheduledState<S>, now: S, at: Anchor): ScheduledState<S> => {
    const isOpen = schedule.isOpen(at.time);
    if (now === state.inner && isOpen === state.isOpen && state.at.time > 0) return state;
    return { inner: now, isOpen, at: { time: at.time, logTime: at.logTime, gateway: at.gateway } };
  };
  return {
    inputs: inner.inputs,
    lookBack: inner.lookBack,
    ranks: inner.ranks,
    watchesSilence: inner.watchesSilence,
    readsDevice: inner.readsDevice,
    initial: (device, since) => ({
      inner: inner.initial(device, since),
      isOpen: since === undefined || schedule.isOpen(since.time),
      at: since ?? noTime,
    }),
    step: (state, sample) => after(state, inner.step(state.inner, sample), sample),
    wakes(state) {
      const { at, isOpen } = state;
      const wakes = inner.wakes(state.inner);
      const verdict = inner.verdict(state.inner);
      const matters = isOpen ? clears && stayOf(verdict) !== 0 : changesByOpening(verdict);
      const time = matters && at.time > 0 ? schedule.nextEdge(at.time) : Infinity;
      return time === Infinity ? wakes : [...wakes, { time, anchor: at }];
    },
    elapse(state, time) {
      const wake = inner.wakes(state.inner).find((each) => each.time <= time);
      const now = wake === undefined ? state.inner : inner.elapse(state.inner, time);
      const moment = momentAt(time, wake?.anchor ?? state.at);
      return { inner: now, isOpen: schedule.isOpen(time), at: moment };
    },
    withDevice(state, device, at) {
      const now = inner.withDevice(state.inner, device, at);
      return now === state.inner ? state : { ...state, inner: now };
    },
    excuse(state, unheardSince) {
      const now = inner.excuse(state.inner, unheardSince);
      return now === state.inner ? state : { ...state, inner: now };
    },
    verdict(state) {
      const verdict = inner.verdict(state.inner);
      if (state.isOpen) return verdict;
      return verdictOf(unknown, clears ? 0 : stayOf(verdict));
    },
    quiet: (state, metric) => inner.quiet(state.inner, metric),
    measure: (state, rank, latest) => inner.measure(state.inner, rank, latest),
    // What has held since before the schedule opened is begun by the opening.
    begunBy(state, rank) {
      const begun = inner.begunBy(state.inner, rank);
      return begun === undefined || schedule.isOpen(begun.time) ? begun : undefined;
    },
    idle: inner.idle === undefined ? undefined : { inner: inner.idle, isOpen: true, at: noTime },
    isIdle: (state) => inner.isIdle(state.inner),
  };
}

const noTime: Anchor = { time: 0, logTime: 0, gateway: "" };
