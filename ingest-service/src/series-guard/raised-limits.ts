import type { AttributeValue } from "@headwater/aggregates";
import { seriesLimitAttribute } from "./series-limits.ts";

/** Devices whose limits are kept; they are asked for at every reading that is beyond. */
const maxKept = 10_000;
/** Nobody means more. */
const maxLimit = 10_000_000;

/** Limits of their own that devices were given, by an attribute. */
export class RaisedLimits {
  readonly #attributesOf: (device: string) => Readonly<Record<string, AttributeValue>> | undefined;
  readonly #kept = new Map<string, number | undefined>();

  constructor(attributesOf: (device: string) => Readonly<Record<string, AttributeValue>> | undefined) {
    this.#attributesOf = attributesOf;
  }

  /** undefined: that of all devices. */
  of(device: string): number | undefined {
    if (this.#kept.has(device)) return this.#kept.get(device);
    if (this.#kept.size >= maxKept) this.#kept.clear();
    const given = this.#attributesOf(device)?.[seriesLimitAttribute];
    const limit = typeof given === "number" && given >= 0 && given <= maxLimit ? Math.floor(given) : undefined;
    this.#kept.set(device, limit);
    return limit;
  }

  /** The device is another one, or has other attributes. */
  changed(device: string): void {
    this.#kept.delete(device);
  }
}
