import { severities, type Severity } from "../language/severity.ts";

/**
 * What a condition says at an instant, in one small number: whether an episode may begin (`raise`) and whether one that
 * is open goes on (`stay`), each true, false or unknown. A raise that is true has a rank: that of its severity (1: the
 * mildest), or `unranked` where the condition names none and the rule's severity counts.
 */
export type Verdict = number;

export const unknown = -1;
export const unranked = severities.length + 1;

export function verdictOf(raise: number, stay: number): Verdict {
  return (raise + 1) * 3 + stay + 1;
}

/** -1: unknown, 0: false, else the rank. */
export function raiseOf(verdict: Verdict): number {
  return ((verdict / 3) | 0) - 1;
}

/** -1: unknown, 0: false, 1: true. */
export function stayOf(verdict: Verdict): number {
  return (verdict % 3) - 1;
}

export const verdicts = {
  unknown: verdictOf(unknown, unknown),
  clear: verdictOf(0, 0),
  /** Neither begins an episode nor ends one. */
  between: verdictOf(0, 1),
  raised: verdictOf(unranked, 1),
} as const;

export function rankOf(severity: Severity): number {
  return severities.indexOf(severity) + 1;
}

export function severityOf(rank: number): Severity | undefined {
  return severities[rank - 1];
}

/** Kleene's and; of ranks the least. */
export function and(verdict: Verdict, other: Verdict): Verdict {
  return verdictOf(least(raiseOf(verdict), raiseOf(other)), least(stayOf(verdict), stayOf(other)));
}

/** Kleene's or; of ranks the greatest. `unranked` has to be replaced before. */
export function or(verdict: Verdict, other: Verdict): Verdict {
  return verdictOf(greatest(raiseOf(verdict), raiseOf(other)), greatest(stayOf(verdict), stayOf(other)));
}

/** Kleene's not: an episode begins where the other's ends, and ends where the other's begins. */
export function not(verdict: Verdict): Verdict {
  const [raise, stay] = [raiseOf(verdict), stayOf(verdict)];
  return verdictOf(
    stay === unknown ? unknown : stay === 0 ? unranked : 0,
    raise === unknown ? unknown : raise > 0 ? 0 : 1,
  );
}

/** With the rank of the rule where the condition has none. */
export function ranked(verdict: Verdict, rank: number): Verdict {
  return raiseOf(verdict) === unranked ? verdictOf(rank, stayOf(verdict)) : verdict;
}

function least(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return Math.min(a, b);
}

function greatest(a: number, b: number): number {
  if (a > 0 || b > 0) return Math.max(a, b);
  return Math.min(a, b);
}
