import { mayShareDevice } from "../definition/selector.ts";
import type { Dataflow } from "./dataflow.ts";

export interface LoopStep {
  readonly rule: string;
  /** What it derives, which the next one takes. */
  readonly metric: string;
}

/** Rules one after the other, the last of which derives what the first takes. */
export type Loop = readonly LoopStep[];

interface Taker {
  readonly id: string;
  readonly flow: Dataflow;
}

/** A number of rules that derive, by what they take. */
export class DerivingRules {
  readonly #flows = new Map<string, Dataflow>();
  readonly #takers = new Map<string, Map<string, Taker>>();

  /** undefined: the rule is none of them any more. */
  set(id: string, flow: Dataflow | undefined): void {
    for (const metric of this.#flows.get(id)?.takes ?? []) this.#takers.get(metric)?.delete(id);
    if (flow === undefined) {
      this.#flows.delete(id);
      return;
    }
    this.#flows.set(id, flow);
    for (const metric of flow.takes) {
      const takers = this.#takers.get(metric) ?? new Map<string, Taker>();
      this.#takers.set(metric, takers.set(id, { id, flow }));
    }
  }

  /** One that others may be put into. */
  copy(): DerivingRules {
    const copy = new DerivingRules();
    for (const [id, flow] of this.#flows) copy.set(id, flow);
    return copy;
  }

  /**
   * The shortest loop that a rule would make with the others, on devices that all of them may select; undefined: none.
   * The rule is in it, since there is none without it.
   */
  loopThrough(id: string, flow: Dataflow): Loop | undefined {
    const seen = new Set<string>([id]);
    let ways: { readonly steps: Loop; readonly last: Taker }[] = [{ steps: [], last: { id, flow } }];
    while (ways.length > 0) {
      const longer: typeof ways = [];
      for (const { steps, last } of ways) {
        for (const metric of last.flow.derives) {
          const way = [...steps, { rule: last.id, metric }];
          if (flow.takes.includes(metric)) return way;
          for (const taker of this.#takers.get(metric)?.values() ?? []) {
            const { selector } = taker.flow;
            if (seen.has(taker.id) || !mayShareDevice(flow.selector, selector)) continue;
            if (!mayShareDevice(last.flow.selector, selector)) continue;
            seen.add(taker.id);
            longer.push({ steps: way, last: taker });
          }
        }
      }
      ways = longer;
    }
    return undefined;
  }
}

/** The way round: `a derives kelvin, from which b derives temperature, which a takes`. */
export function loopText(loop: Loop): string {
  const steps = loop.map(({ rule, metric }) => `${rule} derives ${metric}`);
  return `${steps.join(", from which ")}, which ${loop[0]!.rule} takes`;
}
