import { isAfter, type Position } from "../readings/position.ts";
import type { Sample } from "../readings/reading.ts";
import type { FoldState } from "./episode-machine.ts";
import type { Episode } from "./episode.ts";
import { footingBefore, none, withFooting, withoutFirst, type Footing, type FootingBefore } from "./footings.ts";
import { isPruned, prunedTo, type ReadingOwner } from "./own-readings.ts";

/** What is kept of a rule on a device, so that late samples can be put where they belong. */
export interface FoldedInstance extends ReadingOwner {
  state: FoldState;
  /** A late reading at or before it comes too late. */
  base: Footing;
  /** States after samples that changed something, oldest first, thinned; the base follows them. */
  history: readonly Footing[];
  refused: readonly Position[];
  /** Judged time of the last instant that the clock passed. */
  firedTo: number;
  episodes: readonly Episode[];
}

export function keep(instance: FoldedInstance, footing: Footing): void {
  instance.history = withFooting(instance.history, 0, footing, instance.rule.lateness);
}

/**
 * Keeps the state after the newest sample and lets the base follow. Before it is kept, so that most have one footing at
 * a time; without a lateness it is past its horizon at once.
 */
export function moveOn(instance: FoldedInstance, footing: Footing): void {
  settle(instance, footing.time, footing);
  if (instance.rule.lateness === 0) settle(instance, footing.time);
}

/**
 * Lets the base follow: at or before the horizon of the newest reading nothing can change any more, nor where readings
 * were let go because there were too many. `next`: what is kept besides from then on.
 */
export function settle(instance: FoldedInstance, newest: number, next?: Footing): void {
  const { lateness } = instance.rule;
  const horizon = newest - lateness;
  const { history } = instance;
  let passed = 0;
  while (passed < history.length) {
    const each = history[passed]!;
    if (each.time > horizon && !isPruned(instance, each)) break;
    passed++;
  }
  if (passed > 0) {
    instance.base = history[passed - 1]!;
    if (next === undefined) instance.history = withoutFirst(history, passed);
    forget(instance);
  }
  if (next !== undefined) instance.history = withFooting(history, passed, next, lateness);
  if (instance.refused.length > 0) {
    const { base } = instance;
    const refused = instance.refused.filter((each) => isAfter(each, base) && !isPruned(instance, each));
    instance.refused = refused.length === 0 ? none : refused;
  }
}

/** Whether where it begins makes no difference to any reading that may still come. */
export function isGrounded(instance: FoldedInstance, newest: number | undefined): boolean {
  const { rule, base, firedTo, from, inputs } = instance;
  if (!rule.isIdle(base.state)) return false;
  const horizon = (newest ?? -Infinity) - rule.lateness;
  const pruned = prunedTo(instance);
  if (base.time > Math.max(horizon, pruned.time)) return false;
  if (newest !== undefined && firedTo > newest) return false;
  return inputs.every(({ readings }) => {
    for (let i = 0; i < readings.size; i++) if (readings.offsetAt(i) < from) return false;
    return true;
  });
}

/** Where to begin folding again for a late sample. */
export function footingFor(late: Sample, { base, history, rule }: FoldedInstance): FootingBefore {
  return footingBefore(late, base, history, rule.lateness);
}

/** Whether all is retained that it takes to fold again from a sample on. */
export function isWithinReach(late: Sample, instance: FoldedInstance): boolean {
  const pruned = prunedTo(instance);
  return isAfter(late, instance.base) && isAfter(late, pruned) && !isAfter(pruned, footingFor(late, instance).from);
}

/** Whether an episode may be changed by what comes after a position. */
export function isWithin({ end, retracted, armed, raisedAt }: Episode, position: Position): boolean {
  if (retracted) return isAfter(armed, position) || raisedAt >= position.time;
  return end === undefined || isAfter(end, position);
}

/** Lets go of episodes that no late reading can bring back or change, and whose ids none can have that begins later. */
function forget(instance: FoldedInstance): void {
  const { episodes } = instance;
  // Mostly all of them are needed, and no list is made to find that out.
  for (const episode of episodes) {
    if (isNeeded(episode, instance)) continue;
    instance.episodes = needed(episodes, instance);
    return;
  }
}

function needed(episodes: readonly Episode[], instance: FoldedInstance): readonly Episode[] {
  let first = 0;
  while (first < episodes.length && !isNeeded(episodes[first]!, instance)) first++;
  if (first === episodes.length) return none;
  // Mostly the oldest go; a list that is cut is as long as it has to be.
  const rest = episodes.slice(first);
  return rest.every((each) => isNeeded(each, instance)) ? rest : rest.filter((each) => isNeeded(each, instance));
}

function isNeeded(episode: Episode, instance: FoldedInstance): boolean {
  const { base } = instance;
  return isWithin(episode, base) || isAfter(episode.bornAt, base) || isRunning(episode, instance);
}

function isRunning({ retracted, armed }: Episode, { rule: { program }, base: { state } }: FoldedInstance): boolean {
  if (!retracted) return false;
  // The one that is open at the base took its place, and may give it back.
  if (state.episode.begun?.time === armed.time) return true;
  return program.ranks.some((rank) => program.begunBy(state.program, rank)?.time === armed.time);
}
