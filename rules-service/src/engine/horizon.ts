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
  instance.history = withFooting(instance.history, footing, instance.rule.lateness);
}

/**
 * Lets the base follow: at or before the horizon of the newest reading nothing can change any more, nor where readings
 * were let go because there were too many.
 */
export function settle(instance: FoldedInstance, newest: number): void {
  const horizon = newest - instance.rule.lateness;
  const { history } = instance;
  let passed = 0;
  while (passed < history.length) {
    const each = history[passed]!;
    if (each.time > horizon && !isPruned(instance, each)) break;
    passed++;
  }
  if (passed > 0) {
    instance.base = history[passed - 1]!;
    instance.history = withoutFirst(history, passed);
    forget(instance);
  }
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
  const { episodes, base } = instance;
  if (episodes.length === 0) return;
  const kept = episodes.filter(
    (episode) => isWithin(episode, base) || isAfter(episode.bornAt, base) || isRunning(episode, instance),
  );
  if (kept.length < episodes.length) instance.episodes = kept.length === 0 ? none : kept;
}

function isRunning({ retracted, armed }: Episode, { rule: { program }, base: { state } }: FoldedInstance): boolean {
  if (!retracted) return false;
  // The one that is open at the base took its place, and may give it back.
  if (state.episode.begun?.time === armed.time) return true;
  return program.ranks.some((rank) => program.begunBy(state.program, rank)?.time === armed.time);
}
