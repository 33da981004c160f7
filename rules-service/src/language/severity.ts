import { Type } from "@sinclair/typebox";

/** Severities from the mildest to the gravest. */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

export const severitySchema = Type.Unsafe<Severity>({
  type: "string",
  enum: [...severities],
  description: "How grave: info, warning or critical.",
});

/** The severity of a rule that names none. */
export const defaultSeverity: Severity = "warning";

export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export const severityMapSchema = Type.Object(
  {
    info: Type.Optional(Type.Number()),
    warning: Type.Optional(Type.Number()),
    critical: Type.Optional(Type.Number()),
  },
  { additionalProperties: false, minProperties: 1, description: "A threshold for each severity." },
);
