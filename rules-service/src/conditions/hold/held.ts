import type { Anchor, Reading, Sample } from "../../readings/reading.ts";
import { momentAt, nextWake, noInterval, type Beginning, type Program, type Wake } from "../program.ts";
import { raiseOf, stayOf, unknown, verdictOf, type Verdict } from "../verdict.ts";

export interface Hold {
  /** Microseconds; 0: at once. */
  readonly for: number;
  /** Samples in a row; 1: at once. */
  readonly times: number;
  /** Microseconds; 0: at once. */
  readonly clearFor: number;
}

/** Since when every verdict has had at least a rank. */
interface Run {
  readonly rank: number;
  readonly since: Beginning;
  /** Samples of it, up to `times`. */
  readonly count: number;
}

interface HeldState<S> {
  readonly inner: S;
  /** By rank, mildest first; each began no later than the next graver one. */
  readonly runs: readonly Run[];
  /** It has been other than clear, and was not clear for long enough since. */
  readonly stayed: boolean;
  /** Since when the inner verdict is clear, while that is counted; null: it is not. */
  readonly clearSince: Beginning | null;
  /** The last instant that came by itself: what is due by then is held. */
  readonly at: number;
}

const noRuns: readonly Run[] = [];

/**
 * A verdict that has to hold for a duration or a number of samples before it raises, and to be clear for a duration
 * before it ends what is raised. An unknown verdict does neither and leaves both counting.
 */
