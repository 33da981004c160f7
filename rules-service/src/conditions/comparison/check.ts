import { checkDuration } from "../../language/duration-schema.ts";
import { pointerTo, type Problems } from "../../language/problems.ts";
import { severities } from "../../language/severity.ts";
import { levelsOf } from "./comparison.ts";
import type { ComparisonDefinition, HoldDefinition } from "./schema.ts";

export const comparisons = ["op", "above", "below", "between", "outside", "equals", "in"] as const;
type ComparisonName = (typeof comparisons)[number];
const forBounds = { least: 0, most: 30 * 86_400_000_000 };

/** What the schema of a comparison cannot express. */
export function checkComparison(condition: ComparisonDefinition, pointer: string, problems: Problems): void {
  const chosen = comparisons.filter((name) => condition[name] !== undefined);
  const one = `choose one of ${comparisons.join(", ")} (op needs threshold)`;
  if (chosen.length !== 1) {
    problems.add(
      pointer,
      chosen.length === 0 ? `says not what to compare with; ${one}` : `has ${chosen.join(" and ")}; ${one}`,
    );
    return;
  }
  checkOperands(condition, chosen[0]!, pointer, problems);
  checkClear(condition, pointer, problems);
  checkHold(condition, pointer, problems);
}

export function checkHold(condition: HoldDefinition, pointer: string, problems: Problems): void {
  checkDuration(condition.for, pointerTo(pointer, "for"), forBounds, problems);
  checkDuration(condition.clearFor, pointerTo(pointer, "clearFor"), forBounds, problems);
  if (condition.for !== undefined && (condition.times ?? 1) > 1) {
    problems.add(pointerTo(pointer, "times"), "holds for a duration already by `for`; keep one of the two");
  }
}

function checkOperands(
  condition: ComparisonDefinition,
  chosen: ComparisonName,
  pointer: string,
  problems: Problems,
): void {
  const { op, threshold } = condition;
  if ((chosen === "op") !== (threshold !== undefined)) {
    const message = chosen === "op" ? "is missing; `op` compares with it" : `belongs to \`op\`, not to \`${chosen}\``;
    problems.add(pointerTo(pointer, "threshold"), message);
  }
  if (typeof threshold === "string" && op !== "==" && op !== "!=") {
    problems.add(pointerTo(pointer, "threshold"), "is text, which has no order; use == or !=, or name a number");
  }
  for (const name of ["above", "below"] as const) {
    const map = condition[name];
    if (typeof map !== "object") continue;
    if (condition.severity !== undefined) {
      problems.add(
        pointerTo(pointer, "severity"),
        `\`${name}\` names a severity for each threshold already; remove one`,
      );
    }
    const levels = levelsOf(map);
    const ordered = levels.every(({ threshold: value }, index) => {
      const before = levels[index - 1]?.threshold;
      return before === undefined || (name === "above" ? value > before : value < before);
    });
    const order = severities.join(" to ");
    if (!ordered) {
      problems.add(
        pointerTo(pointer, name),
        `the thresholds have to ${name === "above" ? "rise" : "fall"} from ${order}`,
      );
    }
  }
  for (const name of ["between", "outside", "clearWithin"] as const) {
    const [low, high] = condition[name] ?? [];
    if (low !== undefined && high !== undefined && low > high) {
      problems.add(pointerTo(pointer, name), `the first number is the lower one; write [${high}, ${low}]`);
    }
  }
}

function checkClear(condition: ComparisonDefinition, pointer: string, problems: Problems): void {
  const direction = directionOf(condition);
  for (const [name, fits] of [
    ["clearBelow", "above"],
    ["clearAbove", "below"],
  ] as const) {
    const clear = condition[name];
    if (clear === undefined) continue;
    if (direction !== fits) {
      const use = direction === undefined ? "remove it" : `use ${direction === "above" ? "clearBelow" : "clearAbove"}`;
      problems.add(
        pointerTo(pointer, name),
        `goes with ${fits === "above" ? "above, > and >=" : "below, < and <="}; ${use}`,
      );
      continue;
    }
    const mildest = levelsOf(condition.above ?? condition.below ?? Number(condition.threshold))[0]!.threshold;
    if (fits === "above" ? clear > mildest : clear < mildest) {
      const side = fits === "above" ? "higher" : "lower";
      problems.add(
        pointerTo(pointer, name),
        `${clear} is ${side} than the mildest threshold ${mildest}: it could never stay raised`,
      );
    }
  }
  checkClearWithin(condition, pointer, problems);
}

function checkClearWithin({ clearWithin, outside }: ComparisonDefinition, pointer: string, problems: Problems): void {
  if (clearWithin === undefined) return;
  const at = pointerTo(pointer, "clearWithin");
  if (outside === undefined) {
    problems.add(at, "goes with outside; remove it");
    return;
  }
  const [[low = 0, high = 0], [clearLow = 0, clearHigh = 0]] = [outside, clearWithin];
  if (clearLow < low || clearHigh > high) {
    problems.add(at, `reaches beyond outside [${low}, ${high}]: the alert could never stay raised there`);
  }
}

function directionOf({ op, above, below }: ComparisonDefinition): "above" | "below" | undefined {
  if (above !== undefined || op === ">" || op === ">=") return "above";
  return below !== undefined || op === "<" || op === "<=" ? "below" : undefined;
}
