import { Type } from "@sinclair/typebox";
import type { Static } from "@sinclair/typebox";
import { idMatches } from "@headwater/aggregates";

const text = Type.String({ minLength: 1, maxLength: 256 });
const values = (maxItems: number, description: string) => Type.Array(text, { minItems: 1, maxItems, description });
/** The pattern of tag names, as for devices. */
const tagName = "^[\\p{L}\\p{N}_][\\p{L}\\p{N}_.:\\- ]{0,63}$";

const attributeValue = Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })]);
const attributeValues = Type.Union([
  Type.Number(),
  Type.Boolean(),
  Type.String({ maxLength: 1024 }),
  Type.Array(attributeValue, { minItems: 1, maxItems: 1000 }),
]);

const selectorFields = {
  ids: Type.Optional(values(10_000, "One of these device ids; * stands for any characters, as in boiler-*.")),
  types: Type.Optional(values(100, "One of these device types.")),
  tags: Type.Optional(
    Type.Record(
      Type.String({ pattern: tagName }),
      Type.Union([text, Type.Array(text, { minItems: 1, maxItems: 1000 })]),
      { maxProperties: 32, additionalProperties: false, description: "For every tag: one of these values." },
    ),
  ),
  attributes: Type.Optional(
    Type.Record(Type.String({ pattern: "^[^]{1,200}$" }), attributeValues, {
      maxProperties: 32,
      description: "For every attribute: one of these values.",
    }),
  ),
};

const site = "name the tag that holds it, as in tags: { site: [north] }";
const instead = { sites: site, site };

export const selectorSchema = Type.Object(
  {
    ...selectorFields,
    not: Type.Optional(
      Type.Object(selectorFields, {
        additionalProperties: false,
        minProperties: 1,
        description: "Devices to leave out: those for which all that is named fits.",
        "x-instead": instead,
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "Which devices. All that is named has to fit. Empty or absent: every device, registered or not.",
    "x-instead": instead,
  },
);
export type SelectorDefinition = Static<typeof selectorSchema>;

export interface NormalSelector {
  readonly ids: ReadonlySet<string> | undefined;
  /** Of the ids those with a `*`. */
  readonly idPatterns: readonly string[];
  readonly types: ReadonlySet<string> | undefined;
  readonly tags: readonly { readonly name: string; readonly values: ReadonlySet<string> }[];
  readonly attributes: readonly { readonly name: string; readonly values: ReadonlySet<number | boolean | string> }[];
  /** Devices that are left out. */
  readonly not: NormalSelector | undefined;
}

export interface SelectableDevice {
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, number | boolean | string>>;
}

export function normaliseSelector(selector: SelectorDefinition | undefined): NormalSelector {
  const { ids, types, tags, attributes, not } = selector ?? {};
  return {
    ids: ids && new Set(ids),
    idPatterns: (ids ?? []).filter((id) => id.includes("*")),
    types: types && new Set(types),
    tags: Object.entries(tags ?? {}).map(([name, wanted]) => ({
      name,
      values: new Set(typeof wanted === "string" ? [wanted] : wanted),
    })),
    attributes: Object.entries(attributes ?? {}).map(([name, wanted]) => ({
      name,
      values: new Set(Array.isArray(wanted) ? wanted : [wanted]),
    })),
    not: not === undefined ? undefined : normaliseSelector(not),
  };
}

/** Whether a device is selected. `device` is undefined for an unregistered one, which only ids can select. */
export function selects(selector: NormalSelector, id: string, device: SelectableDevice | undefined): boolean {
  const { ids, idPatterns } = selector;
  if (ids !== undefined && !ids.has(id) && !idPatterns.some((pattern) => idMatches(pattern, id))) return false;
  if (selector.types !== undefined && (device === undefined || !selector.types.has(device.type))) return false;
  const hasTags = selector.tags.every(({ name, values: wanted }) => {
    const has = device !== undefined && Object.hasOwn(device.tags, name) ? device.tags[name] : undefined;
    return has !== undefined && wanted.has(has);
  });
  const hasAttributes = selector.attributes.every(({ name, values: wanted }) => {
    const has = device !== undefined && Object.hasOwn(device.attributes, name) ? device.attributes[name] : undefined;
    return has !== undefined && wanted.has(has);
  });
  return hasTags && hasAttributes && (selector.not === undefined || !selects(selector.not, id, device));
}

/** False: no device can be selected by both, as they want different ids, types, tags or attributes. */
export function mayShareDevice(a: NormalSelector, b: NormalSelector): boolean {
  const arePlain = a.idPatterns.length === 0 && b.idPatterns.length === 0;
  if (arePlain && areApart(a.ids, b.ids)) return false;
  if (areApart(a.types, b.types)) return false;
  for (const [some, others] of [
    [a.tags, b.tags],
    [a.attributes, b.attributes],
  ] as const) {
    for (const { name, values: wanted } of some) {
      if (areApart<number | boolean | string>(wanted, others.find((each) => each.name === name)?.values)) return false;
    }
  }
  return true;
}

function areApart<T>(a: ReadonlySet<T> | undefined, b: ReadonlySet<T> | undefined): boolean {
  return a !== undefined && b !== undefined && ![...a].some((each) => b.has(each));
}
