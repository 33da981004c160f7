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

/** The last ones of conditions that rules have in common, which are one state in memory then. */
const recent: FoldState[] = Array.from({ length: 4 }, () => ({ program: undefined, episode: noEpisode }));
let oldest = 0;

export function foldState(program: unknown, episode: EpisodeState): FoldState {
  // A condition whose state is a plain value may come back to it, and is told from what it was by the object.
  if (episode !== noEpisode || typeof program !== "object") return { program, episode };
  for (const each of recent) if (each.program === program) return each;
  const state = { program, episode };
  recent[oldest] = state;
  oldest = (oldest + 1) % recent.length;
  return state;
}

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

/** The rank after a verdict; 0: no episode is open then. */
function rankAfter({ rank, muted: isMuted }: EpisodeState, verdict: Verdict, mildest: number): number {
  const raise = raiseOf(verdict);
  const stay = stayOf(verdict);
  if (rank === 0) return isMuted || raise <= 0 ? 0 : raise;
  if (stay === 0 && raise <= 0) return 0;
  // Between raise and clear it is as mild as it can be; an unknown raise changes nothing.
  if (raise === unknown) return rank;
  return raise > 0 ? raise : Math.min(rank, mildest);
}

/** Whether a verdict leaves everything as it is. */
export function isSteady(state: EpisodeState, verdict: Verdict, mildest: number): boolean {
  return rankAfter(state, verdict, mildest) === state.rank && !(state.muted && stayOf(verdict) === 0);
}

/** The state after a verdict that changes something; `on` is told of it, unless it ends a muting. */
export function follow(state: EpisodeState, judgement: Judgement, on: (change: EpisodeChange) => void): EpisodeState {
  const { verdict, at, mildest, begunBy } = judgement;
  const rank = rankAfter(state, verdict, mildest);
  if (rank === state.rank) return noEpisode;
  if (state.rank === 0) {
    const begun = begunBy(rank);
    on({ kind: "raised", rank, begun });
    return raised(rank, at.time, begun);
  }
  const begun = state.begun!;
  if (rank === 0) {
    on({ kind: "cleared", rank: state.rank, begun });
    return noEpisode;
  }
  on({ kind: rank > state.rank ? "escalated" : "deescalated", rank, begun });
  return { ...state, rank };
}

let lastRaised = noEpisode;

/** One for all rules that raise the same by one beginning. */
function raised(rank: number, raisedAt: number, begun: Beginning): EpisodeState {
  if (lastRaised.begun === begun && lastRaised.rank === rank && lastRaised.raisedAt === raisedAt) return lastRaised;
  return (lastRaised = { rank, raisedAt, begun, muted: false });
}

/** Cleared by hand while the condition still holds. */
export function mutedEpisode(): EpisodeState {
  return muted;
}
