import type { TSchema } from "@sinclair/typebox";
import { KindGuard, OptionalKind } from "@sinclair/typebox";
import { describeType } from "../schema/describe-type.ts";

/** A field of the items of a list, or of an object in them: `tls.caFile`, `subscriptions[].filter`. */
export interface ItemField {
  readonly path: string;
  readonly value: string;
  readonly required: boolean;
  readonly description: string;
}

/** The object that each item of this list is; undefined if the schema is no list of objects. */
export function itemOf(schema: TSchema): TSchema | undefined {
  return KindGuard.IsArray(schema) && KindGuard.IsObject(schema.items) ? schema.items : undefined;
}

/** The fields of an object with those of the objects in it, in the order of declaration. */
export function fieldsOf(item: TSchema, before = ""): readonly ItemField[] {
  const properties = (item["properties"] ?? {}) as Readonly<Record<string, TSchema>>;
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${before}${name}`;
    const inner = itemOf(schema);
    const isObject = KindGuard.IsObject(schema);
    const own: ItemField = {
      path,
      value:
        inner !== undefined ? "a list, each item as below" : isObject ? "an object, as below" : describeType(schema),
      required: !(OptionalKind in schema),
      description: schema.description ?? "",
    };
    // A whole list that stands elsewhere in the reference, as the routes of a bridge do, is not told twice.
    if (schema["sameAs"] !== undefined) return [{ ...own, value: `as the items of \`${String(schema["sameAs"])}\`` }];
    if (inner !== undefined) return [own, ...fieldsOf(inner, `${path}[].`)];
    return isObject ? [own, ...fieldsOf(schema, `${path}.`)] : [own];
  });
}
