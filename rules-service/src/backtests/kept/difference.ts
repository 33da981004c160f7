import type { TriedEpisode } from "../tried-episode.ts";

/** How an episode of one rule stands to those of the other. */
export interface EpisodeDifference {
  readonly kind: "new" | "gone" | "moved" | "same";
  readonly device: string;
  /** What the tried rule has; undefined: nothing. */
  readonly tried: TriedEpisode | undefined;
  readonly against: TriedEpisode | undefined;
}

/**
 * Compares the episodes of one device. Those that overlap in time are the same episode, each with one other at most; it
 * has moved if it begins or ends at another time or with another severity.
 */
export function compareEpisodes(tried: readonly TriedEpisode[], against: readonly TriedEpisode[]): EpisodeDifference[] {
  const others = against.filter(({ retracted }) => !retracted).toSorted(byTime);
  const differences: EpisodeDifference[] = [];
  let next = 0;
  for (const episode of tried.filter(({ retracted }) => !retracted).toSorted(byTime)) {
    // Both lists are in order, and episodes of one rule do not overlap: what ends before this one begins fits none.
    while (next < others.length && endOf(others[next]!) < episode.raisedAt) differences.push(gone(others[next++]!));
    const other = others[next];
    if (other === undefined || other.raisedAt > endOf(episode)) {
      differences.push({ kind: "new", device: episode.device, tried: episode, against: undefined });
      continue;
    }
    next++;
    const kind = isSame(episode, other) ? "same" : "moved";
    differences.push({ kind, device: episode.device, tried: episode, against: other });
  }
  for (; next < others.length; next++) differences.push(gone(others[next]!));
  return differences;
}

function gone(episode: TriedEpisode): EpisodeDifference {
  return { kind: "gone", device: episode.device, tried: undefined, against: episode };
}

function isSame(a: TriedEpisode, b: TriedEpisode): boolean {
  return a.raisedAt === b.raisedAt && a.clearedAt === b.clearedAt && a.severity === b.severity;
}

function byTime(a: TriedEpisode, b: TriedEpisode): number {
  return a.raisedAt - b.raisedAt || endOf(a) - endOf(b);
}

function endOf({ clearedAt }: TriedEpisode): number {
  return clearedAt ?? Infinity;
}
