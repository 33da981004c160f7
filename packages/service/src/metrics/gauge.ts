import type { Labels } from "./label-sets.ts";
import { LabelSets } from "./label-sets.ts";
import type { Declaration, MetricFamily } from "./metric-family.ts";

/** The present value of one label set. */
export class BoundGauge {
  readonly labels: Record<string, string>;
  #value = 0;

  constructor(labels: Record<string, string>) {
    this.labels = labels;
  }

  set(value: number): void {
    this.#value = value;
  }

  inc(by = 1): void {
    this.#value += by;
  }

  dec(by = 1): void {
    this.#value -= by;
  }

  get value(): number {
    return this.#value;
  }
}

export class Gauge<L extends string = never> implements MetricFamily {
  readonly name: string;
  readonly #help: string;
  readonly #sets: LabelSets<L, BoundGauge>;
  readonly #collect: ((gauge: Gauge<L>) => void) | undefined;

  constructor(declaration: Declaration<L>, collect?: (gauge: Gauge<L>) => void) {
    this.name = declaration.name;
    this.#help = declaration.help;
    const { labels, maxSeries, onOverflow } = declaration;
    this.#sets = new LabelSets(labels, maxSeries, (set) => new BoundGauge(set), onOverflow);
    this.#collect = collect;
    if (labels.length === 0) this.#sets.get({} as Labels<L>);
  }

  labels(labels: Labels<L>): BoundGauge {
    return this.#sets.get(labels);
  }

  /** For a gauge without labels, as are `inc` and `dec`. */
  set(value: number): void {
    this.#sets.get({} as Labels<L>).set(value);
  }

  inc(by = 1): void {
    this.#sets.get({} as Labels<L>).inc(by);
  }

  dec(by = 1): void {
    this.#sets.get({} as Labels<L>).dec(by);
  }

  async get(): ReturnType<MetricFamily["get"]> {
    this.#collect?.(this);
    const values = [...this.#sets.values()].map((child) => ({ labels: child.labels, value: child.value }));
    return { name: this.name, help: this.#help, type: "gauge", aggregator: "sum", values };
  }
}
