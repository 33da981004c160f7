import { dirname, resolve } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { isCollection, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from "yaml";
import { SimulationError } from "../errors.ts";
import { FleetFault } from "./fleet-fault.ts";
import { type Fleet, fleetOf } from "./fleet.ts";
import { readTextFile } from "../text-file.ts";
import { signalSchema } from "../signals/signal-schema.ts";
import { fleetSchema, type FleetSpec } from "./fleet-schema.ts";

const mostBytes = 1024 * 1024;

/**
 * Reads a fleet, and the series that it names, whole before anything starts.
 * @throws SimulationError with the file, the line, the path, what is wrong there and what to do.
 */
export function readFleet(file: string): Fleet {
  const text = readTextFile(file, "the fleet", mostBytes);
  const lines = new LineCounter();
  // The parser would hold each key against each other: minutes for a file of a megabyte.
  const options = { stringKeys: true, uniqueKeys: false, lineCounter: lines, logLevel: "error" } as const;
  const document = parseDocument(text, options);
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new SimulationError(`${file}:${line}: this is not valid YAML: ${broken.message.split("\n", 1)[0]!}`);
  }
  const repeated = repeatedKey(document);
  if (repeated !== undefined) {
    const { line } = lines.linePos(startOf(repeated) ?? 0);
    throw new SimulationError(`${file}:${line}: \`${keyOf(repeated)}\` is here twice; leave one of them out`);
  }
  const spec = valuesOf(file, document);
  const fault = firstFault(spec);
  if (fault !== undefined) throw faultAt(file, document, lines, fault);
  try {
    return fleetOf(spec as FleetSpec, dirname(resolve(file)));
  } catch (error) {
    if (error instanceof FleetFault) throw faultAt(file, document, lines, error);
    throw error;
  }
}

/** The first key that its mapping has had before. */
function repeatedKey(document: Document): unknown {
  let repeated: unknown;
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>();
      for (const { key } of items) {
        const before = names.size;
        if (names.add(keyOf(key)).size > before) continue;
        repeated = key;
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return repeated;
}

/** Aliases that lead nowhere, or that unfold without end, are found here alone. */
function valuesOf(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new SimulationError(
      `${file}:1: this YAML cannot be unfolded: ${(cause as Error).message}; write out what its aliases (*name) stand for`,
      { cause },
    );
  }
}

interface Fault {
  /** A JSON Pointer. */
  readonly path: string;
  readonly message: string;
}

function faultAt(file: string, document: Document, lines: LineCounter, { path, message }: Fault): SimulationError {
  const where = path === "" ? "" : `${path.slice(1).replaceAll("/", ".")}: `;
  return new SimulationError(`${file}:${lineOf(document, lines, path)}: ${where}${message}`);
}

/** The one that lies deepest says most: of a choice it is that of the alternative that was meant. */
function firstFault(spec: unknown): Fault | undefined {
  if (spec === null || typeof spec !== "object" || Array.isArray(spec)) {
    return { path: "", message: "a fleet is a mapping; it needs at least `profiles`" };
  }
  const faults = [...Value.Errors(fleetSchema, spec)].flatMap(alternatives);
  return faults.map(faultOf).toSorted((a, b) => depth(b.path) - depth(a.path))[0];
}

function alternatives(error: ValueError): ValueError[] {
  const shape = (error.value as { shape?: unknown } | null | undefined)?.shape;
  const isSignal = error.schema["anyOf"] === signalSchema.anyOf;
  if (!isSignal) return [error];
  const meant = signalSchema.anyOf.find((each) => each.properties.shape.const === shape);
  if (meant === undefined) return [error];
  return [...Value.Errors(meant, error.value)].map((inner) => ({ ...inner, path: error.path + inner.path }));
}

function faultOf({ path, message, value, schema }: ValueError): Fault {
  if (schema["anyOf"] === signalSchema.anyOf) {
    const shapes = signalSchema.anyOf.map((each) => each.properties.shape.const).join(", ");
    return { path, message: `a signal has a \`shape\` of ${shapes}` };
  }
  if (message === "Unexpected property") {
    const parent = path.slice(0, path.lastIndexOf("/"));
    const name = path
      .slice(path.lastIndexOf("/") + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    const pattern = schemaAt(parent)?.["patternProperties"];
    if (pattern !== undefined) {
      const [wanted] = Object.keys(pattern);
      return { path, message: `${JSON.stringify(name.slice(0, 100))} is no name here; a name matches ${wanted!}` };
    }
    const known = Object.keys(schemaAt(parent)?.["properties"] ?? {}).join(", ");
    return { path, message: `there is no \`${name}\` here${known === "" ? "" : `; known are ${known}`}` };
  }
  if (message === "Expected required property") return { path, message: "is missing; add it" };
  const wanted = typeof schema["description"] === "string" ? ` (${schema["description"]})` : "";
  const found = value === undefined ? "" : `, not ${shown(value)}`;
  const expected = message === "Expected union value" ? `expected ${choices(schema)}` : lowered(message);
  return { path, message: `${expected}${found}${wanted}` };
}

/** A value for a person; an object may hold itself by an alias. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a mapping";
  return typeof value === "string" ? JSON.stringify(value).slice(0, 60) : String(value);
}

/** What a schema of alternatives takes: `succeeded, failed or none`, `number or string`. */
function choices(schema: TSchema): string {
  const each = (schema["anyOf"] as TSchema[]).map((one) => String(one["const"] ?? one["type"]));
  return each.length < 2 ? each.join("") : `${each.slice(0, -1).join(", ")} or ${each.at(-1)!}`;
}

/** What an object at a path is validated by. */
function schemaAt(pointer: string): Readonly<Record<string, object | undefined>> | undefined {
  let schema: Record<string, object | undefined> | undefined = fleetSchema;
  for (const step of pointer.split("/").slice(1)) {
    const properties = schema?.["properties"] as Record<string, Record<string, object>> | undefined;
    const pattern = schema?.["patternProperties"] as Record<string, Record<string, object>> | undefined;
    const items = schema?.["items"] as Record<string, object> | undefined;
    schema = properties?.[step] ?? (pattern && Object.values(pattern)[0]) ?? items;
  }
  return schema;
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function depth(path: string): number {
  return path.split("/").length;
}

/** The line of what a pointer leads to; of what is not there, that of where it is missing. */
function lineOf(document: Document, lines: LineCounter, pointer: string): number {
  let node: unknown = document.contents;
  let start = startOf(node) ?? 0;
  for (const step of pointer.split("/").slice(1)) {
    if (!isCollection(node)) break;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    const pair = isSeq(node) ? undefined : node.items.find((item) => isPair(item) && keyOf(item.key) === name);
    node = isSeq(node) ? node.get(Number(name), true) : (pair as { value?: unknown } | undefined)?.value;
    start = startOf((pair as { key?: unknown } | undefined)?.key) ?? startOf(node) ?? start;
  }
  return lines.linePos(start).line;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | undefined)?.range?.[0];
}
