import { Type } from "@sinclair/typebox";
import { durationSchema } from "../language/duration-schema.ts";
import type { Trigger } from "./triggers.ts";

/** What it is done again after: the episode is open then. */
export const repeatable: readonly Trigger[] = ["raised", "escalated", "deescalated"];

export const repeatBounds = { least: 1_000_000, most: 30 * 86_400_000_000 };

export const repeatSchema = Type.Optional(
  durationSchema(
    "Done again so often on the log's clock, from when it was done first until the episode ends or somebody " +
      "acknowledges it. Of repetitions that are overdue only the latest is done.",
  ),
);

export const repeatAcknowledgedSchema = Type.Optional(
  Type.Boolean({ description: "Repeats also what was acknowledged, until it ends. Default: false." }),
);
