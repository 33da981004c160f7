import type { Transition } from "./fold.ts";
import type { Position, Reading } from "./reading.ts";

/** An episode as the fold of the readings has it. */
export interface Outcome {
  readonly armed: Reading;
  readonly raisedAt: number;
  readonly level: number;
  readonly clearedAt: number | undefined;
  /** Where it was cleared. */
  readonly end: Position | undefined;
  /** The last transition, with what showed it; undefined if it lies before what was folded. */
  readonly last: Transition | undefined;
}

/** An episode as the world was told of it. */
export interface Episode {
  /** Identity of the reading that armed the first raise; the alert's id comes from it. */
  readonly born: string;
  readonly alertId: string;
  /** Identity of the reading that arms it as far as is known now; late data may have changed it. */
  key: string;
  armed: Position;
  /** Transitions told; 0: it ended before its rule became live, nobody heard of it. */
  told: number;
  raisedAt: number;
  level: number;
  clearedAt: number | undefined;
  end: Position | undefined;
  /** Late data showed that it never was. */
  retracted: boolean;
}

export function isOpen(episode: Episode): boolean {
  return episode.clearedAt === undefined && !episode.retracted;
}

/** Gathers the episodes of a fold from its transitions. */
export class Outcomes {
  readonly list: Outcome[] = [];

  readonly on = (transition: Transition): void => {
    const { kind, at, level, armed, decided } = transition;
    if (kind === "raised") {
      this.list.push({ armed, raisedAt: at, level, clearedAt: undefined, end: undefined, last: transition });
      return;
    }
    const open = this.list.pop()!;
    const cleared = kind === "cleared" ? { clearedAt: at, end: decided } : {};
    this.list.push({ ...open, level, ...cleared, last: transition });
  };
}

/**
 * Which told episode each outcome is: the one of its own id, else the one it was last taken for, else the first that
 * overlaps it in time. What is left over was never told, or never was.
 */
export function pair(
  episodes: readonly Episode[],
  outcomes: readonly Outcome[],
  identity: (reading: Reading) => string,
): { readonly pairs: readonly (readonly [Outcome, Episode | undefined])[]; readonly lost: readonly Episode[] } {
  const free = new Set(episodes);
  const names = outcomes.map(({ armed }) => identity(armed));
  const taken: (Episode | undefined)[] = outcomes.map(() => undefined);
  const tests: readonly ((episode: Episode, index: number) => boolean)[] = [
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
