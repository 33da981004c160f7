import { describe } from "./problems.ts";
import { isOfType } from "./schema-node.ts";
import type { SchemaNode } from "./schema-node.ts";

const maxNames = 8;

/**
 * What to write instead of a value whose type does not fit, as the end of a sentence; empty where there is nothing to
 * say but the type.
 */
function remedyOfType(node: SchemaNode, value: unknown): string {
  switch (node.type) {
    case "string":
      return asText(node, value);
    case "number":
    case "integer":
      return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
        ? `; write ${Number(value)} without quotes`
        : "";
    case "array":
      return node.items !== undefined && fits(node.items, value) ? `; write [${JSON.stringify(value)}]` : "";
    case "object":
      return withKeys(node);
    default:
      return "";
  }
}

function asText(node: SchemaNode, value: unknown): string {
  if (node.format === "headwater-duration") {
    const number = typeof value === "number" && value > 0 ? value : undefined;
    return number === undefined ? "; write it like 30s, 5m or 1h30m" : `; write it with its unit, as in "${number}s"`;
  }
  return typeof value === "number" || typeof value === "boolean" ? `; write it in quotes: "${value}"` : "";
}

function withKeys(node: SchemaNode): string {
  const example = node.examples?.[0];
  if (example !== undefined) return `; write it like ${JSON.stringify(example)}`;
  const names = Object.keys(node.properties ?? {});
  if (names.length === 0) return "";
  const required = names.filter((name) => node.required?.includes(name));
  const shown = [...required, ...names.filter((name) => !required.includes(name))].slice(0, maxNames);
  return `; its keys are ${shown.join(", ")}${shown.length < names.length ? ", …" : ""}`;
}

function fits(node: SchemaNode, value: unknown): boolean {
  if (node.anyOf !== undefined) return node.anyOf.some((branch) => fits(branch, value));
  return node.type !== undefined && isOfType(node.type, value) && (node.enum?.includes(value) ?? true);
}

/** What is found and not wanted, with what to write instead. */
export function wrongType(expected: string, node: SchemaNode, value: unknown): string {
  return `has to be ${expected}, not ${describe(value)}${remedyOfType(node, value)}`;
}
