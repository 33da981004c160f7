import { parseDuration } from "@headwater/core";
import { checkDuration } from "../../duration-schema.ts";
import { pointerTo, type Problems } from "../../problems.ts";
import { defaultSeverity, severities, type Severity } from "../../severity.ts";
import type { ConditionKind, ConditionLevel, NormalCondition } from "../condition.ts";
import { graderOf, SetGrader, SlopeGrader } from "./grader.ts";
import { thresholdSchema, type ThresholdCondition } from "./schema.ts";

const comparisons = ["op", "above", "below", "between", "outside"] as const;
type Comparison = (typeof comparisons)[number];
const forBounds = { least: 0, most: 30 * 86_400_000_000 };

/** Compares readings with a threshold, with hysteresis, for a duration or a number of readings. */
export const threshold: ConditionKind<ThresholdCondition> = {
  name: "threshold",
  schema: thresholdSchema,

  check(condition, pointer, problems) {
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
    checkDuration(condition.for, pointerTo(pointer, "for"), forBounds, problems);
    if (condition.for !== undefined && condition.times !== undefined) {
      problems.add(pointerTo(pointer, "times"), "cannot stand beside `for`; keep the one that is meant");
    }
  },

  normalise(condition, ruleSeverity) {
    const severity = condition.severity ?? ruleSeverity ?? defaultSeverity;
    return {
      metric: condition.metric,
      holdFor: condition.for === undefined ? 0 : parseDuration(condition.for),
      times: condition.times ?? 1,
      ...compared(condition, severity),
    };
  },
};

function checkOperands(condition: ThresholdCondition, chosen: Comparison, pointer: string, problems: Problems): void {
  if ((chosen === "op") !== (condition.threshold !== undefined)) {
    const message = chosen === "op" ? "is missing; `op` compares with it" : `belongs to \`op\`, not to \`${chosen}\``;
    problems.add(pointerTo(pointer, "threshold"), message);
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
    const levels = levelsOf(map, defaultSeverity);
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
  for (const name of ["between", "outside"] as const) {
    const [low, high] = condition[name] ?? [];
    if (low !== undefined && high !== undefined && low > high) {
      problems.add(pointerTo(pointer, name), `the first number is the lower one; write [${high}, ${low}]`);
    }
  }
}

function checkClear(condition: ThresholdCondition, pointer: string, problems: Problems): void {
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
    const lowest = compared(condition, defaultSeverity).levels[0]!.threshold;
    if (fits === "above" ? clear > lowest : clear < lowest) {
      const side = fits === "above" ? "higher" : "lower";
      problems.add(
        pointerTo(pointer, name),
        `${clear} is ${side} than the mildest threshold ${lowest}: it could never stay raised`,
      );
    }
  }
}

function directionOf({ op, above, below }: ThresholdCondition): "above" | "below" | undefined {
  if (above !== undefined || op === ">" || op === ">=") return "above";
  return below !== undefined || op === "<" || op === "<=" ? "below" : undefined;
}

function compared(
  condition: ThresholdCondition,
  severity: Severity,
): Pick<NormalCondition, "levels" | "clearThreshold" | "range" | "grader"> {
  const { op, above, below, between, outside } = condition;
  const clear = condition.clearBelow ?? condition.clearAbove ?? Number.NaN;
  if (op !== undefined) {
    const value = Number(condition.threshold);
    return {
      levels: [{ severity, threshold: value }],
      clearThreshold: Number.isNaN(clear) ? value : clear,
      grader: graderOf(op, value, clear),
    };
  }
  const range = between ?? outside;
  if (range !== undefined) {
    const [low = 0, high = 0] = range;
    const level = { severity, threshold: between === undefined ? high : low };
    return {
      levels: [level],
      clearThreshold: level.threshold,
      range: [low, high],
      grader: new SetGrader(low, high, between !== undefined),
    };
  }
  const levels = levelsOf(above ?? below ?? 0, severity);
  const thresholds = levels.map(({ threshold: value }) => value);
  return {
    levels,
    clearThreshold: Number.isNaN(clear) ? thresholds[0]! : clear,
    grader: new SlopeGrader(thresholds, above === undefined ? "below" : "above", false, clear),
  };
}

function levelsOf(thresholds: NonNullable<ThresholdCondition["above"]>, severity: Severity): readonly ConditionLevel[] {
  if (typeof thresholds === "number") return [{ severity, threshold: thresholds }];
  return severities.flatMap((name) => {
    const value = thresholds[name];
    return value === undefined ? [] : [{ severity: name, threshold: value }];
  });
}
