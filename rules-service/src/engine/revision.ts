import { severityOf, stayOf } from "../conditions/verdict.ts";
import { goneOn, noActions } from "./episode-actions.ts";
import { mutedEpisode } from "./episode-machine.ts";
import { unmuted, type Episode } from "./episode.ts";
import type { Evaluator } from "./evaluator.ts";
import type { EpisodeState, FoldState } from "./episode-machine.ts";
import type { Transition } from "./fold.ts";
import { judged } from "./fold.ts";
import type { Instance } from "./instance.ts";
import { sampleOf, type Reading } from "../readings/reading.ts";
import type { Rule } from "./rule.ts";

/**
 * Goes on with an instance under another revision or mode of its rule. An episode that is still true keeps its id;
 * undefined: nothing is left to go on with, the rule begins anew on this device.
 */
export function revise(instance: Instance, rule: Rule, before: Rule, evaluator: Evaluator): Instance | undefined {
  const { open } = instance;
  if (before.judgesLike === rule.judgesLike) {
    instance.rule = rule;
    if (open !== undefined) keepActing(open, rule, before, evaluator);
    if (before.shadow === rule.shadow) {
      if (open !== undefined) moveTo(instance, open, rankUnder(rule, open.rank), evaluator);
      return instance;
    }
    if (open !== undefined && before.shadow) rankAs(instance, open, rankUnder(rule, open.rank));
    switchMode(instance, before, evaluator);
    return instance;
  }
  if (open === undefined && !instance.state.episode.muted) return undefined;
  const fresh = evaluator.index.newInstance(rule, instance.device, evaluator.now);
  const state = carriedOver(fresh, instance, rule, evaluator);
  if (state === undefined) {
    evaluator.index.remove(fresh);
    closeUnder(before, instance, "rule-revised", evaluator);
    return undefined;
  }
  fresh.grounding = instance.grounding;
  fresh.from = instance.from;
  const carried = open === undefined ? undefined : { ...open };
  if (carried !== undefined) keepActing(carried, rule, before, evaluator);
  fresh.episodes = carried === undefined ? [] : [carried];
  fresh.ground(state, evaluator.next);
  const leavesShadow = before.shadow && !rule.shadow;
  if (carried !== undefined && leavesShadow) rankAs(fresh, carried, state.episode.rank);
  else if (carried !== undefined) moveTo(fresh, carried, state.episode.rank, evaluator);
  evaluator.alerts.mark(fresh);
  if (before.shadow !== rule.shadow) switchMode(fresh, before, evaluator);
  return fresh;
}

/**
 * Lets an instance that warming has brought this far go on as the rule's own. `old` is what the rule had here before,
 * if anything; what it had told goes on under the same id.
 */
export function readopt(
  instance: Instance,
  from: number,
  old: { readonly instance: Instance; readonly rule: Rule } | undefined,
  evaluator: Evaluator,
): void {
  instance.from = from;
  for (const episode of instance.episodes) {
    // Nobody has heard of them, and their ids are this rule's.
    episode.told = 0;
    episode.actions = noActions;
    episode.alertId = evaluator.alerts.alertId(instance, episode.born, episode.raisedAt);
  }
  const { open } = instance;
  if (old !== undefined) carryOn(instance, old.instance, old.rule, evaluator);
  else if (open !== undefined) raise(instance, open, evaluator);
}

function carryOn(instance: Instance, old: Instance, before: Rule, evaluator: Evaluator): void {
  const told = old.open;
  const { rule, open } = instance;
  const goesIntoShadow = !before.shadow && rule.shadow;
  if (told !== undefined && (open === undefined || goesIntoShadow)) {
    closeUnder(before, old, open === undefined ? "rule-revised" : "rule-shadowed", evaluator);
  }
  if (open === undefined) return;
  if (old.state.episode.muted) {
    instance.mute(evaluator.next);
    return;
  }
  if (told === undefined || goesIntoShadow) {
    raise(instance, open, evaluator);
    return;
  }
  // What late data may find besides has ids of this revision: the one before may have told of it under its own.
  beginAs(instance, old.state.episode);
  const carried: Episode = { ...told };
  keepActing(carried, rule, before, evaluator);
  instance.episodes = instance.episodes.map((episode) => (episode === open ? carried : episode));
  if (before.shadow !== rule.shadow) {
    rankAs(instance, carried, open.rank);
    raise(instance, carried, evaluator);
    return;
  }
  moveTo(instance, carried, open.rank, evaluator);
}

