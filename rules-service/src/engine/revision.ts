import { severityRank } from "../definition/severity.ts";
import type { Severity } from "../definition/severity.ts";
import type { Cell } from "./cell.ts";
import type { Episode } from "./episode.ts";
import type { Evaluator } from "./evaluator.ts";
import type { FoldState, Transition } from "./fold.ts";
import { idle } from "./fold.ts";
import type { Rule } from "./rule.ts";

/**
 * Goes on with a cell under another revision or mode of its rule (`cell.rule` is it already). An episode that is still
 * true keeps its id; false: nothing is left to go on with, the rule begins anew on this device.
 */
export function revise(cell: Cell, before: Rule, { teller, clock, next }: Evaluator): boolean {
  const { rule } = cell;
  if (before.revision === rule.revision) {
    switchMode(cell, before, { teller, clock, next });
    return true;
  }
  if (before.shadow !== rule.shadow) switchMode(cell, before, { teller, clock, next });
  const { open } = cell;
  const state = carriedOver(cell, open, before);
  if (state === undefined) {
    closeUnder(before, cell, "rule-revised", { teller, clock });
    return false;
  }
  cell.ground(state, next);
  if (open !== undefined) moveTo(open, state.level, cell, before, { teller, clock });
  return true;
}

/**
 * Fills a cell with what warming found. `old` is what the rule had here before, if anything; what it had told goes on
 * under the same id.
 */
export function readopt(
  cell: Cell,
  warm: Cell | undefined,
  from: number,
  old: { readonly cell: Cell; readonly rule: Rule } | undefined,
  { teller, clock, next }: Evaluator,
): void {
  cell.from = from;
  if (warm !== undefined) {
    cell.state = warm.state;
    cell.base = warm.base;
    cell.history = warm.history;
    cell.firedTo = warm.firedTo;
    // Nobody has heard of them.
    cell.episodes = warm.episodes.map((episode) => ({ ...episode, told: 0 }));
  }
  const { open } = cell;
  if (old !== undefined) carryOn(cell, old.cell, old.rule, { teller, clock, next });
  else if (open !== undefined) raise(cell, open, { teller });
}

function carryOn(
  cell: Cell,
  old: Cell,
  before: Rule,
  { teller, clock, next }: Pick<Evaluator, "teller" | "clock" | "next">,
): void {
  const told = old.open;
  const { rule, open } = cell;
  const hushed = !before.shadow && rule.shadow;
  if (told !== undefined && (open === undefined || hushed)) {
    closeUnder(before, old, open === undefined ? "rule-revised" : "rule-shadowed", { teller, clock });
  }
  if (open === undefined) return;
  if (old.state.muted || (told !== undefined && hushed)) {
    cell.mute(next);
    return;
  }
  if (told === undefined) {
    raise(cell, open, { teller });
    return;
  }
  const carried: Episode = { ...open, born: told.born, alertId: told.alertId, told: told.told };
  cell.episodes = cell.episodes.map((episode) => (episode === open ? carried : episode));
  if (before.shadow !== rule.shadow) {
    raise(cell, carried, { teller });
    return;
  }
  const { level } = carried;
  carried.level = told.level;
  moveTo(carried, level, cell, before, { teller, clock });
}

/** Tells of an open episode as raised, with its true time, and does what the rule does then. */
function raise(cell: Cell, episode: Episode, { teller }: Pick<Evaluator, "teller">): void {
  const { rule, series } = cell;
  const armed = cell.state.armed!;
  const held = cell.lastOwn().newest ?? armed;
  const at = episode.raisedAt;
  const shown: Transition = { kind: "raised", at, level: episode.level, armed, held, decided: armed };
  teller.tell(rule, series.device, episode, { kind: "raised", at, cause: "condition", shown });
  teller.act(rule, series.device, episode, armed);
}

function switchMode(
  cell: Cell,
  before: Rule,
  { teller, clock, next }: Pick<Evaluator, "teller" | "clock" | "next">,
): void {
  const { open } = cell;
  if (open === undefined) return;
  if (before.shadow) {
    raise(cell, open, { teller });
    return;
  }
  closeUnder(before, cell, "rule-shadowed", { teller, clock });
  cell.mute(next);
}

function closeUnder(
  before: Rule,
  cell: Cell,
  cause: string,
  { teller, clock }: Pick<Evaluator, "teller" | "clock">,
): void {
  const { rule } = cell;
  cell.rule = before;
  cell.close(cause, clock.now, teller);
  cell.rule = rule;
}

/** The level of an episode under its new revision; told if the severity is another. */
function moveTo(
  episode: Episode,
  level: number,
  cell: Cell,
  before: Rule,
  { teller, clock }: Pick<Evaluator, "teller" | "clock">,
): void {
  const was = before.levels[episode.level - 1]?.severity;
  episode.level = level;
  const now = cell.rule.levels[level - 1]?.severity;
  if (was === now) return;
  const kind = level > levelUnder(cell.rule, was) ? "escalated" : "deescalated";
  const at = Math.max(clock.now, episode.raisedAt);
  teller.tell(cell.rule, cell.series.device, episode, { kind, at, cause: "rule-revised" });
}

/**
 * As if the last reading were the first under the new revision, but for the episode that is open; undefined if it no
 * longer holds.
 */
function carriedOver(cell: Cell, open: Episode | undefined, before: Rule): FoldState | undefined {
  const { rule, state } = cell;
  const last = cell.lastOwn().newest;
  if (last === undefined || (open === undefined && !state.muted)) return undefined;
  const grade = rule.grader.grade(last.value);
  if (grade === -1) return undefined;
  const runs = Array.from({ length: Math.max(0, grade) }, () => last);
  const counts = rule.times > 1 ? runs.map(() => 1) : idle.counts;
  if (open === undefined) return { ...idle, grade, runs, counts, muted: true };
  const atOnce = rule.holdFor === 0 && rule.times <= 1;
  const held = atOnce ? grade : Math.min(grade, levelUnder(rule, before.levels[open.level - 1]?.severity));
  return { grade, runs, counts, level: Math.max(1, held), raisedAt: open.raisedAt, armed: state.armed, muted: false };
}

/** The highest level of a rule that is no graver than a severity. */
function levelUnder(rule: Rule, severity: Severity | undefined): number {
  return rule.levels.filter((level) => severity !== undefined && severityRank(level.severity) <= severityRank(severity))
    .length;
}
