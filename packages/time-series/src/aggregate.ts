/** Aggregates of which a summary of the points is enough, so that summaries of parts can be joined. */
export const summaryAggregates = ["mean", "min", "max", "sum", "count", "first", "last"] as const;
export type SummaryAggregate = (typeof summaryAggregates)[number];

/**
 * Aggregates that need each point of a window:
 * - `stddev` is that of the population, so one point has 0.
 * - `difference` is the last value less the one before the window, so the differences of all windows add up;
 *   `increase` is that of a counter, which a smaller value resets to zero; `resets` is how often it did.
 * - `rate` and `increase-rate` are these two per second of the time between the points.
 * - `integral` is the area under the line through the points, in value × seconds.
 * Where a window has no two points to tell them by, the one before it (or behind it) included, there is no row.
 */
export const pointAggregates = [
  "stddev",
  "median",
  "difference",
  "increase",
  "resets",
  "rate",
  "increase-rate",
  "integral",
] as const;
/** Percentiles (`p95`, `p99.9`) lie between the two points of the nearest ranks, as far as their rank does. */
export type PointAggregate = (typeof pointAggregates)[number] | `p${number}`;

export type Aggregate = SummaryAggregate | PointAggregate;

export const aggregates: readonly Aggregate[] = [...summaryAggregates, ...pointAggregates];

/** All names, for people. */
export const aggregateNames = [...aggregates, "p1 to p99.9"].join(", ");

/** Aggregates that text has. */
export const textAggregates: readonly Aggregate[] = ["count", "first", "last"];

/** Of percentiles; above 0 and below 100, at most three digits behind the point. */
export const percentilePattern = "p(?!0+(?:\\.0+)?$)\\d{1,2}(?:\\.\\d{1,3})?";
const percentile = new RegExp(`^${percentilePattern}$`);

export function isAggregate(text: string): text is Aggregate {
  return (aggregates as readonly string[]).includes(text) || percentile.test(text);
}

export function isSummaryAggregate(aggregate: Aggregate): aggregate is SummaryAggregate {
  return (summaryAggregates as readonly string[]).includes(aggregate);
}

/** The part of all points that lies below it, 0 to 1; undefined: the aggregate is no percentile. */
export function quantileOf(aggregate: Aggregate): number | undefined {
  if (aggregate === "median") return 0.5;
  return percentile.test(aggregate) ? Number(aggregate.slice(1)) / 100 : undefined;
}
