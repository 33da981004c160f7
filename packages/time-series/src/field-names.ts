/**
 * A metric may carry numbers today and text tomorrow; a store's field has one type for ever. So text goes to a field of
 * its own, `<metric>_text`, and a metric that itself ends so is escaped with one more underscore. The kind of a field
 * can be read off its name: it is text exactly if the name ends in `_text`.
 */

const TEXT_SUFFIX = "_text";
const LOOKS_LIKE_TEXT = /_text_*$/;
const ESCAPED = /_text_+$/;

export type ReadingValue = number | boolean | string;

export interface StoredField {
  readonly field: string;
  /** Booleans become 1 or 0, so that they share a field with numbers and can be averaged. */
  readonly value: number | string;
}

export interface FieldMeaning {
  readonly metric: string;
  readonly kind: "number" | "text";
}

/** Field under which numbers and booleans of a metric are stored. */
export function numberField(metric: string): string {
  return LOOKS_LIKE_TEXT.test(metric) ? `${metric}_` : metric;
}

/** Field under which text of a metric is stored. */
export function textField(metric: string): string {
  return numberField(metric) + TEXT_SUFFIX;
}

export function storedField(metric: string, value: ReadingValue): StoredField {
  if (typeof value === "string") return { field: textField(metric), value };
  return { field: numberField(metric), value: typeof value === "boolean" ? Number(value) : value };
}

export function isTextField(field: string): boolean {
  return field.endsWith(TEXT_SUFFIX);
}

/** The inverse of `numberField` and `textField`. */
export function metricOfField(field: string): FieldMeaning {
  const kind = isTextField(field) ? "text" : "number";
  const name = kind === "text" ? field.slice(0, -TEXT_SUFFIX.length) : field;
  return { metric: ESCAPED.test(name) ? name.slice(0, -1) : name, kind };
}
