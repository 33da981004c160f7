/**
 * What a condition says at a point of a device's life: whether an episode may begin and whether an open one goes on,
 * each true, false or unknown. Of a raise that is true, how grave it is.
 */
export interface Grade {
  /** `none`: it is true and names no severity. */
  readonly raise: "unknown" | "false" | "none" | Severity;
  readonly stay: "unknown" | "false" | "true";
}

export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

export const unknown: Grade = { raise: "unknown", stay: "unknown" };
export const clear: Grade = { raise: "false", stay: "false" };
const between: Grade = { raise: "false", stay: "true" };

export function raised(severity: Severity | undefined): Grade {
  return { raise: severity ?? "none", stay: "true" };
}

export function isRaised({ raise }: Grade): boolean {
  return raise !== "unknown" && raise !== "false";
}

/** What a reading may be; true and false count as 1 and 0. */
export type Value = number | string;
type Written = number | string | boolean;

/** A comparison of the language, as people write it. */
export interface Comparison {
  readonly op?: string;
  readonly threshold?: Written;
  readonly above?: number | Readonly<Partial<Record<Severity, number>>>;
  readonly below?: number | Readonly<Partial<Record<Severity, number>>>;
  readonly between?: readonly [number, number];
  readonly outside?: readonly [number, number];
  readonly equals?: Written;
  readonly in?: readonly Written[];
  readonly clearBelow?: number;
  readonly clearAbove?: number;
  readonly clearWithin?: readonly [number, number];
  readonly severity?: Severity;
  readonly noData?: "keep" | "clear" | "raise";
}

/** The comparison at a value; undefined: there is none. */
export function compare(comparison: Comparison, value: Value | undefined): Grade {
  const known = value === undefined ? unknown : compareKnown(comparison, value);
  if (known !== unknown) return known;
  const { noData, severity } = comparison;
  if (noData === "raise") return raised(severity);
  return noData === "clear" ? clear : unknown;
}

function compareKnown(comparison: Comparison, value: Value): Grade {
  const { op, threshold, above, below, between: range, outside, equals, severity } = comparison;
  const { clearBelow, clearAbove, clearWithin } = comparison;
  const list = comparison.in ?? (equals === undefined ? undefined : [equals]);
  if (list !== undefined) {
    const wanted = list.map(valueOf);
    if (!wanted.some((each) => typeof each === typeof value)) return unknown;
    return wanted.includes(value) ? raised(severity) : clear;
  }
  if (op !== undefined) {
    const holds = holdsBetween(op, value, valueOf(threshold!));
    if (holds === undefined) return unknown;
    if (holds) return raised(severity);
  }
  if (typeof value === "string") return op === undefined ? unknown : clear;
  if (range !== undefined) return range[0] <= value && value <= range[1] ? raised(severity) : clear;
  if (outside !== undefined && (value < outside[0] || value > outside[1])) return raised(severity);
  for (const name of severities.toReversed()) {
    const [high, low] = [above, below].map((each) => (typeof each === "object" ? each[name] : undefined));
    if ((high !== undefined && value > high) || (low !== undefined && value < low)) return raised(name);
  }
  if (typeof above === "number" && value > above) return raised(severity);
  if (typeof below === "number" && value < below) return raised(severity);
  const isHeld =
    (clearBelow !== undefined && value >= clearBelow) ||
    (clearAbove !== undefined && value <= clearAbove) ||
    (clearWithin !== undefined && (value < clearWithin[0] || value > clearWithin[1]));
  return isHeld ? between : clear;
}

/** undefined: the two cannot be compared so. */
export function holdsBetween(op: string, a: Value, b: Value): boolean | undefined {
  if (typeof a !== typeof b) return undefined;
  if (op === "==") return a === b;
  if (op === "!=") return a !== b;
  if (typeof a === "string" || typeof b === "string") return undefined;
  if (op === ">") return a > b;
  if (op === ">=") return a >= b;
  return op === "<" ? a < b : a <= b;
}

export function valueOf(written: Written): Value {
  return typeof written === "boolean" ? Number(written) : written;
}

/** The severities that a comparison may give. */
export function severitiesOf({ above, below, severity }: Comparison): readonly (Severity | "none")[] {
  const map = [above, below].find((each) => typeof each === "object");
  if (map !== undefined) return severities.filter((name) => (map as Record<string, unknown>)[name] !== undefined);
  return [severity ?? "none"];
}

/** Kleene's logic; severities by rank, the least of `all` and the greatest of `any`. */
export function joined(kind: "all" | "any", grades: readonly Grade[], ofRule: Severity): Grade {
  const raises = grades.map(({ raise }) => raise);
  const stays = grades.map(({ stay }) => stay);
  const [decides, neutral] = kind === "all" ? (["false", "true"] as const) : (["true", "false"] as const);
  const stay = stays.includes(decides) ? decides : stays.includes("unknown") ? "unknown" : neutral;
  const named = raises.flatMap((raise) => {
    if (raise === "none") return kind === "any" ? [ofRule] : [];
    return raise === "unknown" || raise === "false" ? [] : [raise];
  });
  const byRank = named.toSorted((a, b) => severities.indexOf(a) - severities.indexOf(b));
  if (kind === "all") {
    if (raises.includes("false")) return { raise: "false", stay };
    if (raises.includes("unknown")) return { raise: "unknown", stay };
    return { raise: byRank[0] ?? "none", stay };
  }
  if (byRank.length > 0) return { raise: byRank.at(-1)!, stay };
  return { raise: raises.includes("unknown") ? "unknown" : "false", stay };
}

/** An episode begins where the other's ends, and ends where the other's begins. */
export function negated(grade: Grade): Grade {
  const { stay, raise } = grade;
  return {
    raise: stay === "unknown" ? "unknown" : stay === "false" ? "none" : "false",
    stay: raise === "unknown" ? "unknown" : raise === "false" ? "true" : "false",
  };
}
