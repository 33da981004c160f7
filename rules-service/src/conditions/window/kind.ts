import { Type, type Static } from "@sinclair/typebox";
import { isTimeZone, parseDuration, tryParseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo, type Problems } from "../../language/problems.ts";
import { checkComparison } from "../comparison/check.ts";
import { comparisonOf } from "../comparison/comparison.ts";
import { comparisonFields, type ComparisonDefinition } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { metricField } from "../metric/kind.ts";
import { sharedSubject } from "../shared-subject.ts";
import { compared, type Subject } from "../subject.ts";
import { raiseOf } from "../verdict.ts";
import { accumulatorOf, isNumeric, rateOf } from "./accumulator.ts";
import { CalendarGrid, calendarUnits, EvenGrid, type CalendarUnit } from "./pane-grid.ts";
import { hoppingWindow, readingsWindow, sessionWindow, slidingWindow, type WindowInput } from "./windows.ts";

const day = 86_400_000_000;
const overBounds = { least: 1_000_000, most: 31 * day };
/** Longest window of a calendar, in each of its units. */
const mostOfCalendar = { d: 31, w: 5, mo: 2 } as const;
/** Most panes of a hopping window. */
const maxHops = 1440;

const aggregates = ["mean", "min", "max", "sum", "count", "stddev", "first", "last", "distinct"] as const;

export const aggregateSchema = Type.String({
  pattern: `^(${aggregates.join("|")}|p[1-9][0-9]?)$`,
  description: `${aggregates.join(", ")}, or a percentile from p1 to p99 (to half a hundredth)`,
  "x-instead": {
    median: "write p50",
    avg: "write mean",
    average: "write mean",
    std: "write stddev",
    p100: "write max",
  },
});

const whereSchema = Type.Object(
  {
    op: comparisonFields.op,
    threshold: comparisonFields.threshold,
    above: Type.Optional(Type.Number()),
    below: Type.Optional(Type.Number()),
    between: comparisonFields.between,
    outside: comparisonFields.outside,
    equals: comparisonFields.equals,
    in: comparisonFields.in,
  },
  { additionalProperties: false, description: "Only readings that compare so." },
);

const windowSchema = Type.Object(
  {
    over: Type.Optional(durationSchema("How long it is, from 1s to 31d.")),
    every: Type.Optional(
      durationSchema("Judged at each of these alone; equal to `over` for windows that do not overlap."),
    ),
    session: Type.Optional(durationSchema("Instead of `over`: readings with no gap as long as this between them.")),
    timeZone: Type.Optional(
      Type.String({
        ...{ minLength: 1, maxLength: 60 },
        description: "`every` is a local day, week or month (1d, 1w, 1mo) of it, as in Europe/Berlin.",
      }),
    ),
    readings: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: "Instead of `over`: the last so many readings." }),
    ),
  },
  { additionalProperties: false, description: "Exactly one of over, session and readings." },
);

const schema = Type.Object(
  {
    metric: metricField,
    window: windowSchema,
    aggregate: aggregateSchema,
    where: Type.Optional(whereSchema),
    ...comparisonFields,
  },
  {
    additionalProperties: false,
    title: "WindowCondition",
    description: "An aggregate of a metric over a window, compared.",
  },
);
type Definition = Static<typeof schema>;

export const windowKind = conditionKind<Definition>({
  name: "window",
  key: "window",
  schema,
  check(condition, pointer, { problems }) {
    checkWindow(condition.window, pointerTo(pointer, "window"), problems);
    if (condition.where !== undefined) checkComparison(condition.where, pointerTo(pointer, "where"), problems);
    checkComparison(condition, pointer, problems);
  },
  compile(condition) {
    return withHold(compared(windowSubject(condition), comparisonOf(condition)), condition);
  },
});

function windowSubject(definition: Definition): Subject<unknown> {
  const { metric, window, aggregate, where = null } = definition;
  return sharedSubject(["window", metric, window, aggregate, where], () => newSubject(definition));
}

function newSubject({ metric, window, aggregate, where }: Definition): Subject<unknown> {
  const input = windowInput(metric, aggregate, where);
  const { over, every, session, readings, timeZone } = window;
  if (session !== undefined) return sessionWindow(input, parseDuration(session));
  if (readings !== undefined) return readingsWindow(input, readings);
  const length = timeZone === undefined ? parseDuration(over ?? "1s") : 0;
  if (every === undefined) return slidingWindow(input, length);
  if (timeZone !== undefined) {
    const { count, unit } = calendarWindow(over, every)!;
    return hoppingWindow(input, count, new CalendarGrid(unit, timeZone));
  }
  const hop = parseDuration(every);
  return hoppingWindow(input, Math.round(length / hop), new EvenGrid(hop));
}

export function windowInput(metric: string, aggregate: string, where?: ComparisonDefinition): WindowInput {
  const filter = where === undefined ? undefined : comparisonOf(where);
  const numeric = isNumeric(aggregate);
  return {
    metric,
    name: `${aggregate}(${metric})`,
    accumulator: accumulatorOf(aggregate),
    takesAllNumbers: filter === undefined,
    taken: ({ value }) =>
      (!numeric || typeof value === "number") && (filter === undefined || raiseOf(filter.judge(value)) > 0),
  };
}

