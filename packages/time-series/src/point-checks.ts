import { isTextField } from "./field-names.ts";

/**
 * Bytes of UTF-8 that one text value may have; InfluxDB's own limit, kept by every adapter so that a store can be
 * swapped.
 */
export const MAX_TEXT_BYTES = 65_535;
/** UTF-8 bytes of a measurement, tag or field name, or a tag's value. */
export const MAX_NAME_BYTES = 1_024;
export const MAX_TAGS = 32;
/**
 * Microseconds that a number holds exactly reach from 1684 to 2255; a store that counts nanoseconds in 64 bits reaches
 * further.
 */
export const MIN_TIME = Number.MIN_SAFE_INTEGER;
/** The first time after all that can be stored. */
export const END_OF_TIME = Number.MAX_SAFE_INTEGER + 1;

/** Why a time cannot be stored, or undefined. */
export function timeFault(time: number): string | undefined {
  if (Number.isSafeInteger(time)) return undefined;
  return `time ${time} is not a whole number of microseconds between the years 1684 and 2255`;
}

/** Why a measurement, tag or field cannot be called so, or undefined. */
export function nameFault(what: string, name: string): string | undefined {
  if (typeof name !== "string" || name === "") return `${what} is empty`;
  if (!name.isWellFormed()) return `${what} is not valid Unicode`;
  if (name.length > MAX_NAME_BYTES || (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    return `${what} is longer than ${MAX_NAME_BYTES} bytes`;
  }
  return undefined;
}

/** Why a measurement with these tags cannot be stored, or undefined. */
export function tagsFault(measurement: string, tags: Readonly<Record<string, string>>): string | undefined {
  const names = Object.keys(tags);
  if (names.length > MAX_TAGS) return `more than ${MAX_TAGS} tags`;
  for (const name of names) {
    const fault = nameFault("tag name", name) ?? nameFault(`tag ${name}`, tags[name] as string);
    if (fault !== undefined) return fault;
  }
  return nameFault("measurement", measurement);
}

/**
 * Why a value cannot be stored in a field, or undefined. The field's name decides its kind; were the first value to
 * decide it, the same log could be stored one way today and another way in a re-projection.
 */
export function valueFault(field: string, value: number | string): string | undefined {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return `field ${field}: ${value} is not a finite number`;
    return isTextField(field) ? `field ${field} holds text, not numbers` : undefined;
  }
  if (typeof value !== "string") return `field ${field}: a ${typeof value} is neither a number nor text`;
  if (!isTextField(field)) return `field ${field} holds numbers; text belongs in a field that ends in _text`;
  if (value.length * 3 > MAX_TEXT_BYTES && Buffer.byteLength(value) > MAX_TEXT_BYTES) {
    return `field ${field}: text longer than ${MAX_TEXT_BYTES} bytes`;
  }
  return value.isWellFormed() ? undefined : `field ${field}: text is not valid Unicode`;
}
