import type { Anchor } from "../../readings/reading.ts";
import { momentAt, type Program } from "../program.ts";
import { raiseOf, stayOf, unknown, verdictOf, type Verdict } from "../verdict.ts";

interface FlappingState<S> {
  readonly inner: S;
  /** Whether the condition has raised and not ended since. */
  readonly isOn: boolean;
  /** Judged times at which that changed, the latest last; at most as many as make it flap. */
  readonly changes: readonly number[];
  readonly last: Anchor | null;
  /** Held open. */
  readonly flaps: boolean;
}

/**
 * A condition that raises and ends again and again: from so many changes within a time on, what is raised is held open
 * until that time has passed without another.
 */
export function flapping<S>(inner: Program<S>, most: number, within: number): Program<FlappingState<S>> {
  const follow = (state: FlappingState<S>, now: S, at: Anchor): FlappingState<S> => {
    const isOn = isOnAfter(state.isOn, inner.verdict(now));
    if (isOn === state.isOn) return now === state.inner ? state : { ...state, inner: now };
    const changes = [...state.changes.filter((time) => time > at.time - within), at.time].slice(-most);
    const { time, logTime, gateway } = at;
    return {
      inner: now,
      isOn,
      changes,
      last: { time, logTime, gateway },
      flaps: state.flaps || changes.length >= most,
    };
  };
  return {
    inputs: inner.inputs,
    lookBack: Infinity,
    ranks: inner.ranks,
    watchesSilence: inner.watchesSilence,
    readsDevice: inner.readsDevice,
    initial: (device, since) => {
      const start = inner.initial(device, since);
      const blank = { inner: start, isOn: false, changes: [], last: null, flaps: false };
      return since === undefined ? blank : follow(blank, start, since);
    },
    step: (state, sample) => follow(state, inner.step(state.inner, sample), sample),
    wakes({ inner: now, last, flaps, changes }) {
      const wakes = inner.wakes(now);
      if (last === null || (!flaps && changes.length === 0)) return wakes;
      return [...wakes, { time: last.time + within, anchor: last }];
    },
    elapse(state, time) {
      const wake = inner.wakes(state.inner).find((each) => each.time <= time);
      const after =
        wake === undefined ? state : follow(state, inner.elapse(state.inner, time), momentAt(time, wake.anchor));
      const { last } = after;
      // That time has passed without a change.
      return last !== null && time >= last.time + within ? { ...after, changes: [], last: null, flaps: false } : after;
    },
    withDevice(state, device, at) {
      const now = inner.withDevice(state.inner, device, at);
      return now === state.inner ? state : follow(state, now, at);
    },
    excuse(state, unheardSince) {
      const now = inner.excuse(state.inner, unheardSince);
      return now === state.inner ? state : { ...state, inner: now };
    },
    verdict({ inner: now, flaps }) {
      const verdict = inner.verdict(now);
      return flaps && stayOf(verdict) === 0 ? verdictOf(unknown, 1) : verdict;
    },
    quiet: (state, metric) => inner.quiet(state.inner, metric),
    measure: (state, rank, latest) => inner.measure(state.inner, rank, latest),
    begunBy: (state, rank) => inner.begunBy(state.inner, rank),
    isFlapping: ({ flaps }) => flaps,
    idle:
      inner.idle === undefined ? undefined : { inner: inner.idle, isOn: false, changes: [], last: null, flaps: false },
    isIdle: ({ inner: now, isOn, last, flaps }) => !isOn && last === null && !flaps && inner.isIdle(now),
  };
}

function isOnAfter(isOn: boolean, verdict: Verdict): boolean {
  return isOn ? stayOf(verdict) !== 0 || raiseOf(verdict) > 0 : raiseOf(verdict) > 0;
}
