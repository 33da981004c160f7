import type { DerivedValue } from "../action-kinds/derive/continual.ts";
import { sampleOf, type Reading, type Sample } from "../readings/reading.ts";
import type { Rule } from "./rule.ts";

/**
 * Late data may change what later readings derive, since an expression sees the last values of other metrics. Only what
 * has become different is derived anew, so the fold is done a second time as it was before.
 */

/** A derived value by what it is derived from. */
export function keyOf({ metric, source }: DerivedValue): string {
  return `${source.time}/${source.offset}/${source.index}/${metric}`;
}

/** The samples as they were before the present record brought the fresh readings. */
export function beforeCorrection(
  samples: readonly Sample[],
  fresh: ReadonlySet<Reading>,
  corrected: ReadonlyMap<Reading, Reading>,
): readonly Sample[] {
  return samples.flatMap((sample) => {
    if (!sample.readings.some((reading) => fresh.has(reading))) return [sample];
    const readings = sample.readings.flatMap((reading) => {
      if (!fresh.has(reading)) return [reading];
      return corrected.get(reading) ?? [];
    });
    return readings.length === 0 ? [] : [sampleOf(readings)];
  });
}

/** What a fold of samples from a state on has derived. */
export function derivedBefore(
  { program, derive }: Rule,
  from: unknown,
  samples: readonly Sample[],
): ReadonlyMap<string, DerivedValue["value"]> {
  const values = new Map<string, DerivedValue["value"]>();
  let state = from;
  for (const sample of samples) {
    state = program.step(state, sample);
    for (const each of derive?.(state, sample) ?? []) values.set(keyOf(each), each.value);
  }
  return values;
}
