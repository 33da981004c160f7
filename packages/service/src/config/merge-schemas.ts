import type { TObject, TProperties } from "@sinclair/typebox";
import { KindGuard, Type } from "@sinclair/typebox";
import { isDeepStrictEqual } from "node:util";
import { InvariantError } from "@headwater/core";

type MergedProperties<Fragments extends readonly TObject[]> = Fragments extends readonly [
  TObject<infer First>,
  ...infer Rest extends readonly TObject[],
]
  ? First & MergedProperties<Rest>
  : unknown;

/** The schema that has every setting of its fragments. */
export type MergedSchema<Fragments extends readonly TObject[]> =
  MergedProperties<Fragments> extends infer Properties extends TProperties ? TObject<Properties> : never;

/**
 * One configuration schema out of several; sections of the same name are merged. Fragments may share a setting if they
 * declare it alike. Throws InvariantError if two declare the same one differently.
 */
export function mergeSchemas<const Fragments extends readonly TObject[]>(
  ...fragments: Fragments
): MergedSchema<Fragments> {
  return mergeAll(fragments, []) as unknown as MergedSchema<Fragments>;
}

function mergeAll(fragments: readonly TObject[], path: readonly string[]): TObject {
  const properties: TProperties = {};
  for (const fragment of fragments) {
    for (const [key, child] of Object.entries(fragment.properties)) {
      const present = properties[key];
      if (present === undefined || present === child || isDeepStrictEqual(present, child)) properties[key] = child;
      else if (KindGuard.IsObject(present) && KindGuard.IsObject(child)) {
        properties[key] = mergeAll([present, child], [...path, key]);
      } else {
        throw new InvariantError(`The setting ${[...path, key].join(".")} is declared twice, and not alike`);
      }
    }
  }
  return Type.Object(properties);
}
