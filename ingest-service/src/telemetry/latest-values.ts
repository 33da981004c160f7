import { Type } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import { isTextField, type LatestValue, metricOfField } from "@headwater/time-series";
import { millis } from "./rows.ts";

export const latestValuesSchema = Type.Record(
  // A name with a line break, too: the default pattern takes none.
  Type.String({ pattern: "^[^]*$" }),
  Type.Object({
    value: Type.Union([Type.Number(), Type.String()]),
    t: Type.Number({ description: "Milliseconds since the epoch" }),
    time: Type.String({ format: "date-time" }),
  }),
);

/** By the names of metrics. One with numbers and texts has two fields; the newer value counts. */
export function valuesByMetric(latest: readonly LatestValue[]) {
  const values = new Map<string, { value: number | string; t: number; time: string }>();
  for (const { field, time, value } of latest.toSorted(byTime)) {
    values.set(metricOfField(field).metric, { value, t: millis(time), time: isoFromMicros(time) });
  }
  return Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Oldest first; of a metric's number and text of one time the number counts, as in its series. */
function byTime(a: LatestValue, b: LatestValue): number {
  return a.time - b.time || Number(isTextField(b.field)) - Number(isTextField(a.field));
}
