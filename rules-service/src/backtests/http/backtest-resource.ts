import { Type, type Static } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import { backtestStates, hasEnded, type BacktestRecord } from "../kept/backtest-record.ts";
import type { BacktestStore } from "../kept/backtest-store.ts";
import type { EpisodeDifference } from "../kept/difference.ts";
import type { TriedEpisode } from "../tried-episode.ts";

/** Episodes, and differences, that a backtest itself shows; its lists have all of them. */
const shownAtMost = 1000;

const time = (description: string) => Type.String({ format: "date-time", description });

export const episodeResource = Type.Object(
  {
    device: Type.String(),
    raisedAt: time("Judged time, as of an alert"),
    clearedAt: Type.Optional(time("Absent: still open at the end of the range")),
    severity: Type.String(),
    uncertain: Type.Optional(
      Type.Boolean({ description: "true: it may depend on records that the backtest has not seen" }),
    ),
    retracted: Type.Optional(Type.Boolean({ description: "true: late data showed that it never was" })),
  },
  { title: "BacktestEpisode" },
);
export type EpisodeResource = Static<typeof episodeResource>;

export const differenceResource = Type.Object(
  {
    kind: Type.Union(
      ["new", "gone", "moved"].map((kind) => Type.Literal(kind)),
      { description: "new: the tried rule alone has it; gone: the other alone; moved: both, at other times" },
    ),
    device: Type.String(),
    episode: Type.Optional(episodeResource),
    against: Type.Optional(episodeResource),
    raisedBySeconds: Type.Optional(
      Type.Number({ description: "How much later the tried rule raises it; negative: earlier" }),
    ),
    clearedBySeconds: Type.Optional(
      Type.Number({ description: "How much later it clears; absent if one of them is open" }),
    ),
  },
  { title: "BacktestDifference" },
);
export type DifferenceResource = Static<typeof differenceResource>;

const ruleOfBacktest = Type.Object({
  id: Type.String(),
  revision: Type.Optional(Type.Integer({ description: "Absent: a draft" })),
  definition: Type.Unknown({ description: "The rule as it was tried" }),
});

const summary = {
  id: Type.String(),
  state: Type.Union(backtestStates.map((state) => Type.Literal(state))),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  rule: ruleOfBacktest,
  against: Type.Optional(ruleOfBacktest),
  from: time("Of what was appended to the log then or later"),
  to: time("And before then"),
  requestedAt: time("When it was asked for"),
  requestedBy: Type.String(),
  startedAt: Type.Optional(time("When it left the queue")),
  endedAt: Type.Optional(time("When it was done, failed or was cancelled")),
  records: Type.Integer({ description: "Records of telemetry that were read" }),
  certainFrom: Type.Optional(
    Type.Union([time("Episodes from then on depend on nothing that the log no longer has"), Type.Null()], {
      description: "null: any episode may depend on what the log no longer has",
    }),
  ),
  logBegins: Type.Optional(time("Older records than these were wanted and have expired")),
  derived: Type.Optional(
    Type.Array(Type.Object({ metric: Type.String(), count: Type.Integer() }), {
      description: "Points that the rule would have derived within the range; none is written",
    }),
  ),
  repetitions: Type.Optional(
    Type.Integer({ description: "Times that its actions would have come due again; nothing is sent" }),
  ),
  notes: Type.Array(Type.String(), { description: "What whoever reads the result has to know" }),
  error: Type.Optional(Type.String({ description: "Why it failed" })),
};

export const backtestSummary = Type.Object(summary, { title: "BacktestSummary" });
export type BacktestSummary = Static<typeof backtestSummary>;

export const backtestResource = Type.Object(
  {
    ...summary,
    episodeCount: Type.Integer({ description: "Episodes found so far" }),
    episodes: Type.Array(episodeResource, {
      description: `By device, then by time; the first ${shownAtMost}. …/episodes has all`,
    }),
    difference: Type.Optional(
      Type.Object({
        new: Type.Integer(),
        gone: Type.Integer(),
        moved: Type.Integer(),
        same: Type.Integer(),
        items: Type.Array(differenceResource, {
          description: `By device, then by time; the first ${shownAtMost}. …/differences has all`,
        }),
      }),
    ),
  },
  { title: "Backtest" },
);
export type BacktestResource = Static<typeof backtestResource>;

export function toSummary(record: BacktestRecord): BacktestSummary {
  const { id, state, progress, tried, against, from, to, requestedAt, by, startedAt, endedAt, records } = record;
  const { certainFrom, logBegins, notes, error, derived, repetitions } = record;
  return {
    ...{ id, state, progress, rule: toRule(tried), ...(against !== undefined && { against: toRule(against) }) },
    ...{ from: isoFromMicros(from), to: isoFromMicros(to) },
    ...{ requestedAt: isoFromMicros(requestedAt), requestedBy: by },
    ...(startedAt !== undefined && { startedAt: isoFromMicros(startedAt) }),
    ...(endedAt !== undefined && { endedAt: isoFromMicros(endedAt) }),
    records,
    ...(state === "done" && { certainFrom: certainFrom === undefined ? null : isoFromMicros(certainFrom) }),
    ...(logBegins !== undefined && { logBegins: isoFromMicros(logBegins) }),
    ...(derived !== undefined && { derived: [...derived] }),
    ...(repetitions !== undefined && { repetitions }),
    notes: [...notes],
    ...(error !== undefined && { error }),
  };
}

/** The episodes of one that is not done are those that were found so far. */
export function toResource(record: BacktestRecord, store: BacktestStore): BacktestResource {
  const { id, difference } = record;
  const episodes = store.episodes(id, "tried", undefined, shownAtMost);
  return {
    ...toSummary(record),
    episodeCount: store.countEpisodes(id),
    episodes: episodes.map((episode) => toEpisode(episode, record)),
    ...(difference !== undefined && {
      difference: {
        ...difference,
        items: store.differences(id, 0, shownAtMost).map((found) => toDifference(found.difference, record)),
      },
    }),
  };
}

export function toEpisode(
  { device, raisedAt, clearedAt, severity, retracted }: TriedEpisode,
  record: BacktestRecord,
): EpisodeResource {
  const isUncertain = hasEnded(record) && raisedAt < (record.certainFrom ?? Infinity);
  return {
    device,
    raisedAt: isoFromMicros(raisedAt),
    ...(clearedAt !== undefined && { clearedAt: isoFromMicros(clearedAt) }),
    severity,
    ...(isUncertain && { uncertain: true }),
    ...(retracted && { retracted: true }),
  };
}

export function toDifference(
  { kind, device, tried, against }: EpisodeDifference,
  record: BacktestRecord,
): DifferenceResource {
  const cleared = [tried?.clearedAt, against?.clearedAt];
  return {
    kind,
    device,
    ...(tried !== undefined && { episode: toEpisode(tried, record) }),
    ...(against !== undefined && { against: toEpisode(against, record) }),
    ...(tried !== undefined &&
      against !== undefined && { raisedBySeconds: (tried.raisedAt - against.raisedAt) / 1_000_000 }),
    ...(cleared[0] !== undefined &&
      cleared[1] !== undefined && { clearedBySeconds: (cleared[0] - cleared[1]) / 1_000_000 }),
  };
}

function toRule({ id, revision, definition }: BacktestRecord["tried"]) {
  return { id, ...(revision !== undefined && { revision }), definition: definition as unknown };
}
