import { evaluate } from "@marcbachmann/cel-js";
import { clear, compare, holdsBetween, isRaised, joined, negated, raised, severitiesOf } from "./grades.ts";
import { severities, unknown, valueOf } from "./grades.ts";
import type { Comparison, Grade, Severity, Value } from "./grades.ts";
import { concerns, duration, hasPassed, valuesOf } from "./life.ts";
import type { Knowledge, Life, Moment, Timer } from "./life.ts";
import { past } from "./past.ts";
import { windowed } from "./windows.ts";
import type { Measured, WindowDefinition } from "./windows.ts";

/** A condition of the language, as people write it. */
export interface Condition extends Comparison {
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly not?: Condition;
  readonly metric?: string;
  readonly for?: string;
  readonly times?: number;
  readonly clearFor?: string;
  readonly changesTo?: number | string | boolean;
  readonly window?: WindowDefinition;
  readonly aggregate?: string;
  readonly where?: Comparison;
  readonly rate?: { readonly over: string; readonly per?: string };
  readonly change?: { readonly since: string };
  readonly relativeTo?: { readonly over: string; readonly aggregate: string; readonly floor?: number };
  readonly absent?: string;
  readonly other?: string;
  readonly within?: string;
  readonly attribute?: string;
  readonly default?: number | string | boolean;
  readonly expression?: string;
}

/** A condition over a life: everything is asked for a point by its number. */
export interface Evaluation {
  readonly inputs: readonly string[];
  /** What it may be when it is raised. */
  readonly severities: readonly (Severity | "none")[];
  grade(point: number): Grade;
  /** What is to happen by itself after the point. */
  timers(point: number): readonly Timer[];
}

export function evaluationOf(condition: Condition, life: Life, ofRule: Severity): Evaluation {
  const plain = remembered(withoutHold(condition, life, ofRule));
  const { for: raiseAfter, times, clearFor } = condition;
  if (raiseAfter === undefined && times === undefined && clearFor === undefined) return plain;
  return remembered(held(plain, condition, life));
}

/** Nothing but speed: what was answered is answered again. */
function remembered(evaluation: Evaluation): Evaluation {
  const grades: Grade[] = [];
  return { ...evaluation, grade: (point) => (grades[point] ??= evaluation.grade(point)) };
}

function withoutHold(condition: Condition, life: Life, ofRule: Severity): Evaluation {
  const { all, any, not, metric, severity } = condition;
  if (all !== undefined) return together("all", all, life, ofRule);
  if (any !== undefined) return together("any", any, life, ofRule);
  if (not !== undefined) {
    const { inputs, grade, timers } = evaluationOf(not, life, ofRule);
    return { inputs, severities: ["none"], grade: (point) => negated(grade(point)), timers };
  }
  if (condition.expression !== undefined) return expression(condition.expression, severity, life);
  if (condition.absent !== undefined) return absence(condition, life);
  if (condition.window !== undefined || condition.rate !== undefined)
    return measured(condition, windowed(condition, life));
  if (condition.change !== undefined || condition.relativeTo !== undefined) {
    return measured(condition, past(condition, life));
  }
  if (condition.other !== undefined) return otherMetric(condition, life);
  if (condition.attribute !== undefined) return attribute(condition, life);
  if (condition.changesTo !== undefined) return changesTo(condition, life);
  const grade = (point: number): Grade => compare(condition, valuesOf(metric!, life, point).at(-1)?.value);
  return { inputs: [metric!], severities: severitiesOf(condition), grade, timers: () => [] };
}

function measured(condition: Condition, { value, timers }: Measured): Evaluation {
  const grade = (point: number): Grade => compare(condition, value(point));
  return { inputs: [condition.metric!], severities: severitiesOf(condition), grade, timers };
}

function together(kind: "all" | "any", parts: readonly Condition[], life: Life, ofRule: Severity): Evaluation {
  const evaluations = parts.map((part) => evaluationOf(part, life, ofRule));
  const may = new Set(evaluations.flatMap((each) => each.severities));
  if (kind === "any" && may.delete("none")) may.add(ofRule);
  if (kind === "all" && may.size > 1) may.delete("none");
  return {
    inputs: evaluations.flatMap(({ inputs }) => inputs),
    severities: [...may],
    grade: (point) =>
      joined(
        kind,
        evaluations.map(({ grade }) => grade(point)),
        ofRule,
      ),
    timers: (point) => evaluations.flatMap(({ timers }) => timers(point)),
  };
}

