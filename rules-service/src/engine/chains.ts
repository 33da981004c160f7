import type { Rule } from "./rule.ts";

/**
 * How many rules lie one after the other before a metric is known: 0 if no rule derives it, else one more than the
 * longest way to what its rule takes. The rules in effect make no loop; if they did, it would end where it closes.
 */
export class Chains {
  readonly #derivers = new Map<string, Rule[]>();
  /** Of the metrics that were asked for. */
  #levels = new Map<string, number>();

  /** Whether any rule derives anything. */
  get isEmpty(): boolean {
    return this.#derivers.size === 0;
  }

  add(rule: Rule): void {
    if (rule.derives.length === 0) return;
    for (const metric of rule.derives) {
      const derivers = this.#derivers.get(metric);
      if (derivers === undefined) this.#derivers.set(metric, [rule]);
      else derivers.push(rule);
    }
    this.#levels = new Map();
  }

  delete(rule: Rule): void {
    if (rule.derives.length === 0) return;
    for (const metric of rule.derives) {
      const left = this.#derivers.get(metric)!.filter((each) => each !== rule);
      if (left.length === 0) this.#derivers.delete(metric);
      else this.#derivers.set(metric, left);
    }
    this.#levels = new Map();
  }

  levelOfRule({ program }: Rule): number {
    return program.inputs.reduce((most, metric) => Math.max(most, this.levelOf(metric)), 0);
  }

  levelOf(metric: string): number {
    const known = this.#levels.get(metric);
    if (known !== undefined) return known;
    // Whoever comes back to it on its own way has closed a loop.
    this.#levels.set(metric, 0);
    const derivers = this.#derivers.get(metric) ?? [];
    const level = derivers.reduce((most, rule) => Math.max(most, this.levelOfRule(rule) + 1), 0);
    this.#levels.set(metric, level);
    return level;
  }
}
