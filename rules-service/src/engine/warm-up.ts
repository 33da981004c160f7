import type { TelemetryRecord } from "@headwater/proto";
import { Evaluator } from "./evaluator.ts";
import type { RecordPosition, RuleChange, WarmUp } from "./engine.ts";
import { Rule } from "./rule.ts";
import { RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";
import { Teller } from "./teller.ts";

/**
 * One rule over older records, in an evaluator of its own that tells nobody. It follows every device that the rule
 * could ever select: what they are is asked when it is adopted, so that the same offsets give the same state whenever
 * the warming was done.
 */
export class WarmUpRun implements WarmUp {
  readonly rule: RuleChange;
  /** The first offset that it saw; undefined: none. */
  from: number | undefined;
  readonly #evaluator: Evaluator;

  constructor(rule: RuleChange, partition: number) {
    this.rule = rule;
    this.#evaluator = new Evaluator(new RuleIndex(), new Teller(partition));
    const { selector, ...rest } = rule.definition;
    const definition = selector?.ids === undefined ? rest : { ...rest, selector: { ids: selector.ids } };
    this.#evaluator.index.set(new Rule({ ...rule, definition }));
  }

  applyRecord(record: TelemetryRecord, at: RecordPosition): void {
    this.from ??= at.offset;
    if (record.incarnation !== this.incarnationOf(record.device)) this.#turn(record);
    this.#evaluator.apply(record, at);
  }

  /** Of the device whose readings it has. */
  readonly incarnationOf = (device: string): number => this.#evaluator.index.incarnationOf(device);

  /** The highest incarnation that is met counts. At the adoption it is in effect, or nothing of it counts. */
  #turn({ device, incarnation }: TelemetryRecord): void {
    const { index, timers } = this.#evaluator;
    if (incarnation < index.incarnationOf(device)) return;
    index.incarnations.set(device, incarnation);
    for (const { series } of index.metrics.values()) {
      for (const cell of series.get(device)?.cells.values() ?? []) timers.disarm(cell);
      series.delete(device);
    }
  }

  get series(): readonly Series[] {
    return Array.from(this.#evaluator.index.metrics.values(), ({ series }) => [...series.values()])
      .flat()
      .toSorted((a, b) => (a.device < b.device ? -1 : 1));
  }
}
