import { Type, type Static } from "@sinclair/typebox";
import { revisionResource } from "../rules/rule-resource.ts";
import { alertResource } from "./alert-resource.ts";

const transition = Type.Object({
  transition: Type.Integer({ description: "Transitions of the rule are numbered from 1; 0 is an operator action" }),
  kind: Type.String(),
  at: Type.String({ format: "date-time" }),
  severity: Type.String(),
  metric: Type.String(),
  value: Type.Union([Type.Number(), Type.String()]),
  threshold: Type.Number(),
  amended: Type.Boolean(),
  cause: Type.String(),
  by: Type.String(),
  comment: Type.String(),
  assignee: Type.String(),
  snoozedUntil: Type.Optional(Type.String({ format: "date-time" })),
  mutedBy: Type.Array(Type.String()),
  flapping: Type.Boolean(),
  position: Type.String({ description: "Position in the log" }),
  evidence: Type.Array(Type.Unknown(), {
    description:
      "The readings that decided the transition, with their records in the log; `derived` has the rules that derived " +
      "one, from the last back to the first",
  }),
});

export const whyResource = Type.Object(
  {
    alert: alertResource,
    rule: Type.Object({
      id: Type.String(),
      revision: Type.Union([revisionResource, Type.Null()], { description: "The revision that raised it" }),
    }),
    transitions: Type.Array(transition),
    text: Type.String({ description: "The same in sentences, one a line" }),
  },
  { title: "Why" },
);
export type WhyResource = Static<typeof whyResource>;
