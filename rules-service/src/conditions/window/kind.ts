import { Type, type Static } from "@sinclair/typebox";
import { parseDuration, tryParseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo, type Problems } from "../../language/problems.ts";
import { checkComparison } from "../comparison/check.ts";
import { comparisonOf } from "../comparison/comparison.ts";
import { comparisonFields, type ComparisonDefinition } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { metricField } from "../metric/kind.ts";
import { compared, type Subject } from "../subject.ts";
import { raiseOf } from "../verdict.ts";
import { accumulatorOf, isNumeric, rateOf } from "./accumulator.ts";
import { hoppingWindow, readingsWindow, sessionWindow, slidingWindow, type WindowInput } from "./windows.ts";

const day = 86_400_000_000;
const overBounds = { least: 1_000_000, most: 31 * day };
/** Most panes of a hopping window. */
const maxHops = 1440;

const aggregates = ["mean", "min", "max", "sum", "count", "stddev", "first", "last", "distinct"] as const;

export const aggregateSchema = Type.String({
  pattern: `^(${aggregates.join("|")}|p[1-9][0-9]?)$`,
  description: `${aggregates.join(", ")}, or a percentile from p1 to p99 (to half a hundredth)`,
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

function windowSubject({ metric, window, aggregate, where }: Definition): Subject<unknown> {
  const input = windowInput(metric, aggregate, where);
  const { over, every, session, readings } = window;
  if (session !== undefined) return sessionWindow(input, parseDuration(session));
  if (readings !== undefined) return readingsWindow(input, readings);
  const length = parseDuration(over ?? "1s");
  if (every === undefined) return slidingWindow(input, length);
  return hoppingWindow(input, length, parseDuration(every));
}

export function windowInput(metric: string, aggregate: string, where?: ComparisonDefinition): WindowInput<unknown> {
  const filter = where === undefined ? undefined : comparisonOf(where);
  const numeric = isNumeric(aggregate);
  return {
    metric,
    name: `${aggregate}(${metric})`,
    accumulator: accumulatorOf(aggregate),
    taken: ({ value }) =>
      (!numeric || typeof value === "number") && (filter === undefined || raiseOf(filter.judge(value)) > 0),
  };
}

function checkWindow(
  { over, every, session, readings }: Static<typeof windowSchema>,
  pointer: string,
  problems: Problems,
): void {
  const chosen = [over, session, readings].filter((each) => each !== undefined);
  if (chosen.length !== 1) {
    problems.add(pointer, "needs exactly one of over, session and readings");
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
    };
    return withHold(compared(slidingWindow(input, over), comparisonOf(condition)), condition);
  },
});
