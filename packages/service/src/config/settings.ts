import type { TObject, TSchema } from "@sinclair/typebox";
import { KindGuard, OptionalKind } from "@sinclair/typebox";

/** One setting: a leaf of a configuration schema. */
export interface Setting {
  /** Where it stands in YAML. */
  readonly path: readonly string[];
  readonly schema: TSchema;
  readonly env: string | undefined;
  readonly default: unknown;
  readonly optional: boolean;
  readonly secret: boolean;
  readonly description: string;
}

/** Every leaf of a schema, in the order of declaration. An object without properties of its own is a leaf. */
export function settingsOf(schema: TObject, path: readonly string[] = []): readonly Setting[] {
  return Object.entries(schema.properties).flatMap(([key, child]) => {
    const here = [...path, key];
    if (KindGuard.IsObject(child) && child["env"] === undefined) return settingsOf(child, here);
    return [
      {
        path: here,
        schema: child,
        env: child["env"] as string | undefined,
        default: child.default,
        optional: OptionalKind in child,
        secret: child["secret"] === true,
        description: child.description ?? "",
      },
    ];
  });
}

/** How a setting is named to people: its variable if it has one, else its place in YAML. */
export function nameOf(setting: Setting): string {
  return setting.env ?? setting.path.join(".");
}
