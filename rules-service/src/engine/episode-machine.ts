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

/** The rank after a verdict; 0: no episode is open then. `mildest`: the mildest that the condition may have. */
export function rankAfter({ rank, muted: isMuted }: EpisodeState, verdict: Verdict, mildest: number): number {
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
  return isSteadyAt(state, rankAfter(state, verdict, mildest), verdict);
}

/** The same where the rank after the verdict is known. */
export function isSteadyAt(state: EpisodeState, rank: number, verdict: Verdict): boolean {
  return rank === state.rank && !(state.muted && stayOf(verdict) === 0);
}

/** What a change of rank is told as. */
export function kindOf(before: number, after: number): TransitionKind {
  if (before === 0) return "raised";
  if (after === 0) return "cleared";
  return after > before ? "escalated" : "deescalated";
}

/** The state after a verdict that changes something: the rank, or that it is muted. `begun`: of a raise. */
export function follow(state: EpisodeState, rank: number, time: number, begun: Beginning | null): EpisodeState {
  if (rank === 0) return noEpisode;
  return state.rank === 0 ? raised(rank, time, begun!) : { ...state, rank };
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
