import type { NormalSelector } from "./selector.ts";

/**
 * What a selector is found by: of all that it names, the one thing that is likely to name the fewest devices. Nothing
 * at all: every device may be one of its own.
 */
export interface SelectorKeys {
  readonly ids: readonly string[];
  /** What ids begin with that are given with a `*`. */
  readonly prefixes: readonly string[];
  readonly types: readonly string[];
  readonly tag: { readonly name: string; readonly values: readonly string[] } | undefined;
}

export function selectorKeys({ ids, idPatterns, types, tags }: NormalSelector): SelectorKeys {
  const keys: SelectorKeys = { ids: [], prefixes: [], types: [], tag: undefined };
  const prefixes = [...new Set(idPatterns.map((pattern) => pattern.slice(0, pattern.indexOf("*"))))];
  if (ids !== undefined && !prefixes.includes("")) {
    return { ...keys, ids: [...ids].filter((id) => !id.includes("*")), prefixes };
  }
  if (types !== undefined) return { ...keys, types: [...types] };
  const [least] = tags.toSorted((a, b) => a.values.size - b.values.size);
  return least === undefined ? keys : { ...keys, tag: { name: least.name, values: [...least.values] } };
}
