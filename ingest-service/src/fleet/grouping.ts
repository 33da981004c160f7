import type { DatabaseSync } from "node:sqlite";
import { RequestError } from "@headwater/core";
import { deviceState } from "../devices/device-model.ts";

/** By what devices are put together: their type, a tag or an attribute. */
export type GroupKey =
  | { readonly of: "type"; readonly text: string }
  | { readonly of: "tag" | "attribute"; readonly name: string; readonly text: string };

/** Throws RequestError for what is none. */
export function parseGroupKey(text: string): GroupKey {
  if (text === "type") return { of: "type", text };
  const [, of, name] = /^(tag|attribute):([^]+)$/.exec(text) ?? [];
  if (of !== undefined && name !== undefined) return { of: of as "tag" | "attribute", name, text };
  throw new RequestError(
    400,
    "unknown-group",
    `\`by\` ${JSON.stringify(text)} is unknown; write type, tag:site or attribute:floor`,
  );
}

/** What a device has of each of them; null: nothing. */
export type Group = Readonly<Record<string, string | number | boolean | null>>;

export function groupOf(db: DatabaseSync, device: string, keys: readonly GroupKey[]): Group {
  const found = deviceState(db, device)?.device;
  return Object.fromEntries(
    keys.map((key) => {
      if (key.of === "type") return [key.text, found === undefined || found.type === "" ? null : found.type];
      const facts = key.of === "tag" ? found?.tags : found?.attributes;
      return [key.text, facts !== undefined && Object.hasOwn(facts, key.name) ? facts[key.name]! : null];
    }),
  );
}
