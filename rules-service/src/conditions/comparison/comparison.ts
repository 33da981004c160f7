import { defaultSeverity, severities, type Severity } from "../../language/severity.ts";
import type { Value } from "../../readings/reading.ts";
import { noInterval, type Interval } from "../program.ts";
import { rankOf, unranked, verdictOf, verdicts, type Verdict } from "../verdict.ts";
import { Regions } from "./regions.ts";
import type { ComparisonDefinition, Operator } from "./schema.ts";

interface Level {
  /** Of the severity, or `unranked`. */
  readonly rank: number;
  readonly threshold: number;
}

/** Judges values; a pure function of the value. */
export interface Comparison {
  /** Mildest first. */
  readonly ranks: readonly number[];
  judge(value: Value | undefined): Verdict;
  /** Numbers that are judged as this one. */
  around(value: number): Interval;
  /** Numbers of a verdict, where they are one interval. */
  of(verdict: Verdict): Interval;
  /** The same together with its neighbours of steady verdicts. */
  steady(verdict: Verdict, isSteady: (verdict: Verdict) => boolean): Interval;
  /** Numbers around one, up to the first whose verdict is not steady. */
  calm(value: number, isSteady: (verdict: Verdict) => boolean): Interval;
  /** The number that a value was compared with; NaN if it was none. `rank` 0: at the episode's end. */
  threshold(value: Value, rank: number): number;
}

/** `definition` has passed the checks. */
export function comparisonOf(definition: ComparisonDefinition): Comparison {
  const { noData = "keep" } = definition;
  const missing = { keep: verdicts.unknown, clear: verdicts.clear, raise: verdictOf(ownRank(definition), 1) }[noData];
  const wanted = equalityOf(definition);
  const { levels, bounds, raise, stay } = wanted === undefined ? numeric(definition) : equality(definition, wanted);
  const judgeNumber = (value: number): Verdict => {
    const rank = raise(value);
    return verdictOf(rank, rank > 0 || stay(value) ? 1 : 0);
  };
  const isNumeric = wanted === undefined || wanted.values.some((each) => typeof each === "number");
  const regions = isNumeric ? new Regions(bounds, judgeNumber) : undefined;
  const texts = wanted?.values.filter((each) => typeof each === "string") ?? [];
  return {
    ranks: levels.map(({ rank }) => rank),
    judge(value) {
      if (value === undefined) return missing;
      if (typeof value === "number") return regions === undefined ? missing : regions.verdict(value);
      if (wanted === undefined || texts.length === 0) return missing;
      return texts.includes(value) === wanted.isIn ? verdictOf(ownRank(definition), 1) : verdicts.clear;
    },
    around: (value) => regions?.around(value) ?? noInterval,
    of: (verdict) => regions?.of(verdict) ?? noInterval,
    steady: (verdict, isSteady) => regions?.steady(verdict, isSteady) ?? noInterval,
    calm: (value, isSteady) => regions?.calm(value, isSteady) ?? noInterval,
    threshold: (value, rank) => comparedWith(definition, levels, value, rank),
  };
}

interface Numeric {
  readonly levels: readonly Level[];
  readonly bounds: readonly number[];
  /** 0, or the rank of the gravest level that the value reaches. */
  readonly raise: (value: number) => number;
  /** Whether an open episode goes on at a value that raises none. */
  readonly stay: (value: number) => boolean;
}

interface Equality {
  readonly values: readonly Value[];
  readonly isIn: boolean;
}

function equalityOf({ op, threshold, equals, in: list }: ComparisonDefinition): Equality | undefined {
  if (list !== undefined) return { values: list.map(valueOf), isIn: true };
  if (equals !== undefined) return { values: [valueOf(equals)], isIn: true };
  if ((op === "==" || op === "!=") && threshold !== undefined) {
    return { values: [valueOf(threshold)], isIn: op === "==" };
  }
  return undefined;
}

function valueOf(operand: number | boolean | string): Value {
  return typeof operand === "string" ? operand : Number(operand) + 0;
}

function equality(definition: ComparisonDefinition, { values, isIn }: Equality): Numeric {
  const rank = ownRank(definition);
  const numbers = values.filter((each) => typeof each === "number");
  return {
    levels: [{ rank, threshold: numbers.length === 1 ? numbers[0]! : Number.NaN }],
    bounds: numbers,
    raise: (value) => (numbers.includes(value) === isIn ? rank : 0),
    stay: () => false,
  };
}

function numeric(definition: ComparisonDefinition): Numeric {
  const { op, above, below, between, outside, clearWithin } = definition;
  const rank = ownRank(definition);
  const range = between ?? outside;
  if (range !== undefined) {
    const [low = 0, high = 0] = range;
    const [clearLow = low, clearHigh = high] = clearWithin ?? range;
    const isInside = (value: number): boolean => value >= low && value <= high;
    return {
      levels: [{ rank, threshold: between === undefined ? high : low }],
      bounds: [low, high, clearLow, clearHigh],
      raise: (value) => (isInside(value) === (between !== undefined) ? rank : 0),
      stay: (value) => clearWithin !== undefined && (value < clearLow || value > clearHigh),
    };
  }
  const isAbove = above !== undefined || op === ">" || op === ">=";
  const isInclusive = op === ">=" || op === "<=";
  const levels =
    op === undefined ? levelsOf(above ?? below ?? 0, rank) : [{ rank, threshold: Number(definition.threshold) }];
  const clear = isAbove ? definition.clearBelow : definition.clearAbove;
  const reaches = (value: number, threshold: number): boolean =>
    (isInclusive && value === threshold) || (isAbove ? value > threshold : value < threshold);
  return {
    levels,
    bounds: [...levels.map(({ threshold }) => threshold), ...(clear === undefined ? [] : [clear])],
    raise: (value) => levels.findLast(({ threshold }) => reaches(value, threshold))?.rank ?? 0,
    stay: (value) => clear !== undefined && (isAbove ? value >= clear : value <= clear),
  };
}

/** The levels of a severity map, mildest first. */
export function levelsOf(
  thresholds: number | Partial<Record<Severity, number>>,
  rank = rankOf(defaultSeverity),
): readonly Level[] {
  if (typeof thresholds === "number") return [{ rank, threshold: thresholds }];
  return severities.flatMap((name) => {
    const threshold = thresholds[name];
    return threshold === undefined ? [] : [{ rank: rankOf(name), threshold }];
  });
}

function ownRank({ severity }: ComparisonDefinition): number {
  return severity === undefined ? unranked : rankOf(severity);
}

/** Of a range the bound that the value passed, or else the nearer one. */
function comparedWith(definition: ComparisonDefinition, levels: readonly Level[], value: Value, rank: number): number {
  const { between, outside, clearWithin, clearBelow, clearAbove } = definition;
  if (typeof value === "string") return Number.NaN;
  const range = rank === 0 ? (clearWithin ?? between ?? outside) : (between ?? outside);
  if (range !== undefined) {
    const [low = 0, high = 0] = range;
    return value - low <= high - value ? low : high;
  }
  if (rank === 0) return clearBelow ?? clearAbove ?? levels[0]!.threshold;
  return (levels.find((level) => level.rank === rank) ?? levels[0]!).threshold;
}

export type { Operator };
