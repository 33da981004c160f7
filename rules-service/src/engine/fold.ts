import type { Rule } from "./rule.ts";
import type { Reading } from "./reading.ts";

/**
 * What a rule knows of a device after some of its readings in order of event time. Immutable; a step that changes
 * nothing gives the same object back.
 */
export interface FoldState {
  /** Of the last reading: a level, 0 for none yet not clear, -1 for clear. */
  readonly grade: number;
  /** For each level from 1 up: the reading since which every one has reached it; ends where none does. */
  readonly runs: readonly Reading[];
  /** For each run, how many readings it is long, up to the rule's `times`. Empty where the rule does not count. */
  readonly counts: readonly number[];
  /** Of the open episode; 0: there is none. */
  readonly level: number;
  readonly raisedAt: number;
  /** The reading that armed the open episode. */
  readonly armed: Reading | undefined;
  /** Cleared by hand: nothing is raised until the condition has been clear. */
  readonly muted: boolean;
}

export const idle: FoldState = {
  grade: -1,
  runs: [],
  counts: [],
  level: 0,
  raisedAt: 0,
  armed: undefined,
  muted: false,
};

export type TransitionKind = "raised" | "escalated" | "deescalated" | "cleared";

export interface Transition {
  readonly kind: TransitionKind;
  /** Event time. */
  readonly at: number;
  /** After it; of `cleared` before it. */
  readonly level: number;
  /** The reading that began what led to this. */
  readonly armed: Reading;
  /** The last reading at or before `at`: its value held. */
  readonly held: Reading;
  /** The reading that showed it; undefined: the clock did. */
  readonly decided: Reading | undefined;
}

export type OnTransition = (transition: Transition) => void;

/**
 * The next reading in order. Timers that came due before it fire first (what was read last held until now); at its own
 * instant the reading counts first, and then what it has left standing.
 */
export function judge(
  rule: Rule,
  state: FoldState,
  reading: Reading,
  previous: Reading | undefined,
  on: OnTransition,
): FoldState {
  if (rule.holdFor === 0) return take(rule, state, reading, on);
  const before = elapse(rule, state, reading.time, false, previous, reading, on);
  const after = take(rule, before, reading, on);
  return elapse(rule, after, reading.time, true, reading, reading, on);
}

/**
 * Fires the timers up to an event time. `held` is the last reading before it, `decided` the one that shows it (if one
 * does).
 */
export function elapse(
  rule: Rule,
  state: FoldState,
  upTo: number,
  inclusive: boolean,
  held: Reading | undefined,
  decided: Reading | undefined,
  on: OnTransition,
): FoldState {
  let now = state;
  for (;;) {
    const due = nextTimer(rule, now);
    if (due > upTo || (due === upTo && !inclusive) || due === Infinity) return now;
    let target = now.level + 1;
    while (target < now.runs.length && now.runs[target]!.time + rule.holdFor <= due) target++;
    now = rise(now, target, due, held ?? now.runs[target - 1]!, decided, on);
  }
}

/** When, on the log's clock, it is sure that nothing comes that would break a run before its end. */
export function dueBy(rule: Rule, run: Reading): number {
  return run.logTime + rule.holdFor + rule.lateness;
}

/** Event time at which the next level will have held long enough if nothing else comes; Infinity: none will. */
function nextTimer(rule: Rule, state: FoldState): number {
  if (rule.holdFor === 0 || state.muted || state.runs.length <= state.level) return Infinity;
  return state.runs[state.level]!.time + rule.holdFor;
}

/**
 * Event time from which on a reading of an unchanged grade still has to be judged: that of the next timer, at once
 * while readings are being counted, else never.
 */
export function nextChange(rule: Rule, state: FoldState): number {
  if (rule.times > 1 && state.counts.some((count) => count < rule.times)) return -Infinity;
  return nextTimer(rule, state);
}

function take(rule: Rule, state: FoldState, reading: Reading, on: OnTransition): FoldState {
  const grade = rule.grader.grade(reading.value);
  const counting = rule.times > 1;
  if (grade === state.grade && !(counting && state.counts.some((count) => count < rule.times))) return state;
  const runs = state.runs.slice(0, Math.max(0, grade));
  const counts = counting ? state.counts.slice(0, Math.max(0, grade)) : state.counts;
  if (counting) for (let i = 0; i < counts.length; i++) (counts as number[])[i] = Math.min(rule.times, counts[i]! + 1);
  while (runs.length < grade) {
    runs.push(reading);
    if (counting) (counts as number[]).push(1);
  }
  let now: FoldState = { ...state, grade, runs, counts, muted: state.muted && grade !== -1 };
  now = fall(now, reading, on);
  if (now.muted || rule.holdFor > 0) return now;
  const held = counting ? counts.filter((count) => count >= rule.times).length : Math.max(0, grade);
  return held > now.level ? rise(now, held, reading.time, reading, reading, on) : now;
}

/** What a reading ends at once: the episode where it is clear, a higher level where it reaches only a lower one. */
function fall(state: FoldState, reading: Reading, on: OnTransition): FoldState {
  const { level, grade, armed } = state;
  if (level === 0) return state;
  const transition = { at: reading.time, armed: armed ?? reading, held: reading, decided: reading };
  if (grade === -1) {
    on({ ...transition, kind: "cleared", level });
    return { ...state, level: 0, raisedAt: 0, armed: undefined };
  }
  const left = Math.max(1, grade);
  if (left >= level) return state;
  on({ ...transition, kind: "deescalated", level: left });
  return { ...state, level: left };
}

function rise(
  state: FoldState,
  level: number,
  at: number,
  held: Reading,
  decided: Reading | undefined,
  on: OnTransition,
): FoldState {
  const armed = state.runs[level - 1]!;
  const raised = state.level === 0;
  on({ kind: raised ? "raised" : "escalated", at, level, armed, held, decided });
  return raised ? { ...state, level, raisedAt: at, armed } : { ...state, level };
}
