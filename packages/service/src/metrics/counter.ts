import type { Labels } from "./label-sets.ts";
import { LabelSets } from "./label-sets.ts";
import type { Declaration, MetricFamily } from "./metric-family.ts";

/** A count of one label set: keep it, and incrementing costs an addition. */
export class BoundCounter {
  readonly labels: Record<string, string>;
  #value = 0;

  constructor(labels: Record<string, string>) {
    this.labels = labels;
  }

  /** Adds; a negative or unfinite number is taken as nothing, since a counter only rises. */
  inc(by = 1): void {
    if (by > 0 && by < Number.POSITIVE_INFINITY) this.#value += by;
  }

  get value(): number {
    return this.#value;
  }
}

export class Counter<L extends string = never> implements MetricFamily {
  readonly name: string;
  readonly #help: string;
  readonly #sets: LabelSets<L, BoundCounter>;

  constructor(declaration: Declaration<L>) {
    this.name = declaration.name;
    this.#help = declaration.help;
    const { labels, maxSeries, onOverflow } = declaration;
    this.#sets = new LabelSets(labels, maxSeries, (set) => new BoundCounter(set), onOverflow);
    // A counter without labels is there from the start, as 0.
    if (labels.length === 0) this.#sets.get({} as Labels<L>);
  }

  /** The count of these label values; the one called "other" when there are too many. Keep it where it is hot. */
  labels(labels: Labels<L>): BoundCounter {
    return this.#sets.get(labels);
  }

  /** For a counter without labels. */
  inc(by = 1): void {
    this.#sets.get({} as Labels<L>).inc(by);
  }

  async get(): ReturnType<MetricFamily["get"]> {
    const values = [...this.#sets.values()].map((child) => ({ labels: child.labels, value: child.value }));
    return { name: this.name, help: this.#help, type: "counter", aggregator: "sum", values };
  }
}