/** For so long, or so many samples in a row, true before it raises; for so long clear before it ends. */
function held(inner: Evaluation, hold: Condition, life: Life): Evaluation {
  const raiseAfter = hold.for === undefined ? 0 : duration(hold.for);
  const clearAfter = hold.clearFor === undefined ? 0 : duration(hold.clearFor);
  const ranks = [...severities, "none"] as const;
  const reaches = (grade: Grade, severity: Severity | "none"): boolean =>
    isRaised(grade) && ranks.indexOf(grade.raise as Severity) >= ranks.indexOf(severity);
  /** The first point of the unbroken run, up to a point, of those that fit; unknown ones do not break it. */
  const beginning = (
    point: number,
    fits: (grade: Grade) => boolean,
    isUnknown: (grade: Grade) => boolean,
  ): number | undefined => {
    let first: number | undefined;
    for (let each = point; each >= 0; each--) {
      const grade = inner.grade(each);
      if (fits(grade)) first = each;
      else if (!isUnknown(grade)) break;
    }
    return first;
  };
  const raisedSince = (point: number, severity: Severity | "none"): number | undefined =>
    beginning(
      point,
      (grade) => reaches(grade, severity),
      ({ raise }) => raise === "unknown",
    );
  /** Undefined, too, where it was never anything but clear. */
  const clearSince = (point: number): number | undefined => {
    const first = beginning(
      point,
      ({ stay }) => stay === "false",
      ({ stay }) => stay === "unknown",
    );
    const before = life.points.slice(0, first ?? 0).some((_, each) => inner.grade(each).stay === "true");
    return before ? first : undefined;
  };
  /** A change that happens by itself has the time on the log's clock of what it was counted from. */
  const momentOf = (point: number): Moment => {
    const { sample, time } = life.points[point]!;
    if (sample !== undefined) return sample;
    if (point === 0) return life.since;
    const { from } = inner.timers(point - 1).find((timer) => timer.time === time)!;
    return { time, received: from.received + time - from.time, gateway: from.gateway };
  };
  const samplesIn = (first: number, last: number, severity: Severity | "none"): number =>
    life.points
      .slice(first, last + 1)
      .filter(
        (each, index) =>
          each.sample !== undefined &&
          concerns(inner.inputs, each.sample) &&
          reaches(inner.grade(first + index), severity),
      ).length;
  const isLongEnough = (point: number, severity: Severity | "none"): boolean => {
    const first = raisedSince(point, severity);
    if (first === undefined) return false;
    if (hold.times !== undefined && samplesIn(first, point, severity) < hold.times) return false;
    return raiseAfter === 0 || hasPassed(life.points[point]!, momentOf(first).time + raiseAfter);
  };
  return {
    inputs: inner.inputs,
    severities: inner.severities,
    grade(point) {
      const { raise, stay } = inner.grade(point);
      const gravest = inner.severities
        .toSorted((a, b) => ranks.indexOf(b) - ranks.indexOf(a))
        .find((severity) => isLongEnough(point, severity));
      const first = clearSince(point);
      const waits =
        clearAfter > 0 && first !== undefined && !hasPassed(life.points[point]!, momentOf(first).time + clearAfter);
      return {
        raise: raise === "unknown" ? "unknown" : (gravest ?? "false"),
        stay: stay === "false" && waits ? "true" : stay,
      };
    },
    timers(point) {
      const now = life.points[point]!;
      const since = inner.severities.map((severity) => [raisedSince(point, severity), raiseAfter] as const);
      const own = [...since, [clearSince(point), clearAfter] as const].flatMap(([first, after]) => {
        if (first === undefined || after === 0) return [];
        const from = momentOf(first);
        return hasPassed(now, from.time + after) ? [] : [{ time: from.time + after, from }];
      });
      return [...inner.timers(point), ...own];
    },
  };
}

function changesTo({ metric, changesTo: wanted, severity }: Condition, life: Life): Evaluation {
  return {
    inputs: [metric!],
    severities: [severity ?? "none"],
    grade(point) {
      const values = valuesOf(metric!, life, point).map(({ value }) => value);
      if (values.length === 0) return unknown;
      if (values.at(-1) !== valueOf(wanted!)) return clear;
      // A first value is no change.
      return values.some((value) => value !== valueOf(wanted!)) ? raised(severity) : { raise: "false", stay: "true" };
    },
    timers: () => [],
  };
}

/**
 * From the latest of the last reading, the registration, the activation and the return of the gateway through which it
 * was heard; of registered devices alone.
 */