/** The open episode has the beginning that was told of, in every state that has it open. */
function beginAs(instance: Instance, { raisedAt, begun }: EpisodeState): void {
  const own = instance.state.episode.begun;
  const moved = new Map<FoldState, FoldState>();
  const withBeginning = (state: FoldState): FoldState => {
    if (state.episode.begun !== own) return state;
    const after = moved.get(state) ?? { ...state, episode: { ...state.episode, raisedAt, begun } };
    moved.set(state, after);
    return after;
  };
  instance.base = { ...instance.base, state: withBeginning(instance.base.state) };
  instance.history = instance.history.map((footing) => ({ ...footing, state: withBeginning(footing.state) }));
  instance.state = withBeginning(instance.state);
}

function keepActing(open: Episode, rule: Rule, before: Rule, { clock }: Evaluator): void {
  open.actions = goneOn(open.actions, before, rule, open.told, clock.now);
}

/** Tells of an open episode as raised, with its true time, and does what the rule does then. */
function raise(instance: Instance, episode: Episode, { alerts }: Evaluator): void {
  const { begun } = instance.state.episode;
  const at = episode.raisedAt;
  if (begun === null) return;
  const shown: Transition = {
    ...{ kind: "raised", at, rank: episode.rank, begun, place: undefined, program: instance.state.program },
    decided: begun.reading === undefined ? undefined : sampleOf([begun.reading]),
  };
  alerts.tell(instance, episode, { kind: "raised", at, cause: "condition", shown });
  alerts.act(instance, episode, begun);
}

/**
 * The same condition, in shadow or out of it. Who was told of an alert is told that it ends there; what holds goes on
 * as another alert, of the shadow, which is raised in earnest when the rule leaves it.
 */
export function switchMode(instance: Instance, before: Rule, evaluator: Evaluator): void {
  const { open, rule } = instance;
  if (open === undefined) return;
  if (before.shadow) {
    raise(instance, open, evaluator);
    return;
  }
  const inShadow: Episode = { ...open, told: 0, actions: noActions, mutedBy: unmuted, flapping: false };
  closeUnder(before, instance, "rule-shadowed", evaluator);
  instance.grounding = rule.grounding;
  inShadow.alertId = evaluator.alerts.alertId(instance, inShadow.born, inShadow.raisedAt);
  instance.episodes = instance.episodes.map((episode) => (episode === open ? inShadow : episode));
  rankAs(instance, inShadow, rankUnder(rule, inShadow.rank));
  raise(instance, inShadow, evaluator);
}

function closeUnder(before: Rule, instance: Instance, cause: string, { alerts, clock }: Evaluator): void {
  const { rule } = instance;
  instance.rule = before;
  instance.close(cause, clock.now, alerts);
  instance.rule = rule;
}

/** The rank of an episode under a rule whose severity may be another. */
function rankUnder(rule: Rule, rank: number): number {
  return rule.program.ranks.includes(rank) ? rank : rule.rank;
}

/** The rank of an episode under its new revision. */
function rankAs(instance: Instance, episode: Episode, rank: number): void {
  episode.rank = rank;
  const { state } = instance;
  if (state.episode.rank !== rank && state.episode.rank > 0) {
    instance.regrade({ ...state.episode, rank });
  }
}

/** The same; told if the severity is another. */
function moveTo(instance: Instance, episode: Episode, rank: number, { alerts, clock }: Evaluator): void {
  const was = episode.rank;
  rankAs(instance, episode, rank);
  if (severityOf(was) === severityOf(rank)) return;
  const kind = rank > was ? "escalated" : "deescalated";
  const at = Math.max(clock.now, episode.raisedAt);
  const begun = instance.state.episode.begun;
  // Metric, value and threshold stay those of the condition as it is.
  const shown: Transition | undefined =
    begun === null
      ? undefined
      : { kind, at, rank, begun, decided: undefined, place: undefined, program: instance.state.program };
  alerts.tell(instance, episode, { kind, at, cause: "rule-revised", shown });
}

/**
 * As if the last readings were the first under the new revision, but for the episode that is open; undefined if it no
 * longer holds.
 */
function carriedOver(fresh: Instance, old: Instance, rule: Rule, { now, index }: Evaluator): FoldState | undefined {
  const readings = rule.program.inputs
    .map((metric) => fresh.latest(metric, undefined))
    .filter((reading): reading is Reading => reading !== undefined)
    .toSorted((a, b) => a.time - b.time);
  if (readings.length === 0) return undefined;
  let program = rule.program.initial(index.devices.get(old.device), now);
  for (const reading of readings) program = rule.program.step(program, sampleOf([reading]));
  if (stayOf(rule.program.verdict(program)) === 0) return undefined;
  const { episode } = old.state;
  if (episode.muted) return { program, episode: mutedEpisode() };
  const last = readings.at(-1)!;
  // The verdict decides on the severity, the episode keeps its beginning.
  return judged(rule, { program, episode: { ...episode, rank: episode.rank } }, last, undefined, undefined, () => {});
}
