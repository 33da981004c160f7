import type { Labels } from "./label-sets.ts";
import { LabelSets } from "./label-sets.ts";
import type { Declaration, MetricFamily, Sample } from "./metric-family.ts";

/** Upper bounds in seconds, from half a millisecond to ten seconds. */
export const defaultBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** The distribution of one label set. */
export class BoundHistogram {
  readonly labels: Record<string, string>;
  readonly #bounds: readonly number[];
  /** Not cumulative; the last one is above every bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Record<string, string>, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Records a value (of `count` events that share it). */
  observe(value: number, count = 1): void {
    let index = 0;
    while (index < this.#bounds.length && value > this.#bounds[index]!) index += 1;
    this.#counts[index]! += count;
    this.#sum += value * count;
  }

  samples(name: string): Sample[] {
    const samples: Sample[] = [];
    let total = 0;
    this.#counts.forEach((count, index) => {
      total += count;
      samples.push({
        metricName: `${name}_bucket`,
        labels: { ...this.labels, le: this.#bounds[index] ?? "+Inf" },
        value: total,
      });
    });
    samples.push({ metricName: `${name}_sum`, labels: this.labels, value: this.#sum });
    samples.push({ metricName: `${name}_count`, labels: this.labels, value: total });
    return samples;
  }
}

export class Histogram<L extends string = never> implements MetricFamily {
  readonly name: string;
  readonly #help: string;
  readonly #sets: LabelSets<L, BoundHistogram>;

  constructor(declaration: Declaration<L>, buckets: readonly number[]) {
    this.name = declaration.name;
    this.#help = declaration.help;
    const { labels, maxSeries, onOverflow } = declaration;
    const bounds = buckets.toSorted((a, b) => a - b);
    this.#sets = new LabelSets(labels, maxSeries, (set) => new BoundHistogram(set, bounds), onOverflow);
    if (labels.length === 0) this.#sets.get({} as Labels<L>);
  }

  labels(labels: Labels<L>): BoundHistogram {
    return this.#sets.get(labels);
  }

  /** For a histogram without labels. */
  observe(value: number, count = 1): void {
    this.#sets.get({} as Labels<L>).observe(value, count);
  }

  async get(): ReturnType<MetricFamily["get"]> {
    const values = [...this.#sets.values()].flatMap((child) => child.samples(this.name));
    return { name: this.name, help: this.#help, type: "histogram", aggregator: "sum", values };
  }
}
