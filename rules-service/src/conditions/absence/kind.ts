import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { severityField } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { metricField } from "../metric/kind.ts";
import { rankOf } from "../verdict.ts";
import { absenceProgram } from "./absence.ts";

const schema = Type.Object(
  {
    absent: durationSchema("For how long nothing was heard, from 1s to 31d."),
    metric: Type.Optional({ ...metricField, description: "Of this metric; otherwise of the device." }),
    ...severityField,
  },
  {
    additionalProperties: false,
    title: "AbsenceCondition",
    description: "Nothing is heard of a registered device, or of one of its metrics.",
  },
);
type Definition = Static<typeof schema>;

export const absenceKind = conditionKind<Definition>({
  name: "absent",
  key: "absent",
  schema,
  check({ absent }, pointer, { problems }) {
    checkDuration(absent, pointerTo(pointer, "absent"), { least: 1_000_000, most: 31 * 86_400_000_000 }, problems);
  },
  compile({ absent, metric, severity }) {
    const rank = severity === undefined ? undefined : rankOf(severity);
    return absenceProgram(metric, parseDuration(absent), rank);
  },
});
