import type { TelemetryRecord } from "@headwater/proto";
import type { Device } from "@headwater/aggregates";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { evaluationOf } from "./conditions.ts";
import type { Evaluation } from "./conditions.ts";
import { gated } from "./gates.ts";
import { severities, valueOf } from "./grades.ts";
import { concerns, duration } from "./life.ts";
import type { Knowledge, Life, Moment, Point, Sample, Timer } from "./life.ts";

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

/** One rule on one device, fed with ever longer histories. */
export class ReferenceRule {
  #rule: RuleDefinition;
  readonly #device: string;
  readonly #registered: Device | undefined;
  readonly #lateness: number;
  /** The metrics that it takes. */
  readonly inputs: readonly string[];
  readonly #accepted: Sample[] = [];
  /** When the rule began on the device; none before the log has shown a time. */
  #since: Moment = { time: 0, received: 0, gateway: "" };
  /** Where people have cleared what was open, or the rule went into the shadow: that is over, whatever comes. */
  readonly #mutes: Mute[] = [];
  #lastOffset = -1;
  /** The clock had gone ahead of the readings when something was muted, and one came in between. */
  isUncertain = false;
  /** Judged time up to which the clock has passed. */
  #surelyKnown = -Infinity;
  #answer: Answer | undefined;
  tooLate = 0;
  /**
   * Whether the last record had a reading that was out of its order, or at or before a timer that the clock had fired.
   */
  wasLate = false;

  constructor(rule: RuleDefinition, device: string, registered?: Device) {
    this.#rule = rule;
    this.#device = device;
    this.#registered = registered;
    this.#lateness = duration(rule.lateness ?? rule.wait ?? "5s");
    this.inputs = this.#evaluation([], []).inputs;
  }

  /** The episodes after a history's last record; to be called for every record in turn. */
  after(
    history: readonly HistoryEntry[],
    reachOf = (gateway: string): number => reach(clockAfter(history), gateway),
  ): readonly ReferenceEpisode[] {
    this.wasLate = false;
    const { record, offset } = history.at(-1)!;
    this.#lastOffset = offset;
    if (this.#since.time === 0) {
      const clock = reachOf("");
      const since = this.#accepted.length === 0 ? clock : -Infinity;
      if (clock > 0) this.#know({ since: { time: since, received: since, gateway: "" } });
    }
    if (
      record.device === this.#device &&
      record.readings.length > 0 &&
      withoutDuplicates(history).at(-1) === history.at(-1)
    ) {
      const newest = this.#accepted.reduce((latest, { time }) => Math.max(latest, time), -Infinity);
      for (const sample of samplesOf(history)) {
        if (concerns(this.inputs, sample)) this.#receive(sample, newest);
      }
    }
    return this.passed(history, reachOf);
  }

  /** The episodes once the clock has gone on, and nothing else has come to be known. */
  passed(history: readonly HistoryEntry[], reachOf: (gateway: string) => number): readonly ReferenceEpisode[] {
    const wait = duration(this.#rule.wait ?? "5s");
    let isFresh = false;
    const knowledge = (): Knowledge => ({
      outages: clockAfter(history).outages,
      received: reachOf(""),
      time: Infinity,
    });
    for (;;) {
      this.#answer ??= this.#live(knowledge());
      const due = this.#answer.waiting.filter(
        ({ time, from }) => from.received + time - from.time + wait <= reachOf(from.gateway),
      );
      if (due.length === 0) return this.#answer.episodes;
      if (!isFresh) {
        // Gateways may have come and gone since.
        isFresh = true;
        this.#answer = undefined;
        continue;
      }
      this.#know({ upTo: Math.max(this.#surelyKnown, Math.min(...due.map(({ time }) => time))) });
    }
  }

  /** Another revision of the same condition. */
  become(rule: RuleDefinition): void {
    // What came too late for one of them, or is due for one, may not be so for the other.
    if (rule.lateness !== this.#rule.lateness || rule.wait !== this.#rule.wait) this.isUncertain = true;
    this.#rule = rule;
    this.#answer = undefined;
  }

  /** What is open is no longer, and nothing is raised until the condition has been clear. */
  mute(): void {
    const newest = this.#accepted.reduce((latest, { time }) => Math.max(latest, time), -Infinity);
    const known = Math.max(this.#surelyKnown, newest);
    this.#mutes.push({ newest, known, order: (this.#lastOffset + 1) * 1000 });
    this.#answer = undefined;
  }

  get isMuted(): boolean {
    return this.#answer?.isMuted ?? false;
  }

  #know({ upTo = this.#surelyKnown, since = this.#since }): void {
    this.#surelyKnown = upTo;
    this.#since = since;
    this.#answer = undefined;
  }

  #receive(sample: Sample, newestBefore: number): void {
    const newest = this.#accepted.reduce((latest, { time }) => Math.max(latest, time), newestBefore);
    const mute = this.#mutes.at(-1);
    if (mute !== undefined && sample.time >= mute.newest && sample.time <= mute.known && mute.known > mute.newest) {
      this.isUncertain = true;
    }
    const isMuted = mute !== undefined && sample.time < mute.newest;
    if (isMuted || (sample.time < newest && sample.time <= newest - this.#lateness)) {
      const own = sample.readings.filter(({ metric }) => this.inputs.includes(metric)).length;
      this.tooLate += this.inputs.includes("*") ? own + 1 : own;
      return;
    }
    this.wasLate ||= sample.time < newest || sample.time <= this.#surelyKnown;
    this.#accepted.push(sample);
    this.#answer = undefined;
  }

  #evaluation(samples: readonly Sample[], points: readonly Point[]): Evaluation {
    const coming = { knows: { outages: new Map(), received: 0, time: 0 } };
    return this.#evaluationOf({ since: this.#since, device: this.#registered, samples, points, coming });
  }

