import type { TelemetryRecord } from "@headwater/proto";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { clockAfter, logTimeOf, reach, withoutDuplicates } from "./clock.ts";

/**
 * What the rules of a partition say, worked out anew from the whole history after every record: slow, and written to be
 * obviously right. It shares no code with the engine.
 */
export interface ReferenceEpisode {
  readonly raisedAt: number;
  readonly clearedAt: number | undefined;
  readonly severity: string;
}

export interface HistoryEntry {
  readonly record: TelemetryRecord;
  readonly offset: number;
  readonly appendTime: number;
}

interface Sample {
  readonly time: number;
  readonly order: number;
  readonly value: number;
  readonly gateway: string;
  /** Receive time on the log's clock, as known when it came. */
  readonly received: number;
}

/** The conditions that it knows: one metric held against thresholds. */
interface Condition {
  readonly metric: string;
  readonly op?: ">" | ">=" | "<" | "<=" | "==" | "!=";
  readonly threshold?: number | boolean;
  readonly above?: number | Readonly<Record<string, number>>;
  readonly below?: number | Readonly<Record<string, number>>;
  readonly between?: readonly number[];
  readonly outside?: readonly number[];
  readonly clearBelow?: number;
  readonly clearAbove?: number;
  readonly severity?: string;
  readonly for?: string;
  readonly times?: number;
}

function conditionOf({ condition }: RuleDefinition): Condition {
  return condition as unknown as Condition;
}

const second = 1_000_000;
const graveness = ["info", "warning", "critical"];

/** One rule on one device, fed with ever longer histories. */
export class ReferenceRule {
  readonly #rule: RuleDefinition;
  readonly #device: string;
  readonly #lateness: number;
  readonly #accepted: Sample[] = [];
  #surelyKnown = -Infinity;
  tooLate = 0;
  /**
   * Whether the last record had a reading that was out of its order, or at or before a timer that the clock had fired.
   */
  wasLate = false;

  constructor(rule: RuleDefinition, device: string) {
    this.#rule = rule;
    this.#device = device;
    this.#lateness = seconds(rule.lateness ?? rule.wait ?? "5s") * second;
  }

