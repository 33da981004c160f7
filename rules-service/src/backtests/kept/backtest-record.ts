import type { RuleDefinition } from "../../definition/index.ts";

export const backtestStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type BacktestState = (typeof backtestStates)[number];

/** A rule of a backtest. */
export interface RuleOfBacktest {
  readonly id: string;
  /** undefined: a draft that no revision holds. */
  readonly revision: number | undefined;
  readonly definition: RuleDefinition;
}

/** Counts of a comparison with another revision. */
export interface DifferenceCounts {
  new: number;
  gone: number;
  moved: number;
  same: number;
}

/** A backtest without its episodes; times in microseconds since the epoch. */
export interface BacktestRecord {
  readonly id: string;
  readonly state: BacktestState;
  readonly tried: RuleOfBacktest;
  readonly against: RuleOfBacktest | undefined;
  /** Append times; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly by: string;
  /** Absent: its result is kept. false: it is cancelled and forgotten when nobody asks for it any more. */
  readonly keep?: false;
  readonly requestedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** From 0 to 1. */
  readonly progress: number;
  /** Records of telemetry that were read. */
  readonly records: number;
  /** Episodes before it may depend on what the backtest has not seen; absent: so may any of them. */
  readonly certainFrom?: number;
  /** When the oldest record that was there was appended, if older ones were wanted and are gone. */
  readonly logBegins?: number;
  /** What whoever reads the result has to know, in sentences. */
  readonly notes: readonly string[];
  /** Episodes beyond those that are kept. */
  readonly omitted: number;
  readonly difference?: DifferenceCounts;
  /** Times that actions would have come due again. */
  readonly repetitions?: number;
  /** Points that the rule would have derived. */
  readonly derived?: readonly { readonly metric: string; readonly count: number }[];
  /** Why it failed. */
  readonly error?: string;
}

export function hasEnded({ state }: Pick<BacktestRecord, "state">): boolean {
  return state !== "queued" && state !== "running";
}
