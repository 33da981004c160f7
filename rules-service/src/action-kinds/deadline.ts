import { Type } from "@sinclair/typebox";
import { durationSchema } from "../language/duration-schema.ts";

/** Below the retention of actions.v1 (30 days), whose records tell what was sent already. */
export const deadlineBounds = { least: 1_000_000, most: 7 * 86_400_000_000 };
export const defaultDeadline = "1d";

export const deadlineSchema = Type.Optional(
  durationSchema("How long after what it tells of it is still tried. Default: 1d; at most 7d."),
);
