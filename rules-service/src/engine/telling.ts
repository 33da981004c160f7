import { pair } from "./episode.ts";
import type { Episode, Outcome } from "./episode.ts";
import type { OnTransition, Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";
import type { Teller } from "./teller.ts";

/** The episodes of one rule on one device, as far as they are told of here. */
export interface ToldCell {
  readonly rule: Rule;
  readonly series: { readonly device: string };
  readonly episodes: Episode[];
  readonly open: Episode | undefined;
}

/** Tells what late readings have changed, and takes it down as told. */
export function reconcile(cell: ToldCell, outcomes: readonly Outcome[], teller: Teller): void {
  const { pairs, lost } = pair(cell.episodes, outcomes, teller.identity);
  for (const episode of lost) retract(cell, episode, teller);
  for (const [outcome, episode] of pairs) {
    if (episode === undefined) discover(cell, outcome, teller);
    else amend(cell, episode, outcome, teller);
  }
}

function retract(cell: ToldCell, episode: Episode, teller: Teller): void {
  if (episode.retracted) return;
  episode.retracted = true;
  episode.clearedAt = episode.raisedAt;
  if (episode.told === 0) return;
  const telling = { kind: "cleared", at: episode.raisedAt, cause: "retracted", amended: true } as const;
  teller.tell(cell.rule, cell.series.device, episode, telling);
}

/** An episode that nobody was told of: if it is over, a matter of record; if it is open, as good as any other raise. */
function discover(cell: ToldCell, outcome: Outcome, teller: Teller): void {
  const episode = begin(cell, outcome, teller);
  episode.level = outcome.level;
  const { rule, series } = cell;
  const shown = outcome.last;
  if (outcome.clearedAt === undefined) {
    teller.tell(rule, series.device, episode, { kind: "raised", at: outcome.raisedAt, cause: "condition", shown });
    teller.act(rule, series.device, episode, outcome.armed);
    return;
  }
  const common = { cause: "condition", amended: true, shown };
  teller.tell(rule, series.device, episode, { ...common, kind: "raised", at: outcome.raisedAt });
  [episode.clearedAt, episode.end] = [outcome.clearedAt, outcome.end];
  teller.tell(rule, series.device, episode, { ...common, kind: "cleared", at: outcome.clearedAt });
}

function amend(cell: ToldCell, episode: Episode, outcome: Outcome, teller: Teller): void {
  const was = { ...episode };
  episode.key = teller.identity(outcome.armed);
  episode.armed = outcome.armed;
  episode.raisedAt = outcome.raisedAt;
  episode.level = outcome.level;
  episode.clearedAt = outcome.clearedAt;
  episode.end = outcome.end;
  episode.retracted = false;
  const { rule, series } = cell;
  const shown = outcome.last;
  const open = outcome.clearedAt === undefined;
  if (was.told === 0) {
    if (!open) return;
    teller.tell(rule, series.device, episode, { kind: "raised", at: outcome.raisedAt, cause: "condition", shown });
    teller.act(rule, series.device, episode, outcome.armed);
    return;
  }
  const common = { cause: "condition", amended: true, shown };
  const at = outcome.last?.at ?? outcome.raisedAt;
  if (was.retracted) {
    teller.tell(rule, series.device, episode, { ...common, kind: "raised", at: outcome.raisedAt });
    if (!open) teller.tell(rule, series.device, episode, { ...common, kind: "cleared", at: outcome.clearedAt });
    return;
  }
  const sameStart = was.raisedAt === outcome.raisedAt;
  const sameLevel = was.level === outcome.level;
  if (sameStart && sameLevel && was.clearedAt === outcome.clearedAt) return;
  let kind: "amended" | "cleared" | "escalated" | "deescalated" = "amended";
  if (sameStart && sameLevel && was.clearedAt === undefined) kind = "cleared";
  else if (sameStart && open && was.clearedAt === undefined) {
    kind = outcome.level > was.level ? "escalated" : "deescalated";
  }
  teller.tell(rule, series.device, episode, { ...common, kind, at });
}

function begin(
  cell: ToldCell,
  { armed, raisedAt, level }: Pick<Outcome, "armed" | "raisedAt" | "level">,
  teller: Teller,
): Episode {
  const born = teller.identity(armed);
  const alertId = teller.alertId(cell.rule.id, cell.series.device, born);
  const rest = { clearedAt: undefined, end: undefined, retracted: false, told: 0 };
  const episode: Episode = { born, alertId, key: born, armed, raisedAt, level, ...rest };
  cell.episodes.push(episode);
  return episode;
}

/** Tells of transitions in their order, as they come. */
export function telling(cell: ToldCell, teller: Teller): OnTransition {
  return (transition) => happened(cell, transition, teller);
}

/** A transition in its order. */
function happened(cell: ToldCell, shown: Transition, teller: Teller): void {
  const { kind, at, level, armed, decided } = shown;
  const { rule, series } = cell;
  const telling = { kind, at, cause: "condition", shown };
  if (kind === "raised") {
    const episode = begin(cell, { armed, raisedAt: at, level }, teller);
    teller.tell(rule, series.device, episode, telling);
    teller.act(rule, series.device, episode, armed);
    return;
  }
  const episode = cell.open;
  if (episode === undefined) return;
  episode.level = level;
  if (kind === "cleared") [episode.clearedAt, episode.end] = [at, decided];
  teller.tell(rule, series.device, episode, telling);
}
