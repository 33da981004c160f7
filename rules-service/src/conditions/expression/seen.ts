import type { Device } from "@headwater/aggregates";
import type { Sample } from "../../readings/reading.ts";
import type { Scope } from "./cel.ts";

type ScopeValue = number | string | boolean;

/** Last values of metrics, in their order; null: never heard. */
export type LastValues = readonly (ScopeValue | null)[];

const noDevice: Scope["device"] = { id: "", type: "", tags: {}, attributes: {} };

/** The values after a sample: the same list if it changes none of them. */
export function valuesAfter(metrics: readonly string[], values: LastValues, { readings }: Sample): LastValues {
  let after: (ScopeValue | null)[] | undefined;
  for (const { metric, value, isBoolean } of readings) {
    const index = metrics.indexOf(metric);
    const own = isBoolean ? value === 1 : value;
    if (index < 0 || (after ?? values)[index] === own) continue;
    after ??= [...values];
    after[index] = own;
  }
  return after ?? values;
}

/** By name, without what was never heard. */
export function metricsOf(metrics: readonly string[], values: LastValues): Record<string, ScopeValue> {
  const known: Record<string, ScopeValue> = Object.create(null) as Record<string, never>;
  for (const [index, metric] of metrics.entries()) {
    const value = values[index];
    if (value !== null && value !== undefined) known[metric] = value;
  }
  return known;
}

/** The device's own fields, for an expression that names them. */
export function deviceFieldsOf(device: Device | undefined, namesDevice: boolean): Scope["device"] {
  if (!namesDevice || device === undefined) return noDevice;
  const { id, type, tags, attributes } = device;
  return { id, type, tags, attributes };
}
