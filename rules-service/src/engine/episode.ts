import type { Beginning } from "../conditions/program.ts";
import type { Position } from "../readings/position.ts";
import type { EpisodeActions } from "./episode-actions.ts";
import type { FoldState } from "./episode-machine.ts";
import type { Transition } from "./fold.ts";

/** An episode as the fold has it. */
export interface Outcome {
  readonly begun: Beginning;
  readonly raisedAt: number;
  readonly rank: number;
  readonly clearedAt: number | undefined;
  /** Where it was cleared. */
  readonly end: Position | undefined;
  /** The last transition, with what showed it; undefined if it lies before what was folded. */
  readonly last: Transition | undefined;
  /** The transition that raised it; undefined likewise. */
  readonly first: Transition | undefined;
}

/** An episode as the world was told of it. */
export interface Episode {
  /** What began it when it was first told of; the alert's id comes from it. */
  readonly born: string;
  /** Where that stands: as long as anything may begin there again, nothing else may have the id. */
  readonly bornAt: Position;
  /** Another only where an episode that was warmed becomes a rule's own. */
  alertId: string;
  /** What began it as far as is known now; late data may have changed it. */
  key: string;
  armed: Position;
  /** Transitions told; 0: it ended before its rule became live, nobody heard of it. */
  told: number;
  raisedAt: number;
  rank: number;
  clearedAt: number | undefined;
  end: Position | undefined;
  /** Late data showed that it never was. */
  retracted: boolean;
  /** What holds its actions back, as it was told last. */
  mutedBy: readonly string[];
  /** That flapping holds it open was told last. */
  flapping: boolean;
  /** How far its actions have come. */
  actions: EpisodeActions;
}

/** What of an episode may become another. */
export type ToldFields = { -readonly [K in Exclude<keyof Episode, "born" | "bornAt">]: Episode[K] };

/** Written out: it is done with every step of a rule whose episodes are retained, and makes no object. */
export function copyTold(from: ToldFields, to: ToldFields): void {
  to.alertId = from.alertId;
  to.key = from.key;
  to.armed = from.armed;
  to.told = from.told;
  to.raisedAt = from.raisedAt;
  to.rank = from.rank;
  to.clearedAt = from.clearedAt;
  to.end = from.end;
  to.retracted = from.retracted;
  to.mutedBy = from.mutedBy;
  to.flapping = from.flapping;
  to.actions = from.actions;
}

/** One empty list for all episodes, of which there are many. */
export const unmuted: readonly string[] = [];

export function isOpen(episode: Episode): boolean {
  return episode.clearedAt === undefined && !episode.retracted;
}

/** Where a beginning stands among the readings of its device. */
export function positionOfBeginning({ time, reading }: Beginning): Position {
  // The reading is its own place; it is kept as long as the episode is anyway.
  return reading ?? { time, offset: 0, index: 0 };
}

/** Gathers the episodes of a fold from its transitions. */
export class Outcomes {
  readonly list: Outcome[] = [];

  /** The fold begins at a state. */
  begin({ episode: { rank, raisedAt, begun } }: FoldState): void {
    if (begun === null) return;
    this.list.push({ begun, raisedAt, rank, clearedAt: undefined, end: undefined, last: undefined, first: undefined });
  }

  readonly on = (transition: Transition): void => {
    const { kind, at, rank, begun } = transition;
    if (kind === "raised") {
      const open = { clearedAt: undefined, end: undefined, last: transition, first: transition };
      this.list.push({ begun, raisedAt: at, rank, ...open });
      return;
    }
    const open = this.list.pop()!;
    const cleared = kind === "cleared" ? { clearedAt: at, end: endOf(transition) } : {};
    this.list.push({ ...open, rank, ...cleared, last: transition });
  };
}

/** Where an episode ended. */
export function endOf({ at, decided }: Transition): Position {
  if (decided === undefined) return { time: at, offset: 0, index: 0 };
  return { time: decided.time, offset: decided.offset, index: decided.index };
}

/**
 * Which told episode each outcome is: what is open stays the one that is open, else it is the one of its own id, else
 * the one it was last taken for, else the first that overlaps it in time. What is left over was never told, or never
 * was.
 */
export function pair(
  episodes: readonly Episode[],
  outcomes: readonly Outcome[],
  identity: (begun: Beginning) => string,
): { readonly pairs: readonly (readonly [Outcome, Episode | undefined])[]; readonly lost: readonly Episode[] } {
  const free = new Set(episodes);
  const names = outcomes.map(({ begun }) => identity(begun));
  const taken: (Episode | undefined)[] = outcomes.map(() => undefined);
  const tests: readonly ((episode: Episode, index: number) => boolean)[] = [
    (episode, index) => episode.told > 0 && isOpen(episode) && outcomes[index]!.clearedAt === undefined,
    (episode, index) => episode.born === names[index],
    (episode, index) => episode.key === names[index],
    (episode, index) => !episode.retracted && overlap(episode, outcomes[index]!),
  ];
  for (const test of tests) {
    for (const index of outcomes.keys()) {
      if (taken[index] !== undefined) continue;
      for (const episode of free) {
        if (!test(episode, index)) continue;
        taken[index] = episode;
        free.delete(episode);
        break;
      }
    }
  }
  return { pairs: outcomes.map((outcome, index) => [outcome, taken[index]] as const), lost: [...free] };
}

function overlap(episode: Episode, outcome: Outcome): boolean {
  return episode.raisedAt <= (outcome.clearedAt ?? Infinity) && outcome.raisedAt <= (episode.clearedAt ?? Infinity);
}
