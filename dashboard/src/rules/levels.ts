import type { Look } from "../plot/plot-marks.ts";
import { type Path, valueAt } from "./draft.ts";

type Part = Readonly<Record<string, unknown>>;

/** A part of a condition that asks about a metric, with the levels that it compares with. */
export interface Leaf {
  readonly path: Path;
  readonly metric: string;
  /** Of what is compared: the readings themselves, or an aggregate of a window. */
  readonly window?: { readonly over: string; readonly aggregate: string };
  readonly levels: readonly LeafLevel[];
}

export interface LeafLevel {
  readonly path: Path;
  readonly name: string;
  readonly value: number;
  readonly look: Look;
}

const looks: Readonly<Record<string, Look>> = { critical: "critical", warning: "warning", info: "accent" };

/** All parts of a condition that ask about a metric. */
export function leavesOf(definition: Part | undefined): Leaf[] {
  const severity = definition?.["severity"];
  const found: Leaf[] = [];
  const visit = (part: unknown, path: Path): void => {
    if (typeof part !== "object" || part === null) return;
    const condition = part as Part;
    for (const key of ["all", "any"] as const) {
      const parts = condition[key];
      if (Array.isArray(parts)) parts.forEach((each, index) => visit(each, [...path, key, index]));
    }
    visit(condition["not"], [...path, "not"]);
    const { metric } = condition;
    if (typeof metric === "string" && metric !== "") found.push(leaf(condition, path, metric, severity));
  };
  visit(definition?.["condition"], ["condition"]);
  return found;
}

function leaf(condition: Part, path: Path, metric: string, ofRule: unknown): Leaf {
  const over = valueAt(condition, ["window", "over"]);
  const { aggregate } = condition;
  const ofWindow = typeof over === "string" && typeof aggregate === "string";
  // A rate or a difference is another quantity than the metric: its levels do not belong on the metric's axis.
  const isOther = ["rate", "change", "relativeTo", "other", "attribute", "absent"].some((key) => key in condition);
  const isLevelled = !isOther && (ofWindow || !("window" in condition));
  return {
    path,
    metric,
    ...(ofWindow && { window: { over, aggregate } }),
    levels: isLevelled ? levels(condition, path, ofRule) : [],
  };
}

function levels(condition: Part, path: Path, ofRule: unknown): LeafLevel[] {
  const severity = condition["severity"] ?? ofRule ?? "warning";
  const look = (typeof severity === "string" ? looks[severity] : undefined) ?? "warning";
  const found: LeafLevel[] = [];
  const take = (at: Path, name: string, color: Look): void => {
    const value = valueAt(condition, at);
    if (typeof value === "number") found.push({ path: [...path, ...at], name, value, look: color });
  };
  for (const side of ["above", "below"] as const) {
    take([side], side, look);
    for (const each of Object.keys(looks)) take([side, each], `${side} ${each}`, looks[each]!);
  }
  take(["threshold"], `threshold ${typeof condition["op"] === "string" ? condition["op"] : ""}`.trim(), look);
  for (const range of ["between", "outside"] as const) {
    take([range, 0], `${range} from`, look);
    take([range, 1], `${range} to`, look);
  }
  take(["clearBelow"], "clear below", "good");
  take(["clearAbove"], "clear above", "good");
  take(["clearWithin", 0], "clear from", "good");
  take(["clearWithin", 1], "clear to", "good");
  return found;
}
