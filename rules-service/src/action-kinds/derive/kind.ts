import { Type } from "@sinclair/typebox";
import { pointerTo } from "../../language/problems.ts";
import { actionKind } from "../action-kind.ts";

export interface DeriveAction {
  readonly kind: "derive";
  readonly metric: string;
  readonly value: number | boolean | string;
}

export const derive = actionKind({
  schema: Type.Object(
    {
      metric: Type.String({ minLength: 1, maxLength: 200 }),
      value: Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })]),
    },
    { additionalProperties: false, description: "Writes a reading of another metric at the time of the raise." },
  ),
  check({ metric }, { pointer, metrics, problems }) {
    if (metrics.includes(metric)) {
      problems.add(pointerTo(pointer, "metric"), "is the metric that the rule judges; choose another name");
    }
  },
  answers: ["raised"],
  normalise: ({ metric, value }): DeriveAction => ({ kind: "derive", metric, value }),
});
