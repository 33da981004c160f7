import type { Static, TObject } from "@sinclair/typebox";
import { readFileSync } from "node:fs";
import { ConfigError } from "@headwater/core";
import { convertText } from "../schema/convert-text.ts";
import { nearest } from "../schema/nearest.ts";
import { schemaProblems } from "../schema/problems.ts";
import { isSection, readYaml } from "./read-yaml.ts";
import type { Setting } from "./settings.ts";
import { nameOf, settingsOf } from "./settings.ts";

/** The variable that names the YAML file. */
export const configFileVariable = "HEADWATER_CONFIG_FILE";

const prefix = "HEADWATER_";

export interface LoadConfigOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the file that HEADWATER_CONFIG_FILE names, if it is set. */
  readonly yamlFile?: string;
  /** Values of a command line or a test, which win over file and environment. Sections nest as in the schema. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /**
   * Schemas of other services that share this environment and file, or names of single variables: known, though not
   * used here.
   */
  readonly alsoKnown?: readonly (TObject | string)[];
}

/** A value and where it was found, for messages. */
interface Found {
  readonly value: unknown;
  readonly where: string;
  /** There the setting goes by its place, not by its variable. */
  readonly byPath?: boolean;
}

/**
 * The settings of a schema: defaults, under the YAML file, under the environment, under `overrides`. A variable that is
 * set to nothing counts as not set. A secret may be given as a file (`NAME_FILE`).
 * Throws one ConfigError that names everything that is wrong: unknown keys with the nearest known one, values that do
 * not fit, what is missing.
 */
export function loadConfig<S extends TObject>(schema: S, options: LoadConfigOptions): Static<S> {
  const problems: string[] = [];
  const settings = settingsOf(schema);
  const others = (options.alsoKnown ?? [])
    .filter((known) => typeof known !== "string")
    .flatMap((known) => settingsOf(known));
  const otherNames = (options.alsoKnown ?? []).filter((known) => typeof known === "string");

  const yaml = loadYaml(options, problems);
  findUnknownVariables(options.env, [...settings, ...others], otherNames, problems);
  if (yaml !== undefined) findUnknownKeys(yaml.value, [...settings, ...others], [], yaml.file, problems);
  if (options.overrides !== undefined) findUnknownKeys(options.overrides, settings, [], "the overrides", problems);

  const config: Record<string, unknown> = {};
  for (const setting of settings) {
    const found = find(setting, options, yaml, problems);
    const value = found === undefined ? setting.default : found.value;
    if (value === undefined) {
      if (found === undefined && !setting.optional) problems.push(missing(setting));
      continue;
    }
    const [wrong] = schemaProblems(setting.schema, value);
    if (wrong === undefined) put(config, setting.path, structuredClone(value));
    else problems.push(mismatch(setting, wrong, found ?? { value, where: "the default" }));
  }
  // Sections of which every setting is absent are still there.
  for (const setting of settings) section(config, setting.path);

  if (problems.length > 0) throw new ConfigError(problems.join("; "), { details: { problems } });
  return config;
}

interface Yaml {
  readonly file: string;
  readonly value: Record<string, unknown>;
}

function loadYaml(options: LoadConfigOptions, problems: string[]): Yaml | undefined {
  const file = options.yamlFile ?? options.env[configFileVariable];
  if (file === undefined || file === "") return undefined;
  const read = readYaml(file);
  if ("value" in read) return { file, value: read.value };
  problems.push(read.problem);
  return undefined;
}

function find(
  setting: Setting,
  options: LoadConfigOptions,
  yaml: Yaml | undefined,
  problems: string[],
): Found | undefined {
  const overriding = at(options.overrides ?? {}, setting.path);
  if (overriding !== undefined) return { value: overriding, where: "the overrides" };
  const variable = fromEnvironment(setting, options.env, problems);
  if (variable !== undefined) return variable;
  const inFile = yaml === undefined ? undefined : at(yaml.value, setting.path);
  if (inFile === undefined || inFile === null) return undefined;
  const value = typeof inFile === "string" ? convertText(setting.schema, inFile) : inFile;
  return { value, where: yaml!.file, byPath: true };
}

