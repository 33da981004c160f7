import type { TSchema } from "@sinclair/typebox";
import { KindGuard } from "@sinclair/typebox";

/** The values of this schema, in words for people: `an integer from 1 to 65535`, `one of embedded, kafka`. */
export function describeType(schema: TSchema): string {
  if (KindGuard.IsInteger(schema)) return `an integer${range(schema)}`;
  if (KindGuard.IsNumber(schema)) return `a number${range(schema)}`;
  if (KindGuard.IsBoolean(schema)) return "true or false";
  if (KindGuard.IsString(schema)) return describeText(schema);
  if (KindGuard.IsLiteral(schema)) return JSON.stringify(schema.const);
  if (KindGuard.IsNull(schema)) return "null";
  if (KindGuard.IsArray(schema)) return `a list, each item ${describeType(schema.items)}`;
  if (KindGuard.IsUnion(schema)) {
    const { anyOf } = schema;
    return anyOf.every((variant) => KindGuard.IsLiteral(variant))
      ? `one of ${anyOf.map((variant) => String(variant.const)).join(", ")}`
      : anyOf.map(describeType).join(" or ");
  }
  if (KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) return "an object";
  return typeof schema["type"] === "string" ? `of type ${schema["type"]}` : "another value";
}

function range(schema: TSchema): string {
  const least = schema["minimum"] as number | undefined;
  const above = schema["exclusiveMinimum"] as number | undefined;
  const most = schema["maximum"] as number | undefined;
  const below = schema["exclusiveMaximum"] as number | undefined;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const parts: string[] = [];
  if (least !== undefined) parts.push(`of at least ${least}`);
  if (above !== undefined) parts.push(`above ${above}`);
  if (most !== undefined) parts.push(`of at most ${most}`);
  if (below !== undefined) parts.push(`below ${below}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

const formatNames: Readonly<Record<string, string>> = {
  "date-time": "a time in ISO 8601 with Z or an offset",
  date: "a date like 2026-05-01",
  uuid: "a UUID",
  uri: "a URL",
  duration: "a duration like 30s or 1h30m",
};

function describeText(schema: TSchema): string {
  const name = formatNames[schema["format"] as string] ?? "text";
  const { minLength, maxLength, pattern } = schema as { minLength?: number; maxLength?: number; pattern?: string };
  const limits: string[] = [];
  if (minLength !== undefined && maxLength !== undefined) limits.push(`of ${minLength} to ${maxLength} characters`);
  else if (minLength === 1) limits.push("that is not empty");
  else if (minLength !== undefined) limits.push(`of at least ${minLength} characters`);
  else if (maxLength !== undefined) limits.push(`of at most ${maxLength} characters`);
  if (pattern !== undefined) limits.push(`matching ${pattern}`);
  return [name, ...limits].join(" ");
}