function checkWindow(
  { over, every, session, readings, timeZone }: Static<typeof windowSchema>,
  pointer: string,
  problems: Problems,
): void {
  const chosen = [over, session, readings].filter((each) => each !== undefined);
  if (chosen.length !== 1) {
    problems.add(pointer, "needs exactly one of over, session and readings");
    return;
  }
  if (timeZone !== undefined) {
    checkCalendar(over, every, timeZone, pointer, problems);
    return;
  }
  if (every === "1mo" || every === "1w") {
    problems.add(pointerTo(pointer, "every"), "begins when clocks somewhere say so; name the timeZone beside it");
    return;
  }
  checkDuration(over, pointerTo(pointer, "over"), overBounds, problems);
  checkDuration(session, pointerTo(pointer, "session"), overBounds, problems);
  if (every === undefined) return;
  const at = pointerTo(pointer, "every");
  if (over === undefined) {
    problems.add(at, "goes with over; remove it");
    return;
  }
  checkDuration(every, at, overBounds, problems);
  const [length, hop] = [tryParseDuration(over), tryParseDuration(every)];
  if (length === undefined || hop === undefined || hop === 0) return;
  if (length % hop !== 0) problems.add(at, `${over} is no multiple of ${every}; choose one that divides it`);
  else if (length / hop > maxHops) problems.add(at, `divides ${over} into more than ${maxHops}; choose a longer one`);
}

/** So many days, weeks or months; undefined: a text that says no such thing, or not of those alone. */
function calendarWindow(
  over: string | undefined,
  every: string | undefined,
): { readonly count: number; readonly unit: CalendarUnit } | undefined {
  const unit = calendarUnits.find((each) => every === `1${each}`);
  const [, digits, of] = /^([1-9][0-9]{0,2})(d|w|mo)$/.exec(over ?? "") ?? [];
  if (unit === undefined || digits === undefined) return undefined;
  const days = Number(digits) * (of === "w" ? 7 : 1);
  if (unit === "d" && of !== "mo") return { count: days, unit };
  if (unit === "w" && of !== "mo" && days % 7 === 0) return { count: days / 7, unit };
  return unit === of ? { count: Number(digits), unit } : undefined;
}

function checkCalendar(
  over: string | undefined,
  every: string | undefined,
  timeZone: string,
  pointer: string,
  problems: Problems,
): void {
  if (over === undefined || every === undefined) {
    problems.add(pointerTo(pointer, "timeZone"), "goes with over and every; remove it, or write every: 1d");
    return;
  }
  if (!isTimeZone(timeZone)) {
    const what = `${JSON.stringify(timeZone)} is no time zone; write it like Europe/Berlin or UTC`;
    problems.add(pointerTo(pointer, "timeZone"), what);
    return;
  }
  if (!calendarUnits.some((unit) => every === `1${unit}`)) {
    const what = `${JSON.stringify(every)} is no day, week or month; write 1d, 1w or 1mo, or remove timeZone`;
    problems.add(pointerTo(pointer, "every"), what);
    return;
  }
  const { count, unit } = calendarWindow(over, every) ?? {};
  if (count === undefined || unit === undefined) {
    const what = `${JSON.stringify(over)} is no number of what every names; write it like 7d, 4w or 2mo`;
    problems.add(pointerTo(pointer, "over"), what);
  } else if (count > mostOfCalendar[unit]) {
    problems.add(pointerTo(pointer, "over"), `is out of range; choose at most ${mostOfCalendar[unit]}${unit}`);
  }
}

const rateSchema = Type.Object(
  {
    metric: metricField,
    rate: Type.Object(
      {
        over: durationSchema("How far back, from 1s to 31d. Not known before half of it has readings."),
        per: Type.Optional(durationSchema("The unit of time. Default: 1s.")),
      },
      { additionalProperties: false },
    ),
    ...comparisonFields,
  },
  { additionalProperties: false, title: "RateCondition", description: "How fast a metric changes, compared." },
);
type RateDefinition = Static<typeof rateSchema>;

export const rateKind = conditionKind<RateDefinition>({
  name: "rate",
  key: "rate",
  schema: rateSchema,
  check(condition, pointer, { problems }) {
    const at = pointerTo(pointer, "rate");
    checkDuration(condition.rate.over, pointerTo(at, "over"), overBounds, problems);
    checkDuration(condition.rate.per, pointerTo(at, "per"), { least: 1, most: 366 * day }, problems);
    checkComparison(condition, pointer, problems);
  },
  compile(condition) {
    const { metric, rate } = condition;
    const over = parseDuration(rate.over);
    const input = {
      metric,
      name: `rate(${metric})`,
      accumulator: rateOf(parseDuration(rate.per ?? "1s"), over / 2),
      taken: ({ value }: { value: unknown }) => typeof value === "number",
      takesAllNumbers: true,
    };
    const subject = sharedSubject(["rate", metric, rate], () => slidingWindow(input, over));
    return withHold(compared(subject, comparisonOf(condition)), condition);
  },
});
