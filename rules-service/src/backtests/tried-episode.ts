/** The rule that is tried, or the one that it is compared with. Also the ids of both in the engine. */
export type Side = "tried" | "against";

/** An episode that a rule would have had; times in microseconds since the epoch. */
export interface TriedEpisode {
  /** Tells it apart from the others of its backtest; no alert has it. */
  readonly id: string;
  readonly side: Side;
  readonly device: string;
  readonly severity: string;
  readonly raisedAt: number;
  /** undefined: still open at the end of the range. */
  readonly clearedAt: number | undefined;
  /** Late data showed that it never was. */
  readonly retracted: boolean;
}
