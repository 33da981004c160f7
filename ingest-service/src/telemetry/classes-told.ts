import { Type } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import type { ClassSpan } from "@headwater/time-series";

/** What an answer says where points have ended within its range. */
export const classesSchema = Type.Optional(
  Type.Array(
    Type.Object({
      class: Type.Union([Type.Literal("raw"), Type.Literal("minute"), Type.Literal("hour")]),
      from: Type.String({ format: "date-time" }),
      to: Type.String({ format: "date-time" }),
    }),
    {
      description:
        "Where points have ended within the range: what answers which part of it, oldest first. `raw` are the " +
        "points, `minute` and `hour` roll-ups of them; a part that nothing answers is left out",
    },
  ),
);

export function classOf({ class: name, from, to }: ClassSpan): { class: string; from: string; to: string } {
  return { class: name, from: isoFromMicros(from), to: isoFromMicros(to) };
}

/** The header of exports: a structured field (RFC 9651), `hour;from="…";to="…", raw;from="…";to="…"`. */
export function classesHeader(spans: readonly ClassSpan[]): { readonly "headwater-classes": string } {
  const members = spans.map(classOf).map(({ class: name, from, to }) => `${name};from="${from}";to="${to}"`);
  return { "headwater-classes": members.join(", ") };
}