function fromEnvironment(setting: Setting, env: LoadConfigOptions["env"], problems: string[]): Found | undefined {
  if (setting.env === undefined) return undefined;
  const text = env[setting.env];
  const fileVariable = `${setting.env}_FILE`;
  const file = setting.secret ? env[fileVariable] : undefined;
  if (text !== undefined && text !== "") {
    if (file !== undefined && file !== "") problems.push(`${setting.env} and ${fileVariable} are both set; keep one`);
    return { value: convertText(setting.schema, text), where: "the environment" };
  }
  if (file === undefined || file === "") return undefined;
  try {
    const content = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    return { value: convertText(setting.schema, content), where: file };
  } catch (error) {
    problems.push(`${fileVariable} names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return { value: undefined, where: file };
  }
}

function findUnknownVariables(
  env: LoadConfigOptions["env"],
  settings: readonly Setting[],
  otherNames: readonly string[],
  problems: string[],
): void {
  const known = new Set([configFileVariable, ...otherNames]);
  for (const setting of settings) {
    if (setting.env === undefined) continue;
    known.add(setting.env);
    if (setting.secret) known.add(`${setting.env}_FILE`);
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith(prefix) && env[name] !== undefined && !known.has(name))
      problems.push(unknown(name, "the environment", known));
  }
}

function findUnknownKeys(
  values: Readonly<Record<string, unknown>>,
  settings: readonly Setting[],
  path: readonly string[],
  where: string,
  problems: string[],
): void {
  const paths = settings.map((setting) => setting.path.join("."));
  for (const [key, value] of Object.entries(values)) {
    const here = [...path, key].join(".");
    if (paths.includes(here)) continue;
    if (!paths.some((known) => known.startsWith(`${here}.`))) {
      problems.push(unknown(here, where, [...paths, ...sections(paths)]));
    } else if (isSection(value)) {
      findUnknownKeys(value, settings, [...path, key], where, problems);
    } else if (value !== null && value !== undefined) {
      problems.push(`${here} in ${where} has to be a section with settings below it`);
    }
  }
}

function sections(paths: readonly string[]): Iterable<string> {
  return new Set(paths.filter((path) => path.includes(".")).map((path) => path.slice(0, path.lastIndexOf("."))));
}

function unknown(name: string, where: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  const advice =
    near === undefined ? "remove it, or see `headwater config` for what there is" : `did you mean ${near}?`;
  return `${name} in ${where} is not a setting; ${advice}`;
}

function missing(setting: Setting): string {
  const place = `${setting.path.join(".")} in the configuration file`;
  const purpose = setting.description === "" ? "" : ` (${setting.description})`;
  if (setting.env === undefined) return `${place} is missing${purpose}`;
  const file = setting.secret ? ` or ${setting.env}_FILE` : "";
  return `${setting.env} is missing${purpose}; set it${file}, or ${place}`;
}

function mismatch(
  setting: Setting,
  wrong: { readonly pointer: string; readonly detail: string },
  { where, byPath = false }: Found,
): string {
  // The detail shows the value, so that of a secret is another.
  const detail = setting.secret ? "does not have the form it needs" : wrong.detail;
  if (byPath) return `${setting.path.join(".")}${placeOf(wrong.pointer)} in ${where} ${detail}`;
  const place = wrong.pointer === "" ? "" : ` at ${wrong.pointer}`;
  return `${nameOf(setting)} in ${where}${place} ${detail}`;
}

/** `/0/time/unit` as people write it below a name: `[0].time.unit`. */
function placeOf(pointer: string): string {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
}

function at(values: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let here: unknown = values;
  for (const key of path) {
    if (!isSection(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

function put(config: Record<string, unknown>, path: readonly string[], value: unknown): void {
  section(config, path)[path.at(-1)!] = value;
}

function section(config: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  let here = config;
  for (const key of path.slice(0, -1)) here = (here[key] ??= {}) as Record<string, unknown>;
  return here;
}
