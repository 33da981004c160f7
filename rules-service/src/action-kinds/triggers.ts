import { Type } from "@sinclair/typebox";

/** What of an episode an action answers; the first that applies to a transition counts. */
export const triggers = ["raised", "escalated", "deescalated", "acknowledged", "cleared", "retracted"] as const;
export type Trigger = (typeof triggers)[number];

export const triggersSchema = Type.Array(Type.Unsafe<Trigger>({ type: "string", enum: [...triggers] }), {
  minItems: 1,
  maxItems: triggers.length,
  description:
    "What of an episode the action answers; default: [raised]. `cleared` answers every end of an episode, once.",
});
