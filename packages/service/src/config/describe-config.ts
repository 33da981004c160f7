import { isDeepStrictEqual } from "node:util";
import type { TObject } from "@sinclair/typebox";
import { describeType } from "../schema/describe-type.ts";
import { fieldsOf, itemOf } from "./describe-items.ts";
import type { Setting } from "./settings.ts";
import { nameOf, settingsOf } from "./settings.ts";

/** Picks settings by their names: variable and place in YAML. */
export type SettingFilter = (names: readonly string[]) => boolean;

function wantedOf(schema: TObject, isWanted: SettingFilter): readonly Setting[] {
  return settingsOf(schema).filter((setting) => isWanted(namesOf(setting)));
}

function namesOf({ env, path }: Setting): readonly string[] {
  return [...(env === undefined ? [] : [env]), path.join(".")];
}

/** The names of all settings of a schema: variables and places in YAML. */
export function settingNames(schema: TObject): readonly string[] {
  return settingsOf(schema).flatMap(namesOf);
}

/** A setting with the value that holds, as text. */
export interface EffectiveSetting {
  readonly name: string;
  readonly value: string;
  /** Where the value comes from, for a person. */
  readonly from: string;
}

/** The values in force of a configuration that was loaded from `env`; those of secrets are not shown. */
export function effectiveConfig(
  schema: TObject,
  config: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  isWanted: SettingFilter = () => true,
): readonly EffectiveSetting[] {
  return wantedOf(schema, isWanted).map((setting) => {
    const value = setting.path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
    const shown = value === undefined ? "" : setting.secret ? "[secret]" : asVariable(value);
    return { name: nameOf(setting), value: shown, from: originOf(setting, value, env) };
  });
}

function originOf(
  { env: variable, secret, default: byDefault }: Setting,
  value: unknown,
  env: NodeJS.ProcessEnv,
): string {
  if (variable !== undefined && env[variable]) return "environment";
  if (variable !== undefined && secret && env[`${variable}_FILE`]) return `${variable}_FILE`;
  if (value === undefined) return "not set";
  return isDeepStrictEqual(value, byDefault) ? "default" : "configuration file";
}

/**
 * A Markdown table of every setting of a schema, and one of the fields of each list of objects, with an example: the
 * reference that `headwater config` prints. It has no values in force, so no secrets.
 */
export function describeConfig(schema: TObject, isWanted: SettingFilter = () => true): string {
  const wanted = wantedOf(schema, isWanted);
  const rows = wanted.map((setting) =>
    rowOf([
      setting.env === undefined ? "" : `\`${setting.env}\`${setting.secret ? ` or \`${setting.env}_FILE\`` : ""}`,
      `\`${setting.path.join(".")}\``,
      itemOf(setting.schema) === undefined ? describeType(setting.schema) : "a list of objects, below",
      defaultOf(setting),
      setting.description,
    ]),
  );
  return [
    "| Variable | In YAML | Value | Default | Meaning |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...wanted.flatMap(describeList),
  ].join("\n");
}

/** What one item of a list of objects may hold, with an example; nothing for other settings. */
function describeList({ env, path, schema }: Setting): readonly string[] {
  const item = itemOf(schema);
  if (item === undefined) return [];
  const fields = fieldsOf(item).map(({ path: field, value, required, description }) =>
    rowOf([`\`${field}\``, value, required ? "yes" : "", description]),
  );
  const [example] = (schema["examples"] ?? []) as readonly unknown[];
  const yaml = path.join(".");
  return [
    `Each item of \`${yaml}\`${env === undefined ? "" : `, or of \`${env}\` as JSON`}:`,
    "",
    "| Field | Value | Required | Meaning |",
    "| --- | --- | --- | --- |",
    ...fields,
    "",
    ...(example === undefined || env === undefined ? [] : ["```sh", `${env}='${JSON.stringify(example)}'`, "```", ""]),
  ];
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
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
