import type { Metric } from "prom-client";
import { collectDefaultMetrics, Registry } from "prom-client";
import { InvariantError } from "@headwater/core";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { defaultBuckets, Histogram } from "./histogram.ts";
import type { Declaration, MetricFamily } from "./metric-family.ts";

export interface MetricOptions {
  /** How many label sets the metric may have; those beyond count as "other". Default 200. */
  readonly maxSeries?: number;
}

export interface Metrics {
  /** A number that only rises. */
  counter<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: MetricOptions,
  ): Counter<L>;
  /** A number as it is now; `collect` is called at every scrape, to set it then. */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: MetricOptions & { collect?: (gauge: Gauge<L>) => void },
  ): Gauge<L>;
  /** A distribution; its buckets are upper bounds, by default of seconds. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    options?: MetricOptions & { buckets?: readonly number[] },
  ): Histogram<L>;
  readonly register: Registry;
}

export interface CreateMetricsOptions {
  /** Becomes the label `service` of every series. */
  readonly service: string;
  /** Metrics of the process itself (CPU, memory, event loop, garbage collection). Default: true. */
  readonly processMetrics?: boolean;
}

/**
 * Metrics of one process, in a registry of its own. Asking again for a name that is there gives the same metric, if it
 * is declared alike; InvariantError otherwise.
 */
export function createMetrics(options: CreateMetricsOptions): Metrics {
  const register = new Registry();
  register.setDefaultLabels({ service: options.service });
  if (options.processMetrics ?? true) collectDefaultMetrics({ register });

  const families = new Map<string, { readonly shape: string; readonly family: MetricFamily }>();
  const overflow = new Counter<"metric">({
    name: "headwater_metric_series_refused_total",
    help: "Uses of a label set beyond the bound of its metric; they count as the label value other",
    labels: ["metric"],
    maxSeries: 1000,
    onOverflow: () => {},
  });
  register.registerMetric(overflow as unknown as Metric);

  function declare<F extends MetricFamily, L extends string>(
    kind: string,
    name: string,
    help: string,
    labels: readonly L[],
    metricOptions: MetricOptions,
    create: (declaration: Declaration<L>) => F,
  ): F {
    const shape = JSON.stringify([kind, labels]);
    const present = families.get(name);
    if (present !== undefined) {
      if (present.shape !== shape) throw new InvariantError(`The metric ${name} is declared twice, and not alike`);
      return present.family as F;
    }
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new InvariantError(`${name} is no name for a metric`);
    const refused = overflow.labels({ metric: name });
    const family = create({
      name,
      help,
      labels,
      maxSeries: metricOptions.maxSeries ?? 200,
      onOverflow: () => refused.inc(),
    });
    families.set(name, { shape, family });
    register.registerMetric(family as unknown as Metric);
    return family;
  }

  return {
    register,
    counter: (name, help, labels = [], own = {}) =>
      declare("counter", name, help, labels, own, (it) => new Counter(it)),
    gauge: (name, help, labels = [], own = {}) =>
      declare("gauge", name, help, labels, own, (it) => new Gauge(it, own.collect)),
    histogram: (name, help, labels = [], own = {}) =>
      declare("histogram", name, help, labels, own, (it) => new Histogram(it, own.buckets ?? defaultBuckets)),
  };
}