export function held<S>(inner: Program<S>, hold: Hold): Program<HeldState<S>> {
  const counting = hold.times > 1;
  const ranks = inner.ranks.toSorted((a, b) => a - b);
  // The engine asks several times for the wakes of one state, and then for those of another.
  let asked: HeldState<S> | undefined;
  let answer: readonly Wake[] = [];

  const follow = (state: HeldState<S>, now: S, at: Beginning, isSample: boolean): HeldState<S> => {
    const verdict = inner.verdict(now);
    const runs = runsAfter(state.runs, raiseOf(verdict), at, isSample);
    const stay = stayOf(verdict);
    const stayed = hold.clearFor > 0 && (state.stayed || stay === 1);
    const clearSince = stayed ? clearAfter(state.clearSince, stay, at) : null;
    const isSame = runs === state.runs && clearSince === state.clearSince && stayed === state.stayed;
    return isSame && now === state.inner ? state : { inner: now, runs, stayed, clearSince, at: state.at };
  };

  const runsAfter = (runs: readonly Run[], raise: number, at: Beginning, counts: boolean): readonly Run[] => {
    if (raise === unknown) return runs;
    let reached = 0;
    while (reached < ranks.length && ranks[reached]! <= raise) reached++;
    const isCounted = counting && counts && runs.some(({ rank, count }) => rank <= raise && count < hold.times);
    // Each rank that is reached has a run, and no other has.
    if (reached === runs.length && !isCounted) return runs;
    if (reached === 0) return noRuns;
    // Not by pushing, which leaves each of many small lists with room for 17. Runs are by rank, too.
    if (!isCounted && reached < runs.length) return runs.slice(0, reached);
    return ranks.slice(0, reached).map((rank, place) => {
      const run = runs[place];
      if (run === undefined) return { rank, since: at, count: counts ? 1 : 0 };
      return isCounted && run.count < hold.times ? { ...run, count: run.count + 1 } : run;
    });
  };

  const isHeld = ({ count, since }: Run, at: number): boolean =>
    (!counting || count >= hold.times) && (hold.for === 0 || at >= since.time + hold.for);

  const wakesOf = (state: HeldState<S>): readonly Wake[] => {
    if (state !== asked) [asked, answer] = [state, findWakes(state)];
    return answer;
  };

  const nextOf = ({ inner: now, runs, clearSince, at }: HeldState<S>): number => {
    let next = nextWake(inner, now);
    const add = (since: Beginning, duration: number): void => {
      const time = since.time + duration;
      if (duration > 0 && time > at && time < next) next = time;
    };
    for (const { since } of runs) add(since, hold.for);
    if (clearSince !== null) add(clearSince, hold.clearFor);
    return next;
  };

  const findWakes = ({ inner: now, runs, clearSince, at }: HeldState<S>): readonly Wake[] => {
    const inside = inner.wakes(now);
    if (runs.length === 0 && clearSince === null) return inside;
    const wakes = [...inside];
    const add = (since: Beginning, duration: number): void => {
      const time = since.time + duration;
      if (duration > 0 && time > at) wakes.push({ time, anchor: since });
    };
    for (const { since } of runs) add(since, hold.for);
    if (clearSince !== null) add(clearSince, hold.clearFor);
    return wakes;
  };

  return {
    inputs: inner.inputs,
    lookBack: inner.lookBack,
    ranks: inner.ranks,
    watchesSilence: inner.watchesSilence,
    readsDevice: inner.readsDevice,
    initial(device, since) {
      const start = inner.initial(device, since);
      const blank: HeldState<S> = { inner: start, runs: noRuns, stayed: false, clearSince: null, at: -Infinity };
      return since === undefined ? blank : follow(blank, start, beginningAt(since), false);
    },
    step(state, sample) {
      const isOwn = takesOf(inner.inputs, sample);
      return follow(state, inner.step(state.inner, sample), beginningOf(sample, inner.inputs), isOwn);
    },
    wakes: wakesOf,
    nextWake: nextOf,
    elapse(state, time) {
      const { inner: before } = state;
      const wake = inner.wakes(before).find((each) => each.time <= time);
      const now = wake === undefined ? before : inner.elapse(before, time);
      const at = wake === undefined || now === before ? undefined : beginningAt(momentAt(time, wake.anchor));
      const after = at === undefined ? state : follow(state, now, at, false);
      const { clearSince } = after;
      const isClear = clearSince !== null && time >= clearSince.time + hold.clearFor;
      return isClear ? { ...after, stayed: false, clearSince: null, at: time } : { ...after, at: time };
    },
    withDevice(state, device, at) {
      const now = inner.withDevice(state.inner, device, at);
      return now === state.inner ? state : follow(state, now, beginningAt(at), false);
    },
    excuse(state, unheardSince) {
      const now = inner.excuse(state.inner, unheardSince);
      return now === state.inner ? state : { ...state, inner: now };
    },
    verdict({ inner: now, runs, clearSince, at }) {
      const verdict = inner.verdict(now);
      const raise = raiseOf(verdict);
      const rank = raise === unknown ? unknown : (runs.findLast((run) => isHeld(run, at))?.rank ?? 0);
      const stay = stayOf(verdict);
      return verdictOf(rank, stay === 0 && clearSince !== null ? 1 : stay);
    },
    quiet(state, metric) {
      // Every sample counts until there are enough; of several inputs one may come late, when there were not yet.
      if (counting && (inner.inputs.length > 1 || state.runs.some(({ count }) => count < hold.times)))
        return noInterval;
      return inner.quiet(state.inner, metric);
    },
    calm(state, metric, isSteady) {
      const { inner: now, runs, stayed } = state;
      // Nothing counts yet, and what does not raise begins no counting.
      if (inner.calm === undefined || runs.length > 0 || stayed || hold.clearFor > 0) return this.quiet(state, metric);
      return inner.calm(now, metric, (verdict) => raiseOf(verdict) === 0 && isSteady(verdict));
    },
    ...(inner.foresee !== undefined && {
      foresee({ inner: now, runs, stayed }: HeldState<S>, isSteady: (verdict: Verdict) => boolean) {
        if (runs.length > 0 || stayed || hold.clearFor > 0) return undefined;
        return inner.foresee!(now, (verdict) => raiseOf(verdict) <= 0 && isSteady(verdict));
      },
      stepAll(state: HeldState<S>, readings: readonly Reading[]) {
        const now = inner.stepAll!(state.inner, readings);
        return now === state.inner ? state : { ...state, inner: now };
      },
    }),
    isAtRest: ({ inner: now, runs, stayed }) => runs.length === 0 && !stayed && inner.isAtRest?.(now) === true,
    measure: (state, rank, latest) => inner.measure(state.inner, rank, latest),
    begunBy(state, rank) {
      return state.runs.findLast((run) => run.rank <= rank)?.since ?? inner.begunBy(state.inner, rank);
    },
    idle:
      inner.idle === undefined
        ? undefined
        : { inner: inner.idle, runs: noRuns, stayed: false, clearSince: null, at: -Infinity },
    isIdle: ({ inner: now, runs, stayed }) => runs.length === 0 && !stayed && inner.isIdle(now),
  };
}

function clearAfter(since: Beginning | null, stay: number, at: Beginning): Beginning | null {
  if (stay === unknown) return since;
  return stay === 0 ? (since ?? at) : null;
}

function beginningOf(sample: Sample, inputs: readonly string[]): Beginning {
  const { time, logTime, gateway, readings } = sample;
  const own = readings.length === 1 ? undefined : readings.findLast(({ metric }) => inputs.includes(metric));
  return { time, logTime, gateway, reading: own ?? readings.at(-1) };
}

/** Whether the sample has a reading of one of the inputs. */
function takesOf(inputs: readonly string[], { readings }: Sample): boolean {
  return readings.some(({ metric }) => inputs.includes(metric));
}

function beginningAt({ time, logTime, gateway }: Anchor): Beginning {
  return { time, logTime, gateway, reading: undefined };
}
