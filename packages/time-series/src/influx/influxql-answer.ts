import { brokenOff, foreignAnswer } from "./influx-errors.ts";

/** One series of the answer to a statement. */
export interface InfluxqlSeries {
  /** A tag of the measurement that the series does not have is an empty text. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly values: readonly (readonly unknown[])[];
}

interface StatementAnswer {
  readonly statement_id: number;
  readonly series?: readonly InfluxqlSeries[];
  readonly error?: string;
  readonly partial?: boolean;
}

/** What each of `count` statements has found, or why InfluxDB would not answer. */
export function seriesOfStatements(
  answer: unknown,
  count: number,
  server: string,
): { readonly found: readonly (readonly InfluxqlSeries[])[] } | { readonly refused: string } {
  if (!isAnswer(answer)) throw foreignAnswer(server, "a query of InfluxQL with something else", 200);
  if (answer.error !== undefined) return { refused: answer.error };
  const results = answer.results ?? [];
  const fault = results.find(({ error }) => error !== undefined)?.error;
  if (fault !== undefined) return { refused: fault };
  if (results.length !== count || results.some(({ partial }) => partial === true)) throw brokenOff(server);
  return { found: results.map(({ series }) => series ?? []) };
}

function isAnswer(
  answer: unknown,
): answer is { readonly results?: readonly StatementAnswer[]; readonly error?: string } {
  if (typeof answer !== "object" || answer === null) return false;
  return ("results" in answer && Array.isArray(answer.results)) || ("error" in answer && !("code" in answer));
}
