import type { Sample } from "../../readings/reading.ts";
import { firstOf, noInterval, type Beginning, type Interval, type Program } from "../program.ts";
import { and, not, or, raiseOf, ranked, unranked, verdicts, type Verdict } from "../verdict.ts";

type States = readonly unknown[];

/** All of several conditions, or any of them. `rank` is the rule's, for those of `any` that have no severity. */
export function joined(kind: "all" | "any", programs: readonly Program[], rank: number): Program<States> {
  const ranks = new Set(
    programs.flatMap((program) => program.ranks).map((each) => (kind === "any" && each === unranked ? rank : each)),
  );
  const isMixed = ranks.size > 1 && ranks.has(unranked);
  // Of all, one without a severity is neutral, unless none has any.
  if (kind === "all" && isMixed) ranks.delete(unranked);
  const each = (states: States, change: (program: Program, state: unknown) => unknown): States => {
    let changed: unknown[] | undefined;
    for (const [index, program] of programs.entries()) {
      const after = change(program, states[index]);
      if (after === states[index]) continue;
      changed ??= [...states];
      changed[index] = after;
    }
    return changed ?? states;
  };
  return {
    inputs: [...new Set(programs.flatMap(({ inputs }) => inputs))],
    lookBack: Math.max(...programs.map(({ lookBack }) => lookBack)),
    ranks: [...ranks].toSorted((a, b) => a - b),
    watchesSilence: programs.some(({ watchesSilence }) => watchesSilence),
    readsDevice: programs.some(({ readsDevice }) => readsDevice),
    initial: (device, since) => programs.map((program) => program.initial(device, since)),
    step: (states, sample) => each(states, (program, state) => program.step(state, sample)),
    wakes: (states) => programs.flatMap((program, index) => program.wakes(states[index])),
    elapse: (states, time) =>
      each(states, (program, state) => (firstOf(program.wakes(state)) <= time ? program.elapse(state, time) : state)),
    withDevice: (states, device, at) => each(states, (program, state) => program.withDevice(state, device, at)),
    excuse: (states, unheardSince) => each(states, (program, state) => program.excuse(state, unheardSince)),
    verdict(states) {
      let verdict: Verdict = kind === "all" ? verdicts.raised : verdicts.clear;
      for (const [index, program] of programs.entries()) {
        const own = program.verdict(states[index]);
        verdict = kind === "all" ? and(verdict, own) : or(verdict, ranked(own, rank));
      }
      return verdict;
    },
    quiet: (states, metric) =>
      programs.reduce<Interval>(
        (all, program, index) =>
          program.inputs.includes(metric) ? intersection(all, program.quiet(states[index], metric)) : all,
        { low: -Infinity, high: Infinity },
      ),
    measure(states, atRank, latest) {
      const measures = programs.map((program, index) => ({
        isTrue: raiseOf(program.verdict(states[index])) > 0,
        measure: program.measure(states[index], atRank, latest),
      }));
      // That of a part which is as the whole is; of an `any`, that is a part which is true.
      const wanted = atRank > 0;
      return (
        measures.find(({ isTrue, measure }) => isTrue === wanted && measure !== undefined) ??
        measures.find(({ measure }) => measure !== undefined)
      )?.measure;
    },
    begunBy(states, atRank) {
      const all = programs
        .map((program, index) => program.begunBy(states[index], atRank))
        .filter((each): each is Beginning => each !== undefined);
      return all.length === 0 || all.length < programs.length
        ? undefined
        : all.reduce((a, b) => (b.time > a.time ? b : a));
    },
    idle: undefined,
    isIdle: () => false,
  };
}

export function negated<S>(program: Program<S>): Program<S> {
  return {
    ...program,
    foresee: undefined,
    stepAll: undefined,
    ranks: [unranked],
    watchesSilence: program.watchesSilence || raiseOf(not(program.verdict(program.initial(undefined, undefined)))) > 0,
    step: (state, sample: Sample) => program.step(state, sample),
    verdict: (state) => not(program.verdict(state)),
    calm: (state, metric) => program.quiet(state, metric),
    isAtRest: () => false,
    begunBy: () => undefined,
    idle: undefined,
    isIdle: () => false,
  };
}

function intersection(a: Interval, b: Interval): Interval {
  const interval = { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
  return interval.low < interval.high ? interval : noInterval;
}