  /** The episodes after a history's last record; to be called for every record in turn. */
  after(history: readonly HistoryEntry[]): readonly ReferenceEpisode[] {
    this.wasLate = false;
    const { record, offset } = history.at(-1)!;
    if (withoutDuplicates(history).at(-1) === history.at(-1) && record.device === this.#device) {
      for (const [index, { metric, number, timeDelta }] of record.readings.entries()) {
        if (metric !== conditionOf(this.#rule).metric || number === null) continue;
        // Never ahead of the log; all samples of the message are shifted together.
        const newest = record.eventTime + Math.max(...record.readings.map((each) => each.timeDelta));
        const shift = Math.max(0, newest - history.at(-1)!.appendTime);
        const time = record.eventTime + timeDelta - shift;
        this.#receive(history, { time, order: offset * 1000 + index, value: number });
      }
    }
    const { for: duration } = conditionOf(this.#rule);
    const held = (duration === undefined ? 0 : seconds(duration)) * second;
    const wait = seconds(this.#rule.wait ?? "5s") * second;
    if (held > 0) {
      const { episodes: _, waiting } = this.#fold();
      const clock = clockAfter(history);
      for (const { since, at } of waiting) {
        if (since.received + held + wait <= reach(clock, since.gateway)) {
          this.#surelyKnown = Math.max(this.#surelyKnown, at);
        }
      }
    }
    return this.#fold().episodes;
  }

  #receive(history: readonly HistoryEntry[], { time, order, value }: Pick<Sample, "time" | "order" | "value">): void {
    const newest = Math.max(-Infinity, ...this.#accepted.map((sample) => sample.time));
    if (time < newest && time <= newest - this.#lateness) {
      this.tooLate++;
      return;
    }
    this.wasLate ||= time < newest || time <= this.#surelyKnown;
    const { gateway } = history.at(-1)!.record;
    this.#accepted.push({ time, order, value, gateway, received: logTimeOf(history) });
  }

  /** All accepted samples in order of event time: which level holds from when, and what becomes of it. */
  #fold(): { episodes: ReferenceEpisode[]; waiting: { since: Sample; at: number }[] } {
    const samples = this.#accepted.toSorted((a, b) => a.time - b.time || a.order - b.order);
    const levels = levelsOf(this.#rule);
    const reached = samples.map(({ value }) => levels.filter(({ met }) => met(value)).length);
    const known = Math.max(this.#surelyKnown, samples.at(-1)?.time ?? -Infinity);
    const { promotions, waiting } = promotionsOf(this.#rule, samples, reached, levels.length, known);

    const episodes: { raisedAt: number; clearedAt: number | undefined; severity: string }[] = [];
    let level = 0;
    const promote = (after: number): void => {
      for (const { at, to } of promotions.filter((each) => each.after === after).toSorted((a, b) => a.at - b.at)) {
        if (to <= level) continue;
        if (level === 0) episodes.push({ raisedAt: at, clearedAt: undefined, severity: "" });
        level = to;
        episodes.at(-1)!.severity = levels[level - 1]!.severity;
      }
    };
    for (const [index, { time, value }] of samples.entries()) {
      const now = reached[index]!;
      if (level > 0 && now === 0 && isClear(this.#rule, value)) {
        episodes.at(-1)!.clearedAt = time;
        level = 0;
      } else if (level > Math.max(1, now)) {
        level = Math.max(1, now);
        episodes.at(-1)!.severity = levels[level - 1]!.severity;
      }
      promote(index);
    }
    return { episodes, waiting };
  }
}

interface Promotion {
  readonly at: number;
  readonly to: number;
  /** Index of the sample after which it counts. */
  readonly after: number;
}

/** For each level, every unbroken run of samples that reach it, and when (if ever) it has lasted long enough. */
function promotionsOf(
  rule: RuleDefinition,
  samples: readonly Sample[],
  reached: readonly number[],
  levels: number,
  known: number,
): { promotions: Promotion[]; waiting: { since: Sample; at: number; to: number }[] } {
  const condition = conditionOf(rule);
  const promotions: Promotion[] = [];
  const waiting: { since: Sample; at: number; to: number }[] = [];
  for (let to = 1; to <= levels; to++) {
    for (const [first, since] of samples.entries()) {
      if (reached[first]! < to || (first > 0 && reached[first - 1]! >= to)) continue;
      let end = first;
      while (end < samples.length && reached[end]! >= to) end++;
      const run = samples.slice(first, end);
      if (condition.times !== undefined) {
        const decides = run[condition.times - 1];
        if (decides !== undefined) promotions.push({ at: decides.time, to, after: first + condition.times - 1 });
        continue;
      }
      const at = since.time + (condition.for === undefined ? 0 : seconds(condition.for)) * second;
      const broken = samples[end]?.time ?? Infinity;
      const atThatInstant = run.findIndex(({ time }) => time === at);
      if (atThatInstant >= 0) promotions.push({ at, to, after: first + atThatInstant });
      else if (broken > at && known >= at) promotions.push({ at, to, after: lastBefore(samples, at) });
      else if (end === samples.length) waiting.push({ since, at, to });
    }
  }
  return { promotions, waiting };
}

function lastBefore(samples: readonly Sample[], time: number): number {
  return samples.filter((sample) => sample.time < time).length - 1;
}

function levelsOf(rule: RuleDefinition): { severity: string; met: (value: number) => boolean }[] {
  const condition = conditionOf(rule);
  const { severity } = rule;
  const { op, threshold, above, below, between, outside } = condition;
  const one = (met: (value: number) => boolean) => [{ severity: condition.severity ?? severity ?? "warning", met }];
  if (op !== undefined) {
    const limit = Number(threshold);
    const met = {
      ">": (value: number) => value > limit,
      ">=": (value: number) => value >= limit,
      "<": (value: number) => value < limit,
      "<=": (value: number) => value <= limit,
      "==": (value: number) => value === limit,
      "!=": (value: number) => value !== limit,
    }[op];
    return one(met);
  }
  if (between !== undefined) return one((value) => between[0]! <= value && value <= between[1]!);
  if (outside !== undefined) return one((value) => value < outside[0]! || value > outside[1]!);
  const given = above ?? below!;
  const isMet = (limit: number) => (value: number) => (above === undefined ? value < limit : value > limit);
  if (typeof given === "number") return one(isMet(given));
  const named = given as Readonly<Record<string, number | undefined>>;
  return graveness.flatMap((name) => (named[name] === undefined ? [] : [{ severity: name, met: isMet(named[name]) }]));
}

/** Of a value that reaches no level. */
function isClear(rule: RuleDefinition, value: number): boolean {
  const { clearBelow, clearAbove } = conditionOf(rule);
  if (clearBelow !== undefined) return value < clearBelow;
  return clearAbove === undefined || value > clearAbove;
}

function seconds(duration: string): number {
  return Number(/^(\d+)s$/.exec(duration)![1]);
}
