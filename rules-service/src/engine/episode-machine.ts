import type { Anchor } from "../readings/reading.ts";
import type { Beginning } from "../conditions/program.ts";
import { raiseOf, stayOf, unknown, type Verdict } from "../conditions/verdict.ts";

/** The episode of one rule on one device, as the verdicts have it. Immutable. */
export interface EpisodeState {
  /** Rank of the severity; 0: none is open. */
  readonly rank: number;
  readonly raisedAt: number;
  /** What began it; null: none is open. */
  readonly begun: Beginning | null;
  /** Cleared by hand: nothing is raised until the condition has been clear. */
  readonly muted: boolean;
}

/**
 * What a rule knows of a device after some of its samples in their order: the state of its condition, and its episode.
 * Immutable; a step that changes nothing gives the same object back.
 */
export interface FoldState {
  readonly program: unknown;
  readonly episode: EpisodeState;
}

export const noEpisode: EpisodeState = { rank: 0, raisedAt: 0, begun: null, muted: false };
const muted: EpisodeState = { ...noEpisode, muted: true };

export type TransitionKind = "raised" | "escalated" | "deescalated" | "cleared";

export interface EpisodeChange {
  readonly kind: TransitionKind;
  /** After it; of `cleared` before it. */
  readonly rank: number;
  readonly begun: Beginning;
}

/** Where a verdict was given. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly at: Anchor;
  /** The mildest rank that the condition may have. */
  readonly mildest: number;
  readonly begunBy: (rank: number) => Beginning;
}

/** The state after a verdict; `on` is told of what changed. */
export function follow(state: EpisodeState, judgement: Judgement, on: (change: EpisodeChange) => void): EpisodeState {
  const { verdict, at, mildest, begunBy } = judgement;
  const raise = raiseOf(verdict);
  const stay = stayOf(verdict);
  if (state.rank === 0) {
    if (state.muted) return stay === 0 ? noEpisode : state;
    if (raise <= 0) return state;
    const begun = begunBy(raise);
    on({ kind: "raised", rank: raise, begun });
    return { rank: raise, raisedAt: at.time, begun, muted: false };
  }
  const begun = state.begun!;
  if (stay === 0 && raise <= 0) {
    on({ kind: "cleared", rank: state.rank, begun });
    return noEpisode;
  }
  // Between raise and clear it is as mild as it can be; an unknown raise changes nothing.
  const rank = raise === unknown ? state.rank : raise > 0 ? raise : Math.min(state.rank, mildest);
  if (rank === state.rank) return state;
  on({ kind: rank > state.rank ? "escalated" : "deescalated", rank, begun });
  return { ...state, rank };
}

/** Cleared by hand while the condition still holds. */
export function mutedEpisode(): EpisodeState {
  return muted;
}
