import { nowMicros, Pace, retrying, type Logger } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import type { SkippedRecords } from "@headwater/service";
import type { WarmUp } from "../../engine/engine.ts";
import { compiledRule } from "../../engine/index.ts";
import type { Evaluation } from "../evaluation.ts";
import type { PartitionMetrics } from "../metrics.ts";
import type { RuleAt } from "../control-events/rule-timeline.ts";
import type { TelemetryDecoder } from "../telemetry-decoder.ts";
import { WarmUpScan } from "./warm-up-scan.ts";

export interface WarmUpsOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly partition: number;
  readonly evaluation: Evaluation;
  readonly decoder: TelemetryDecoder;
  readonly metrics: PartitionMetrics;
  readonly skipped: SkippedRecords;
  readonly logger: Logger;
  /** How far back a rule is warmed at least (milliseconds). */
  readonly horizonMs: number;
  readonly signal: AbortSignal;
  /** Called when a scan has caught up; `finish` is to be called at the next batch boundary. */
  readonly onReady: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Rules that are warm and wait to be adopted together. */
export interface WarmedRules {
  readonly warmFrom: number;
  readonly rules: readonly RuleAt[];
  /** undefined: none are left. */
  readonly warmUp: WarmUp | undefined;
}

/** Warms rules of one partition in the background. One scan runs at a time, for all rules that wait at its start. */
export class WarmUps {
  readonly #options: WarmUpsOptions;
  readonly #waiting = new Map<string, RuleAt>();
  readonly #scanned = new Map<string, RuleAt>();
  #scan: WarmUpScan | undefined;
  #running = false;
  #ready = false;

  constructor(options: WarmUpsOptions) {
    this.#options = options;
  }

  /** Whether a scan has caught up and waits for `finish`. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Warms that state of a rule, in place of any state requested before. */
  request(rule: RuleAt): void {
    const id = rule.change.rule;
    const present = this.#waiting.get(id) ?? this.#scanned.get(id);
    if (present?.offset === rule.offset) return;
    this.cancel(id);
    this.#waiting.set(id, rule);
    this.#start();
  }

  cancel(rule: string): void {
    this.#waiting.delete(rule);
    if (this.#scanned.delete(rule)) this.#scan?.warmUp.drop(rule);
  }

  /** Applies the missing records before the next offset, where the live evaluation waits. */
  async finish(): Promise<WarmedRules> {
    const { evaluation, signal } = this.#options;
    const scan = this.#scan!;
    await retrying(() => scan.finish(evaluation.nextOffset), { signal });
    const rules = [...this.#scanned.values()];
    this.#scanned.clear();
    this.#scan = undefined;
    evaluation.observer = undefined;
    this.#ready = false;
    this.#running = false;
    this.#start();
    return { warmFrom: scan.warmFrom, rules, warmUp: rules.length === 0 ? undefined : scan.warmUp };
  }

  /** Repeats a former scan while the live evaluation waits. */
  async repeat(warmFrom: number, rules: readonly RuleAt[]): Promise<WarmUp> {
    const { evaluation, signal } = this.#options;
    const scan = this.#scanOf(warmFrom, evaluation.warm(rules.map(({ change }) => change)));
    await retrying(() => scan.finish(evaluation.nextOffset), { signal });
    return scan.warmUp;
  }

  #start(): void {
    const { signal, onFailure } = this.#options;
    if (this.#running || this.#waiting.size === 0 || signal.aborted) return;
    this.#running = true;
    this.#run().catch((error: unknown) => {
      if (!signal.aborted) onFailure(error);
    });
  }

  async #run(): Promise<void> {
    const { evaluation, signal, logger, partition, onReady } = this.#options;
    const onRetry = (error: unknown): void => logger.warn({ partition, err: error }, "reading to warm rules again");
    await this.#compile();
    const warmFrom = await retrying(() => this.#warmFrom(), { signal, onRetry, maxMs: 2000 });
    for (const [id, rule] of this.#waiting) this.#scanned.set(id, rule);
    this.#waiting.clear();
    const scan = this.#scanOf(warmFrom, evaluation.warm(Array.from(this.#scanned.values(), ({ change }) => change)));
    this.#scan = scan;
    evaluation.observer = scan;
    await retrying(() => scan.approach(() => evaluation.nextOffset), { signal, onRetry, maxMs: 2000 });
    this.#ready = true;
    onReady();
  }

  /** Rules are compiled once; thousands that come together should not hold the event loop. */
  async #compile(): Promise<void> {
    const pace = new Pace();
    for (const { change } of [...this.#waiting.values()]) {
      compiledRule(change.definition);
      if (pace.isDue) await pace.rest();
    }
  }

  /** Offset of the first record within the horizon; the next offset to be applied if there is none. */
  async #warmFrom(): Promise<number> {
    const { log, topic, partition, evaluation } = this.#options;
    const { nextOffset } = evaluation;
    const range = { fromTime: nowMicros() - this.#horizon(), toOffset: nextOffset };
    for await (const batch of log.read(topic, partition, range)) {
      return Math.min(batch.records[0]!.offset, nextOffset);
    }
    return nextOffset;
  }

  /** The longest look-back among the rules that share the scan (microseconds). */
  #horizon(): number {
    const longest = [...this.#waiting.values()].map(({ change }) => {
      const { program, lateness, holds } = compiledRule(change.definition);
      // A look-back without an end is warmed as far as the setting says.
      return 2 * ((Number.isFinite(program.lookBack) ? program.lookBack : 0) + holds + lateness);
    });
    return Math.max(this.#options.horizonMs * 1000, ...longest);
  }

  #scanOf(warmFrom: number, warmUp: WarmUp): WarmUpScan {
    const { log, topic, partition, decoder, metrics, skipped, signal } = this.#options;
    return new WarmUpScan({ log, topic, partition, decoder, metrics, skipped, signal, warmFrom, warmUp });
  }
}
