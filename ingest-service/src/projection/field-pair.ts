import { numberField, textField } from "@headwater/time-series";

/** The fields that a metric's values go to. */
export interface FieldPair {
  readonly number: string;
  readonly text: string;
}

/** null for a name that no object can have as a field. */
export function fieldsOf(metric: string): FieldPair | null {
  return metric === "__proto__" ? null : { number: numberField(metric), text: textField(metric) };
}
