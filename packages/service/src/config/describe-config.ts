import type { TObject } from "@sinclair/typebox";
import { describeType } from "../schema/describe-type.ts";
import type { Setting } from "./settings.ts";
import { settingsOf } from "./settings.ts";

/**
 * A Markdown table of every setting of a schema: the reference that `headwater config` prints. It has no values in
 * force, so no secrets.
 */
export function describeConfig(schema: TObject): string {
  const rows = settingsOf(schema).map((setting) =>
    [
      setting.env === undefined ? "" : `\`${setting.env}\`${setting.secret ? ` or \`${setting.env}_FILE\`` : ""}`,
      `\`${setting.path.join(".")}\``,
      describeType(setting.schema),
      defaultOf(setting),
      setting.description,
    ]
      .map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " "))
      .join(" | "),
  );
  return [
    "| Variable | In YAML | Value | Default | Meaning |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

function defaultOf(setting: Setting): string {
  if (setting.default === undefined) return setting.optional ? "none" : "**required**";
  if (setting.secret) return "set";
  const text = asVariable(setting.default);
  return text === "" ? "empty" : `\`${text}\``;
}

/** A value as one would write it into the variable. */
function asVariable(value: unknown): string {
  if (typeof value === "string") return value;
  const isList = Array.isArray(value) && value.every((item) => typeof item !== "object");
  return isList ? value.join(",") : JSON.stringify(value);
}
