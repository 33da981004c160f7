import type { TSchema } from "@sinclair/typebox";
import { KindGuard } from "@sinclair/typebox";

/**
 * Turns text from outside (an environment variable, a query parameter) into a value of the schema: numbers, booleans,
 * lists (separated by commas), enumerations, JSON for anything deeper. Text that does not fit comes back as it is, for
 * the validation after it to name.
 */
export function convertText(schema: TSchema, text: string): unknown {
  if (KindGuard.IsInteger(schema)) return /^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text) : text;
  if (KindGuard.IsNumber(schema)) return decimal.test(text.trim()) ? Number(text) : text;
  if (KindGuard.IsBoolean(schema)) return booleans.get(text.trim().toLowerCase()) ?? text;
  if (KindGuard.IsLiteral(schema)) return String(schema.const) === text ? schema.const : text;
  if (KindGuard.IsUnion(schema)) return convertToOneOf(schema.anyOf, text);
  if (KindGuard.IsArray(schema)) {
    if (isDeep(schema.items)) return parsedJson(text);
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
      .map((item) => convertText(schema.items, item));
  }
  return isDeep(schema) ? parsedJson(text) : text;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["off", false],
  ["0", false],
]);

function isDeep(schema: TSchema): boolean {
  return KindGuard.IsObject(schema) || KindGuard.IsRecord(schema) || KindGuard.IsArray(schema);
}

function convertToOneOf(variants: readonly TSchema[], text: string): unknown {
  for (const variant of variants) {
    const value = convertText(variant, text);
    if (value !== text || KindGuard.IsString(variant)) return value;
  }
  return text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the validation names the type that belongs here.
    return text;
  }
}
