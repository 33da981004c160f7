import { firstOf, momentAt, nextWake, type Beginning, type Wake } from "../conditions/program.ts";
import { ranked } from "../conditions/verdict.ts";
import type { Position } from "../readings/position.ts";
import type { Anchor, Reading, Sample } from "../readings/reading.ts";
import type { LogClock } from "./clock.ts";
import {
  foldState,
  follow,
  isSteadyAt,
  kindOf,
  noEpisode,
  rankAfter,
  type EpisodeState,
  type FoldState,
  type TransitionKind,
} from "./episode-machine.ts";
import type { Rule } from "./rule.ts";

export interface Transition {
  readonly kind: TransitionKind;
  /** Judged time. */
  readonly at: number;
  /** After it; of `cleared` before it. */
  readonly rank: number;
  readonly begun: Beginning;
  /** The sample that decided it; undefined: an instant did. */
  readonly decided: Sample | undefined;
  /** Up to here the device's readings were known to it; undefined: all of them. */
  readonly place: Position | undefined;
  /** The condition as it was then. */
  readonly program: unknown;
}

export type OnTransition = (transition: Transition) => void;

/** The next sample in order. What came due before it comes first; at its own instant the sample does. */
export function take(rule: Rule, state: FoldState, sample: Sample, on: OnTransition): FoldState {
  const before = elapse(rule, state, sample.time, false, undefined, sample, on);
  const program = rule.program.step(before.program, sample);
  const isSame = program === before.program;
  // What holds of a device of which nothing was heard is told with its first reading at the latest.
  const after =
    isSame && !rule.program.watchesSilence
      ? before
      : judged(rule, isSame ? before : foldState(program, before.episode), sample, sample, sample, on);
  return elapse(rule, after, sample.time, true, undefined, sample, on);
}

/** The state by a point of the log's clock, of which the records up to an offset were known; comes before `take`. */
export function excused(
  rule: Rule,
  state: FoldState,
  clock: LogClock,
  { time, logTime }: Omit<Anchor, "gateway">,
  asOf: number,
): FoldState {
  if (!rule.program.watchesSilence) return state;
  const program = rule.program.excuse(state.program, (last, duration) => {
    const until = Math.min(logTime, last.logTime + time - last.time);
    return clock.unheardSince(last, duration, until, asOf);
  });
  return program === state.program ? state : { ...state, program };
}

/** Passes the instants up to a judged time. `place`: the readings before it are known. */
export function elapse(
  rule: Rule,
  state: FoldState,
  upTo: number,
  inclusive: boolean,
  decided: Sample | undefined,
  place: Position | undefined,
  on: OnTransition,
): FoldState {
  let now = state;
  for (;;) {
    const first = nextWake(rule.program, now.program);
    if (first > upTo || (first === upTo && !inclusive) || first === Infinity) return now;
    const wakes = rule.program.wakes(now.program);
    const program = rule.program.elapse(now.program, first);
    const at = momentAt(first, wakes.find(({ time }) => time === first)!.anchor);
    now = judged(rule, foldState(program, now.episode), at, decided, place, on);
  }
}

/** The episode after the condition's state has changed at an instant. */
export function judged(
  rule: Rule,
  state: FoldState,
  at: Anchor,
  decided: Sample | undefined,
  place: Position | undefined,
  on: OnTransition,
): FoldState {
  const { program, episode: before } = state;
  const verdict = ranked(rule.program.verdict(program), rule.rank);
  const rank = rankAfter(before, verdict, rule.mildest);
  if (isSteadyAt(before, rank, verdict)) return state;
  let { begun } = before;
  if (before.rank === 0 && rank > 0) {
    begun = rule.program.begunBy(program, rule.ownRank(rank)) ?? begunAt(at, decided && rule.lastOwn(decided));
  }
  // The end of a muting is told to nobody.
  if (begun !== null) {
    const kind = kindOf(before.rank, rank);
    const isEnd = kind === "cleared";
    // A reading of before the rule began may end what held from its beginning.
    const time = isEnd ? Math.max(at.time, before.raisedAt) : at.time;
    on({ kind, at: time, rank: isEnd ? before.rank : rank, begun, decided, place, program });
  }
  const episode = follow(before, rank, at.time, begun);
  return decided === undefined ? foldState(program, episode) : stateAfter(decided, program, episode);
}

let lastBegun: Beginning | undefined;

/** Rules that one reading raises have its beginning in common, and what follows from it. */
function begunAt({ time, logTime, gateway }: Anchor, reading: Reading | undefined): Beginning {
  const last = lastBegun;
  const isSame = reading !== undefined && last?.reading === reading && last.time === time && last.logTime === logTime;
  if (isSame && last.gateway === gateway) return last;
  return (lastBegun = { time, logTime, gateway, reading });
}

let lastDecided: Sample | undefined;
let lastState: FoldState = { program: undefined, episode: noEpisode };

/** No rule comes to a state twice by one sample: whose it was before it is another object. */
export function stateAfter(decided: Sample, program: unknown, episode: EpisodeState): FoldState {
  if (decided !== lastDecided || lastState.program !== program || lastState.episode !== episode) {
    lastDecided = decided;
    lastState = foldState(program, episode);
  }
  return lastState;
}

/** When, on the log's clock, it is sure that nothing comes that would have come before a wake. */
export function dueBy(rule: Rule, { time, anchor }: Wake): number {
  return dueAfter(rule, time, anchor.time, anchor.logTime);
}

/** The same of a time that is counted from an instant. */
export function dueAfter({ wait }: Rule, time: number, from: number, logTime: number): number {
  return logTime + (time - from) + wait;
}

/** The judged time of the first wake that is due, from whatever gateway it waits for; infinite: none is. */
export function firstDue(rule: Rule, { program }: FoldState, clock: LogClock): number {
  const due = rule.program.wakes(program).filter((wake) => dueBy(rule, wake) <= clock.reach(wake.anchor.gateway));
  return firstOf(due);
}