function absence({ absent, metric, severity }: Condition, life: Life): Evaluation {
  const after = duration(absent!);
  const { points } = life;
  /** While its gateway was away nobody could hear it. */
  const excused = (last: Moment, { outages, received, time }: Knowledge): Moment => {
    const until = Math.min(received, last.received + time - last.time);
    let since = last.received;
    for (const { from, to } of outages.get(last.gateway) ?? []) {
      if (from < until && from < since + after) since = Math.max(since, Math.min(to ?? until, until));
    }
    return { ...last, time: last.time + since - last.received, received: since };
  };
  const states: { readonly last: Moment; readonly isSilent: boolean }[] = [];
  const stateAt = (point: number): { readonly last: Moment; readonly isSilent: boolean } => {
    const known = states[point];
    if (known !== undefined) return known;
    const before = point === 0 ? { last: life.since, isSilent: false } : stateAt(point - 1);
    const { sample, knows } = points[point]!;
    const last = before.isSilent ? before.last : excused(before.last, knows);
    const isHeard = sample !== undefined && (metric === undefined || concerns([metric], sample));
    const latest = isHeard && sample.time >= last.time ? sample : last;
    const isSilent = latest === last && (before.isSilent || hasPassed(points[point]!, last.time + after));
    return (states[point] = { last: latest, isSilent });
  };
  return {
    inputs: [metric ?? "*"],
    severities: [severity ?? "none"],
    grade: (point) => (life.device !== undefined && stateAt(point).isSilent ? raised(severity) : clear),
    timers(point) {
      const { last, isSilent } = stateAt(point);
      if (life.device === undefined || isSilent) return [];
      const from = excused(last, points[point + 1]?.knows ?? life.coming.knows);
      // What any gateway still has of the device may come: no timer goes further than all of them have promised.
      return [{ time: from.time + after, from: { ...from, gateway: `*${from.gateway}` } }];
    },
  };
}

function otherMetric({ metric, op, other, within, severity }: Condition, life: Life): Evaluation {
  const oldest = duration(within ?? "10m");
  const pair = (point: number) => [metric!, other!].map((name) => valuesOf(name, life, point).at(-1));
  return {
    inputs: [metric!, other!],
    severities: [severity ?? "none"],
    grade(point) {
      const [left, right] = pair(point);
      if (left === undefined || right === undefined) return unknown;
      const now = life.points[point]!;
      if ([left, right].some(({ sample }) => hasPassed(now, sample.time + oldest))) return unknown;
      const holds = holdsBetween(op!, left.value, right.value);
      return holds === undefined ? unknown : holds ? raised(severity) : clear;
    },
    timers(point) {
      const both = pair(point);
      if (both.includes(undefined)) return [];
      const first = both.toSorted((a, b) => a!.sample.time - b!.sample.time)[0]!.sample;
      const time = first.time + oldest;
      return hasPassed(life.points[point]!, time) ? [] : [{ time, from: first }];
    },
  };
}

function attribute(condition: Condition, life: Life): Evaluation {
  const { metric, op, attribute: name, default: otherwise, severity } = condition;
  return {
    inputs: [metric!],
    severities: [severity ?? "none"],
    grade(point) {
      const value = valuesOf(metric!, life, point).at(-1)?.value;
      const limit = life.device?.attributes[name!] ?? otherwise;
      if (value === undefined || limit === undefined) return unknown;
      const holds = holdsBetween(op!, value, valueOf(limit));
      return holds === undefined ? unknown : holds ? raised(severity) : clear;
    },
    timers: () => [],
  };
}

function expression(text: string, severity: Severity | undefined, life: Life): Evaluation {
  const inputs = [...new Set([...text.matchAll(/metrics\.(\w+)/g)].map(([, name]) => name!))].toSorted();
  return {
    inputs,
    severities: [severity ?? "none"],
    grade(point) {
      const metrics: Record<string, Value | boolean> = {};
      for (const metric of inputs) {
        const last = valuesOf(metric, life, point).at(-1);
        if (last !== undefined) metrics[metric] = last.isBoolean ? last.value === 1 : last.value;
      }
      const { id = "", type = "", tags = {}, attributes = {} } = life.device ?? {};
      try {
        const result: unknown = evaluate(text, { metrics, device: { id, type, tags, attributes } });
        return result === true ? raised(severity) : result === false ? clear : unknown;
      } catch {
        return unknown;
      }
    },
    timers: () => [],
  };
}
