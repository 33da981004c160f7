/** A condition of a rule as a clause of a sentence: "temperature is above 80 for 30s, and ends below 75". */
export function conditionText(condition: unknown): string {
  const made = condition as Condition;
  return `${heldText(made, statement(made))}${endText(made)}`;
}

type Json = unknown;
type Condition = Readonly<Record<string, Json>>;

function statement(condition: Condition): string {
  const { all, any, not, absent, metric, expression } = condition;
  if (Array.isArray(all)) return `all of (${all.map(conditionText).join("; ")})`;
  if (Array.isArray(any)) return `any of (${any.map(conditionText).join("; ")})`;
  if (not !== undefined) return `not (${conditionText(not)})`;
  if (expression !== undefined) return `the expression ${shown(expression)} is true`;
  if (absent !== undefined) {
    const what = metric === undefined ? "nothing is heard of the device" : `nothing is heard of ${plain(metric)}`;
    return `${what} for ${plain(absent)}`;
  }
  return `${subjectText(condition)} ${comparisonText(condition)}`;
}

function subjectText({ metric, window, aggregate, where, rate, change, relativeTo }: Condition): string {
  const name = plain(metric);
  if (window !== undefined) {
    const which = where === undefined ? "" : ` that ${comparisonText(where as Condition).replace(/^is /, "are ")}`;
    return `the ${plain(aggregate)} of ${name}${which} ${windowText(window as Condition)}`;
  }
  if (rate !== undefined) {
    const { over, per } = rate as Condition;
    return `the rate of ${name} over ${plain(over)}${per === undefined ? "" : ` (per ${plain(per)})`}`;
  }
  if (change !== undefined) return `the change of ${name} since ${plain((change as Condition)["since"])} before`;
  if (relativeTo !== undefined) {
    const { over, aggregate: of } = relativeTo as Condition;
    return `${name} divided by its ${plain(of)} over the ${plain(over)} before`;
  }
  return name;
}

function windowText({ over, every, session, readings, timeZone }: Condition): string {
  if (session !== undefined) return `since the last gap of ${plain(session)}`;
  if (readings !== undefined) return `over the last ${plain(readings)} readings`;
  return `over ${plain(over)}${every === undefined ? "" : ` (every ${plain(every)}${timeZone === undefined ? "" : ` of ${plain(timeZone)}`})`}`;
}

const words: Readonly<Record<string, string>> = {
  ">": "is above",
  ">=": "is at least",
  "<": "is below",
  "<=": "is at most",
  "==": "is",
  "!=": "is not",
};

function comparisonText(condition: Condition): string {
  const { op, threshold, above, below, between, outside, equals, in: list, changesTo, other, attribute } = condition;
  const { within, default: fallback } = condition;
  if (op !== undefined) {
    const word = words[plain(op)] ?? plain(op);
    if (other !== undefined)
      return `${word} ${plain(other)}${within === undefined ? "" : ` of the last ${plain(within)}`}`;
    if (attribute === undefined) return `${word} ${shown(threshold)}`;
    return `${word} the device's ${plain(attribute)}${fallback === undefined ? "" : ` (${shown(fallback)} without one)`}`;
  }
  if (above !== undefined) return `is above ${levelsText(above)}`;
  if (below !== undefined) return `is below ${levelsText(below)}`;
  if (Array.isArray(between)) return `is from ${between.map(shown).join(" to ")}`;
  if (Array.isArray(outside)) return `is outside of ${outside.map(shown).join(" to ")}`;
  if (equals !== undefined) return `is ${shown(equals)}`;
  if (Array.isArray(list)) return `is one of ${list.map(shown).join(", ")}`;
  return `changes to ${shown(changesTo)}`;
}

function levelsText(levels: Json): string {
  if (typeof levels !== "object" || levels === null) return shown(levels);
  return Object.entries(levels)
    .map(([severity, threshold]) => `${shown(threshold)} (${severity})`)
    .join(" or ");
}

function heldText({ for: duration, times }: Condition, text: string): string {
  const held = [
    ...(duration === undefined ? [] : [`for ${plain(duration)}`]),
    ...(times === undefined ? [] : [`${plain(times)} times in a row`]),
  ];
  return held.length === 0 ? text : `${text}, ${held.join(" and ")}`;
}

const withoutData: Readonly<Record<string, string>> = { clear: "clear", raise: "raised" };

function endText({ clearBelow, clearAbove, clearWithin, clearFor, noData }: Condition): string {
  const ends = [
    ...(clearBelow === undefined ? [] : [`below ${shown(clearBelow)}`]),
    ...(clearAbove === undefined ? [] : [`above ${shown(clearAbove)}`]),
    ...(Array.isArray(clearWithin) ? [`within ${clearWithin.map(shown).join(" to ")}`] : []),
    ...(clearFor === undefined ? [] : [`after it was clear for ${plain(clearFor)}`]),
  ];
  const end = ends.length === 0 ? "" : `, and ends ${ends.join(" ")}`;
  return noData === undefined || noData === "keep" ? end : `${end}; without data it is ${withoutData[plain(noData)]}`;
}

function plain(value: Json): string {
  return typeof value === "string" ? value : shown(value);
}

function shown(value: Json): string {
  return JSON.stringify(value) ?? "nothing";
}
