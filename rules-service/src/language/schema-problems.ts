import type { TSchema } from "@sinclair/typebox";
import { nearest } from "@headwater/service/schema";
import { describe, pointerTo } from "./problems.ts";
import type { Problems } from "./problems.ts";
import { wrongType } from "./remedy.ts";
import { article, isOfType } from "./schema-node.ts";
import type { SchemaNode } from "./schema-node.ts";

/**
 * Checks a value against the schema of a rule and adds its problems in plain words. The published schema is the
 * enforced one. Generic validators are not used, since their messages name neither the nearest key nor a remedy.
 */
export function schemaProblems(schema: TSchema, value: unknown, pointer: string, problems: Problems): void {
  check(schema, value, pointer, problems);
}

function check(node: SchemaNode, value: unknown, pointer: string, problems: Problems): void {
  if (problems.full || node["x-checkedByKind"] === true) return;
  if (node.anyOf !== undefined) return checkBranch(node.anyOf, value, pointer, problems);
  if (node.enum !== undefined) return checkEnum(node.enum, value, pointer, problems);
  if (node.type !== undefined && !isOfType(node.type, value)) {
    problems.add(pointer, wrongType(article(node.type), node, value));
    return;
  }
  if (typeof value === "string") checkText(node, value, pointer, problems);
  else if (typeof value === "number") checkNumber(node, value, pointer, problems);
  else if (Array.isArray(value)) checkList(node, value, pointer, problems);
  else if (typeof value === "object" && value !== null) {
    checkObject(node, value as Readonly<Record<string, unknown>>, pointer, problems);
  }
}

function checkBranch(branches: readonly SchemaNode[], value: unknown, pointer: string, problems: Problems): void {
  const branch = branches.find((candidate) => candidate.type !== undefined && isOfType(candidate.type, value));
  if (branch !== undefined) return check(branch, value, pointer, problems);
  const kinds = branches.map((candidate) => article(candidate.type ?? "value")).join(" or ");
  problems.add(pointer, wrongType(kinds, branches[0]!, value));
}

function checkEnum(known: readonly unknown[], value: unknown, pointer: string, problems: Problems): void {
  if (known.includes(value)) return;
  const names = known.map(String);
  const near = typeof value === "string" ? nearest(value, names) : undefined;
  const hint = near === undefined ? "use one of" : `did you mean ${JSON.stringify(near)}? Known are`;
  problems.add(pointer, `${describe(value)} is not known; ${hint} ${names.join(", ")}`);
}

function checkText(node: SchemaNode, text: string, pointer: string, problems: Problems): void {
  if (text.length < (node.minLength ?? 0)) problems.add(pointer, `needs at least ${node.minLength} character(s)`);
  else if (text.length > (node.maxLength ?? Infinity)) {
    problems.add(pointer, `is ${text.length} characters long; at most ${node.maxLength} are taken`);
  } else if (node.pattern !== undefined && !new RegExp(node.pattern, "u").test(text)) {
    const instead = node["x-instead"] ?? {};
    problems.add(
      pointer,
      Object.hasOwn(instead, text)
        ? `${describe(text)} is not known; ${instead[text]}`
        : `${describe(text)} does not fit ${node.pattern}${node.description ? `: ${node.description}` : ""}`,
    );
  }
}

function checkNumber(node: SchemaNode, value: number, pointer: string, problems: Problems): void {
  const [least, most] = [node.minimum ?? -Infinity, node.maximum ?? Infinity];
  if (value < least || value > most) problems.add(pointer, `${value} is out of range; choose from ${least} to ${most}`);
}

function checkList(node: SchemaNode, list: readonly unknown[], pointer: string, problems: Problems): void {
  if (list.length < (node.minItems ?? 0)) problems.add(pointer, `needs at least ${node.minItems} item(s)`);
  if (list.length > (node.maxItems ?? Infinity)) {
    problems.add(pointer, `has ${list.length} items; at most ${node.maxItems} are taken`);
    return;
  }
  if (node.items !== undefined) {
    for (const [index, item] of list.entries()) {
      if (problems.full) return;
      check(node.items, item, pointerTo(pointer, index), problems);
    }
  }
}

function checkObject(
  node: SchemaNode,
  object: Readonly<Record<string, unknown>>,
  pointer: string,
  problems: Problems,
): void {
  const known = node.properties ?? {};
  const keys = Object.keys(object);
  if (keys.length < (node.minProperties ?? 0)) problems.add(pointer, `needs at least ${node.minProperties} entry`);
  if (keys.length > (node.maxProperties ?? Infinity)) {
    problems.add(pointer, `has ${keys.length} entries; at most ${node.maxProperties} are taken`);
    return;
  }
  for (const name of node.required ?? []) {
    if (object[name] !== undefined) continue;
    const { description } = known[name] ?? {};
    problems.add(pointerTo(pointer, name), `is missing; add it${description === undefined ? "" : `: ${description}`}`);
  }
  const entries = Object.values(node.patternProperties ?? {})[0];
  const entryName = Object.keys(node.patternProperties ?? {})[0];
  for (const key of keys) {
    if (problems.full) return;
    const at = pointerTo(pointer, key);
    const value = object[key];
    if (Object.hasOwn(known, key)) {
      if (value !== undefined) check(known[key]!, value, at, problems);
    } else if (entries !== undefined && new RegExp(entryName!, "u").test(key)) check(entries, value, at, problems);
    else if (node.additionalProperties === false) problems.add(at, unknownKey(node, key, Object.keys(known)));
  }
}

function unknownKey(node: SchemaNode, key: string, known: readonly string[]): string {
  const instead = node["x-instead"] ?? {};
  const name = describe(key).replace(/^text /, "");
  if (Object.hasOwn(instead, key)) return `${name} is not known here; ${instead[key]}`;
  const near = nearest(key, [...known, ...Object.keys(instead)]);
  if (known.length === 0) return `${name} is no name that can stand here`;
  return near === undefined
    ? `${name} is not known here; remove it, or use one of ${known.join(", ")}`
    : `${name} is not known here; did you mean ${JSON.stringify(near)}? Rename or remove it`;
}
