import { numberField, textField } from "@headwater/time-series";

/** The fields that a metric's values go to. */
export interface FieldPair {
  readonly metric: string;
  readonly number: string;
  readonly text: string;
}

export function fieldsOf(metric: string): FieldPair {
  return { metric, number: numberField(metric), text: textField(metric) };
}

/** null for a name that an object does not take by plain assignment, as the hot path assigns. */
export function plainFieldsOf(metric: string): FieldPair | null {
  return metric === "__proto__" ? null : fieldsOf(metric);
}
