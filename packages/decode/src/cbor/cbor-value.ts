import { exactNumber, InexactNumber } from "../json-text.ts";
import type { Unreadable } from "../unreadable.ts";

/** A map's keys are text or, in SenML, whole numbers. */
export type CborMap = ReadonlyMap<string | number, CborValue>;
/**
 * undefined is CBOR's own. Bytes come as Uint8Array; a number that a double cannot hold, NaN and the infinities as
 * InexactNumber.
 */
export type CborValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | Uint8Array
  | InexactNumber
  | Unreadable
  | readonly CborValue[]
  | CborMap;

/** A whole number; InexactNumber where a double cannot hold it. */
export function wholeNumber(value: number | bigint): number | InexactNumber {
  return typeof value === "number" ? value : (exactNumber(value) ?? new InexactNumber(String(value)));
}
