import type { DerivedValue } from "../action-kinds/derive/continual.ts";
import { isAfter, type Position } from "../readings/position.ts";
import type { Reading, Sample } from "../readings/reading.ts";
import type { AlertWriter } from "./alert-writer.ts";
import type { LogClock } from "./clock.ts";
import { beforeCorrection, derivedBefore, keyOf } from "./derived-anew.ts";
import { Outcomes } from "./episode.ts";
import { dueBy, elapse, excused, take } from "./fold.ts";
import { footingAfter } from "./footings.ts";
import { footingFor, isWithin, isWithinReach, keep, settle, type FoldedInstance } from "./horizon.ts";
import { readingsOf, samplesAfter } from "./own-readings.ts";
import { reconcile, type ToldInstance } from "./reconciliation.ts";

/** What an instance finds around it. */
export interface World {
  readonly alerts: AlertWriter;
  readonly clock: LogClock;
  /** Derived readings that stand in the place of others, which late data showed to be wrong, with these. */
  readonly corrected: ReadonlyMap<Reading, Reading>;
  /** The next offset, or the present one. */
  readonly next: number;
}

type AmendedInstance = FoldedInstance & ToldInstance;

/**
 * Takes samples of a record in of which one is not after the last of the instance, or after an instant that the clock
 * has passed. Answers how many of their readings are too late for the rule.
 */
export function takeLate(
  instance: AmendedInstance,
  samples: readonly Sample[],
  last: Reading | undefined,
  world: World,
): number {
  if (last === undefined) {
    refold(instance, samples[0]!, samples, world);
    return 0;
  }
  settle(instance, last.time);
  const { rule } = instance;
  const horizon = last.time - rule.lateness;
  const inTime = samples.findIndex(
    (sample) => (sample.time > horizon || isAfter(sample, last)) && isWithinReach(sample, instance),
  );
  const late = inTime < 0 ? samples : samples.slice(0, inTime);
  const beyond = late
    // What a correction replaces has been judged already.
    .filter((sample) => isAfter(sample, instance.base) && !isCorrected(sample, world))
    .map(positionOf);
  if (beyond.length > 0) instance.refused = instance.refused.concat(beyond);
  if (inTime >= 0) refold(instance, samples[inTime]!, samples, world);
  return late.reduce((count, { readings }) => count + readings.filter((each) => rule.takes(each.metric)).length, 0);
}

/** Whether a sample has a reading that stands in the place of another. */
export function isCorrected({ readings }: Sample, { corrected }: World): boolean {
  return readings.some((reading) => corrected.has(reading));
}

/**
 * Folds again from the last footing before a late sample, and tells what has become different. `fresh`: what the
 * present record has brought.
 */
function refold(
  instance: AmendedInstance,
  late: Sample,
  fresh: readonly Sample[],
  { alerts, clock, next, corrected }: World,
): void {
  const { rule } = instance;
  const { place, footing, from } = footingFor(late, instance);
  const outcomes = new Outcomes();
  outcomes.begin(footing.state);
  let { state } = footing;
  instance.history = instance.history.slice(0, place + 1);
  const samples = samplesAfter(instance, from);
  const derived: DerivedValue[] = [];
  for (const sample of samples) {
    const before = excused(rule, state, clock, sample, sample.offset);
    const after = take(rule, before, sample, outcomes.on);
    if (after !== state) keep(instance, footingAfter(sample, after));
    state = after;
    if (rule.derive !== undefined) derived.push(...rule.derive(state.program, sample));
  }
  if (derived.length > 0) {
    const told = derivedBefore(rule, footing.state.program, beforeCorrection(samples, readingsOf(fresh), corrected));
    for (const each of derived) if (told.get(keyOf(each)) !== each.value) alerts.deriveFrom(instance, each);
  }
  // What the clock has passed, or allows by now, is part of the difference; it would be another alert after it.
  for (;;) {
    state = excused(rule, state, clock, clock.instant, next);
    state = elapse(rule, state, instance.firedTo, true, undefined, undefined, outcomes.on);
    const due = rule.program
      .wakes(state.program)
      .filter((wake) => dueBy(rule, wake) <= clock.reach(wake.anchor.gateway));
    if (due.length === 0) break;
    instance.firedTo = Math.max(instance.firedTo, ...due.map(({ time }) => time));
  }
  instance.state = state;
  const within = instance.episodes.filter((episode) => episode.retracted || isWithin(episode, footing));
  reconcile(instance, within, outcomes.list, alerts);
}

function positionOf({ time, offset, index }: Position): Position {
  return { time, offset, index };
}
