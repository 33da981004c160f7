import type { Beginning } from "../conditions/program.ts";
import { noActions } from "./episode-actions.ts";
import { endOf, pair, positionOfBeginning, unmuted } from "./episode.ts";
import type { Episode, Outcome } from "./episode.ts";
import type { OnTransition, Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";
import type { InstanceView } from "./alert-evidence.ts";
import type { AlertWriter } from "./alert-writer.ts";

/** The episodes of one rule on one device, as far as they are told of here. */
export interface ToldInstance extends InstanceView {
  readonly rule: Rule;
  readonly device: string;
  readonly grounding: string;
  episodes: readonly Episode[];
  readonly open: Episode | undefined;
}

/** Tells what late readings have changed in some of the episodes, and takes it down as told. */
export function reconcile(
  instance: ToldInstance,
  within: readonly Episode[],
  outcomes: readonly Outcome[],
  alerts: AlertWriter,
): void {
  const { pairs, lost } = pair(within, outcomes, alerts.identity);
  for (const episode of lost) retract(instance, episode, alerts);
  for (const [outcome, episode] of pairs) {
    if (episode === undefined) discover(instance, outcome, alerts);
    else amend(instance, episode, outcome, alerts);
  }
}

function retract(instance: ToldInstance, episode: Episode, alerts: AlertWriter): void {
  if (episode.retracted) return;
  episode.retracted = true;
  episode.clearedAt = episode.raisedAt;
  if (episode.told === 0) return;
  const telling = { kind: "cleared", at: episode.raisedAt, cause: "retracted", amended: true } as const;
  alerts.tell(instance, episode, telling);
}

/** An episode that nobody was told of: if it is over, a matter of record; if it is open, as good as any other raise. */
function discover(instance: ToldInstance, outcome: Outcome, alerts: AlertWriter): void {
  const { begun, raisedAt, rank } = outcome;
  const episode = begin(instance, begun, raisedAt, rank, alerts);
  if (outcome.clearedAt === undefined) {
    alerts.tell(instance, episode, { kind: "raised", at: outcome.raisedAt, cause: "condition", shown: outcome.last });
    alerts.act(instance, episode, outcome.begun);
    return;
  }
  // It shows the value that raised it, then the one that ended it; its severity is the last that it had.
  const common = { cause: "condition", amended: true };
  alerts.tell(instance, episode, { ...common, kind: "raised", at: outcome.raisedAt, shown: outcome.first });
  [episode.clearedAt, episode.end] = [outcome.clearedAt, outcome.end];
  alerts.tell(instance, episode, { ...common, kind: "cleared", at: outcome.clearedAt, shown: outcome.last });
}

function amend(instance: ToldInstance, episode: Episode, outcome: Outcome, alerts: AlertWriter): void {
  const was = { ...episode };
  episode.key = alerts.identity(outcome.begun);
  episode.armed = positionOfBeginning(outcome.begun);
  episode.raisedAt = outcome.raisedAt;
  episode.rank = outcome.rank;
  episode.clearedAt = outcome.clearedAt;
  episode.end = outcome.end;
  episode.retracted = false;
  const shown = outcome.last;
  const open = outcome.clearedAt === undefined;
  if (was.told === 0) {
    if (!open) return;
    alerts.tell(instance, episode, { kind: "raised", at: outcome.raisedAt, cause: "condition", shown });
    alerts.act(instance, episode, outcome.begun);
    return;
  }
  const common = { cause: "condition", amended: true, shown };
  const at = outcome.last?.at ?? outcome.raisedAt;
  if (was.retracted) {
    alerts.tell(instance, episode, { ...common, kind: "raised", at: outcome.raisedAt });
    if (!open) alerts.tell(instance, episode, { ...common, kind: "cleared", at: outcome.clearedAt });
    return;
  }
  const sameStart = was.raisedAt === outcome.raisedAt;
  const sameRank = was.rank === outcome.rank;
  if (sameStart && sameRank && was.clearedAt === outcome.clearedAt) return;
  let kind: "amended" | "cleared" | "escalated" | "deescalated" = "amended";
  if (sameStart && sameRank && was.clearedAt === undefined) kind = "cleared";
  else if (sameStart && open && was.clearedAt === undefined) {
    kind = outcome.rank > was.rank ? "escalated" : "deescalated";
  }
  alerts.tell(instance, episode, { ...common, kind, at });
}

function begin(instance: ToldInstance, begun: Beginning, raisedAt: number, rank: number, alerts: AlertWriter): Episode {
  const born = alerts.identity(begun);
  // Late data may find an episode where another one of that beginning was told before.
  let alertId = alerts.alertId(instance, born, raisedAt);
  for (let turn = 2; hasId(instance.episodes, alertId); turn++) {
    alertId = alerts.alertId(instance, `${born}/${turn}`, raisedAt);
  }
  const bornAt = positionOfBeginning(begun);
  const episode: Episode = {
    born,
    bornAt,
    alertId,
    key: born,
    armed: bornAt,
    told: 0,
    raisedAt,
    rank,
    clearedAt: undefined,
    end: undefined,
    retracted: false,
    actions: noActions,
    mutedBy: unmuted,
    flapping: false,
  };
  // By `concat` a list is as long as it has to be; one that is spread or pushed to keeps room for sixteen more.
  instance.episodes = instance.episodes.concat(episode);
  return episode;
}

function hasId(episodes: readonly Episode[], alertId: string): boolean {
  for (const each of episodes) if (each.alertId === alertId) return true;
  return false;
}

/** Tells of transitions in their order, as they come. */
export function telling(instance: ToldInstance, alerts: AlertWriter): OnTransition {
  return (transition) => happened(instance, transition, alerts);
}

/** A transition in its order. */
function happened(instance: ToldInstance, shown: Transition, alerts: AlertWriter): void {
  const { kind, at, rank, begun } = shown;
  const telling = { kind, at, cause: "condition", shown };
  if (kind === "raised") {
    const episode = begin(instance, begun, at, rank, alerts);
    alerts.tell(instance, episode, telling);
    alerts.act(instance, episode, begun);
    return;
  }
  const episode = instance.open;
  if (episode === undefined) return;
  episode.rank = rank;
  if (kind === "cleared") {
    episode.clearedAt = at;
    episode.end = endOf(shown);
  }
  alerts.tell(instance, episode, telling);
}
