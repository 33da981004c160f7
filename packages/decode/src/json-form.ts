import type { TimeUnit } from "./device-time.ts";

/** What a word stands for; null: for that there is no value. */
export type MappedValue = number | boolean | null;

/** How the JSON (or CBOR) of some devices differs from Headwater's own shapes. Routes say so. */
export interface JsonForm {
  /** Where the time is, as a path in each sample, and what its numbers count. Default: `ts` beside `values`. */
  readonly time?: { readonly path: readonly string[]; readonly unit?: TimeUnit | undefined } | undefined;
  /** Where times of day without a zone are meant. */
  readonly timeZone?: string | undefined;
  /** Text that is a complete JSON number is that number. */
  readonly numbersInText?: boolean | undefined;
  /** What lies in objects and arrays becomes metrics of their own, by path. */
  readonly flatten?: boolean | undefined;
  /** Words instead of values: `ON`, `nan`. */
  readonly map?: ReadonlyMap<string, MappedValue> | undefined;
  /** The metric that the topic names; members of an object go below it, `value` is the metric itself. */
  readonly metric?: string | undefined;
}

export const headwaterForm: JsonForm = {};