  #evaluationOf(life: Life): Evaluation {
    return gated(evaluationOf(this.#rule.condition, life, this.#rule.severity ?? "warning"), this.#rule, life);
  }

  /** The whole life in order of judged time: what holds at every point of it, and what episodes come of that. */
  #live(now: Knowledge): Answer {
    const samples = this.#accepted.toSorted((a, b) => a.time - b.time || a.order - b.order);
    const points: Point[] = [];
    const coming = { knows: now };
    const evaluation = this.#evaluationOf({
      ...{ since: this.#since, device: this.#registered, samples, points, coming },
    });
    const known = Math.max(this.#surelyKnown, samples.at(-1)?.time ?? -Infinity);
    // A registered device is judged from where the rule begins, any other from its first reading.
    if (this.#registered !== undefined && this.#since.time > 0) {
      const knows = samples[0]?.knows ?? now;
      points.push({ time: this.#since.time, sample: undefined, samples: 0, isAfterTimers: true, knows });
    }
    for (;;) {
      const last = points.at(-1);
      const next = samples[last?.samples ?? 0];
      coming.knows = next?.knows ?? now;
      const { knows } = coming;
      const waiting = last === undefined ? [] : evaluation.timers(points.length - 1);
      const timer = Math.min(...waiting.map(({ time }) => time));
      // At one instant readings count before timers; the first of them decides.
      const isReadingFirst = next !== undefined && next.time === timer && last!.time < timer;
      if (timer <= Math.min(known, next?.time ?? Infinity) && !isReadingFirst) {
        points.push({ time: timer, sample: undefined, samples: last!.samples, isAfterTimers: true, knows });
      } else if (next === undefined) return { ...this.#episodes(evaluation, points), waiting };
      else {
        const isAfterTimers = last?.time === next.time;
        points.push({ time: next.time, sample: next, samples: (last?.samples ?? 0) + 1, isAfterTimers, knows });
      }
    }
  }

  /** One begins when raise is true and ends when stay is false; what is unknown does neither. */
  #episodes(evaluation: Evaluation, points: readonly Point[]): Omit<Answer, "waiting"> {
    const ofRule = this.#rule.severity ?? "warning";
    const named = evaluation.severities.map((each) => (each === "none" ? ofRule : each));
    const mildest = severities.find((each) => named.includes(each))!;
    const episodes: { raisedAt: number; clearedAt: number | undefined; severity: string }[] = [];
    const mutes = [...this.#mutes];
    let isMuted = false;
    const mute = (): void => {
      mutes.shift();
      if (episodes.at(-1)?.clearedAt !== undefined || episodes.length === 0) return;
      episodes.pop();
      isMuted = true;
    };
    for (const [number, { time, sample }] of points.entries()) {
      while (
        mutes[0] !== undefined &&
        (sample === undefined ? time > mutes[0].known : sample.order >= mutes[0].order)
      ) {
        mute();
      }
      const { raise, stay } = evaluation.grade(number);
      if (isMuted) {
        isMuted = stay !== "false";
        continue;
      }
      const last = episodes.at(-1);
      const open = last?.clearedAt === undefined ? last : undefined;
      const severity = raise === "none" ? ofRule : raise === "false" ? mildest : raise;
      if (open === undefined) {
        if (raise !== "unknown" && raise !== "false") episodes.push({ raisedAt: time, clearedAt: undefined, severity });
      } else if (stay === "false") open.clearedAt = Math.max(time, open.raisedAt);
      else if (severity !== "unknown") open.severity = severity;
    }
    while (mutes.length > 0) mute();
    return { episodes, isMuted };
  }
}

interface Mute {
  /** Judged time of the newest sample then, … */
  readonly newest: number;
  /** …up to which all that happens by itself had happened, … */
  readonly known: number;
  /** …and of the next sample to come. */
  readonly order: number;
}

interface Answer {
  readonly episodes: readonly ReferenceEpisode[];
  readonly isMuted: boolean;
  readonly waiting: readonly Timer[];
}

/** Of a history's last record, in the order of time; never ahead of the log, all shifted together. */
function samplesOf(history: readonly HistoryEntry[]): readonly Sample[] {
  const { record, offset, appendTime } = history.at(-1)!;
  const newest = record.eventTime + Math.max(...record.readings.map((each) => each.timeDelta));
  const shift = Math.max(0, newest - appendTime);
  const received = logTimeOf(history);
  const { outages } = clockAfter(history);
  const deltas = [...new Set(record.readings.map(({ timeDelta }) => timeDelta))].toSorted((a, b) => a - b);
  return deltas.map((delta) => {
    const indexed = [...record.readings.entries()].filter(([, { timeDelta }]) => timeDelta === delta);
    const readings = indexed.flatMap(([, { metric, number, boolean, text }]) => {
      const value = number ?? boolean ?? text;
      if (value === null || Number.isNaN(value)) return [];
      return [{ metric, value: valueOf(value), isBoolean: typeof value === "boolean" }];
    });
    const time = record.eventTime + delta - shift;
    return {
      time,
      order: offset * 1000 + indexed[0]![0],
      readings,
      gateway: record.gateway,
      received,
      knows: { outages, received, time },
    };
  });
}
