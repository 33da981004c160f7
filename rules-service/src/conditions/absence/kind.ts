import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { severityField } from "../comparison/schema.ts";
import { conditionKind, type ConditionDefinition } from "../condition.ts";
import { metricField } from "../metric/kind.ts";
import { rankOf } from "../verdict.ts";
import { absenceProgram, absenceReasons, defaultReasons, type AbsenceReason } from "./absence.ts";

/** Where a rule's condition stands. */
const topmost = "/condition";

const schema = Type.Object(
  {
    absent: durationSchema("For how long nothing was heard, from 1s to 31d."),
    metric: Type.Optional({ ...metricField, description: "Of this metric; otherwise of the device." }),
    reasons: Type.Optional(
      Type.Array(Type.Unsafe<AbsenceReason>({ type: "string", enum: [...absenceReasons] }), {
        minItems: 1,
        description:
          "What is told: that a device is silent, that a gateway is offline (an alert of the gateway, none of its " +
          "devices), that one lags (likewise). Default: device-silent and gateway-offline.",
      }),
    ),
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
  check({ absent, reasons }, pointer, { problems }) {
    if (pointer !== topmost && reasons?.some((reason) => reason !== "device-silent") === true) {
      const place = pointerTo(pointer, "reasons");
      problems.add(place, "inside of other conditions may name device-silent alone; tell of gateways in another rule");
    }
    checkDuration(absent, pointerTo(pointer, "absent"), { least: 1_000_000, most: 31 * 86_400_000_000 }, problems);
  },
  compile({ absent, metric, severity, reasons = defaultReasons }) {
    const rank = severity === undefined ? undefined : rankOf(severity);
    return absenceProgram({ metric, duration: parseDuration(absent), reasons, rank });
  },
});

/** Why an alert of the condition may be raised; undefined: it is not, or not only, about absence. */
export function reasonsOf(condition: ConditionDefinition): readonly AbsenceReason[] | undefined {
  const { absent, reasons } = condition;
  return absent === undefined ? undefined : ((reasons as Definition["reasons"]) ?? defaultReasons);
}
