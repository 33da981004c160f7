import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { checkComparison } from "../comparison/check.ts";
import { comparisonOf } from "../comparison/comparison.ts";
import { comparisonFields } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { metricField } from "../metric/kind.ts";
import { sharedSubject } from "../shared-subject.ts";
import { compared } from "../subject.ts";
import { accumulatorOf } from "../window/accumulator.ts";
import { aggregateSchema } from "../window/kind.ts";
import { changeSubject, relativeSubject } from "./relative.ts";

const spanBounds = { least: 1_000_000, most: 31 * 86_400_000_000 };

const changeSchema = Type.Object(
  {
    metric: metricField,
    change: Type.Object({ since: durationSchema("How long ago, from 1s to 31d.") }, { additionalProperties: false }),
    ...comparisonFields,
  },
  {
    additionalProperties: false,
    title: "ChangeCondition",
    description: "The difference to the metric's own past, compared.",
  },
);
type ChangeDefinition = Static<typeof changeSchema>;

export const changeKind = conditionKind<ChangeDefinition>({
  name: "change",
  key: "change",
  schema: changeSchema,
  check(condition, pointer, { problems }) {
    checkDuration(condition.change.since, pointerTo(pointerTo(pointer, "change"), "since"), spanBounds, problems);
    checkComparison(condition, pointer, problems);
  },
  compile(condition) {
    const { metric, change } = condition;
    const since = parseDuration(change.since);
    const subject = sharedSubject(["change", metric, since], () => changeSubject(metric, since));
    return withHold(compared(subject, comparisonOf(condition)), condition);
  },
});

const relativeSchema = Type.Object(
  {
    metric: metricField,
    relativeTo: Type.Object(
      {
        over: durationSchema("How far back, from 1s to 31d. Not known before half of it has readings."),
        aggregate: aggregateSchema,
        floor: Type.Optional(Type.Number({ description: "Below this aggregate nothing is known." })),
      },
      { additionalProperties: false },
    ),
    ...comparisonFields,
  },
  {
    additionalProperties: false,
    title: "RelativeCondition",
    description: "A metric divided by an aggregate of its own past, compared.",
  },
);
type RelativeDefinition = Static<typeof relativeSchema>;

export const relativeKind = conditionKind<RelativeDefinition>({
  name: "relativeTo",
  key: "relativeTo",
  schema: relativeSchema,
  check(condition, pointer, { problems }) {
    checkDuration(condition.relativeTo.over, pointerTo(pointerTo(pointer, "relativeTo"), "over"), spanBounds, problems);
    checkComparison(condition, pointer, problems);
  },
  compile(condition) {
    const { over, aggregate, floor } = condition.relativeTo;
    const { metric } = condition;
    const subject = sharedSubject(["relativeTo", metric, condition.relativeTo], () =>
      relativeSubject(metric, parseDuration(over), accumulatorOf(aggregate), floor ?? -Infinity),
    );
    return withHold(compared(subject, comparisonOf(condition)), condition);
  },
});
