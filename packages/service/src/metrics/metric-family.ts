/** One line of a scrape. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A metric as a prom-client Registry needs it. Our own families implement it, since prom-client's hash their labels on
 * every increment, and a hot path must not.
 */
export interface MetricFamily {
  readonly name: string;
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: "counter" | "gauge" | "histogram";
    readonly aggregator: "sum";
    readonly values: readonly Sample[];
  }>;
}

/** How a family is declared: the same name again has to be declared alike. */
export interface Declaration<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** Bound on the number of label sets. */
  readonly maxSeries: number;
  /** Called at every use of a label set beyond the bound. */
  readonly onOverflow: () => void;
}
