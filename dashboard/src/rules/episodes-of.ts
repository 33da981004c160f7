import type { Difference, Episode, Findings } from "./use-backtest.ts";

/** The episodes of one device: those of the draft, and those of the revision that is live. */
export interface DeviceEpisodes {
  readonly device: string;
  readonly draft: readonly Episode[];
  /** Undefined where there is no other rule to compare with. */
  readonly live: readonly Episode[] | undefined;
  readonly differences: readonly Difference[];
}

/** What was found, by device; those that differ first, then those with most episodes. */
export function episodesOf({ backtest, episodes, differences }: Findings): DeviceEpisodes[] {
  const isCompared = backtest.against !== undefined;
  const devices = new Set([...episodes, ...differences].map(({ device }) => device));
  const draftOf = Map.groupBy(episodes, ({ device }) => device);
  const differencesOf = Map.groupBy(differences, ({ device }) => device);
  const found = [...devices].map((device) => {
    const draft = draftOf.get(device) ?? [];
    const apart = differencesOf.get(device) ?? [];
    return { device, draft, live: isCompared ? liveOf(draft, apart) : undefined, differences: apart };
  });
  return found.toSorted((a, b) => b.differences.length - a.differences.length || b.draft.length - a.draft.length);
}

/** Where they do not differ, the live revision has the draft's episodes. */
function liveOf(draft: readonly Episode[], differences: readonly Difference[]): Episode[] {
  const own = new Set(differences.flatMap(({ episode }) => (episode === undefined ? [] : [episode.raisedAt])));
  return [
    ...draft.filter(({ raisedAt }) => !own.has(raisedAt)),
    ...differences.flatMap(({ against }) => (against === undefined ? [] : [against])),
  ];
}
