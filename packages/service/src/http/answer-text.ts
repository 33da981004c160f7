import type { TSchema } from "@sinclair/typebox";
import type { FastifySerializerCompiler } from "fastify";
import { InvariantError } from "@headwater/core";

/**
 * Writes answers as JSON with what their schema declares and nothing else, so that what a handler holds beside never
 * goes out. Nothing is compiled for it: code made from each schema takes a tenth of a process's start, and again
 * dozens of milliseconds of the event loop when a route is asked for the first time.
 */
export const serializerCompiler: FastifySerializerCompiler<TSchema> = ({ schema, method, url }) => {
  let declared: Shape | undefined;
  return (answer: unknown) => {
    declared ??= shapeOf(schema as Keywords, `the answer to ${method} ${url}`);
    return JSON.stringify(declared(answer));
  };
};

/** What of a value goes out. */
type Shape = (value: unknown) => unknown;
type Members = Readonly<Record<string, unknown>>;

/** Of JSON Schema what answers use. */
interface Keywords {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Keywords>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Keywords>>;
  readonly items?: Keywords;
  readonly anyOf?: readonly Keywords[];
}

const whole: Shape = (value) => value;

function shapeOf(schema: Keywords, where: string): Shape {
  if (schema.anyOf !== undefined) return variantOf(schema.anyOf, where);
  if (schema.properties !== undefined) return membersOf(schema.properties, schema.required ?? [], where);
  // One that declares no names is a record, and every name is of it.
  const [ofRecord] = Object.values(schema.patternProperties ?? {});
  if (ofRecord !== undefined) return recordOf(shapeOf(ofRecord, where));
  if (schema.items !== undefined) return listOf(shapeOf(schema.items, where));
  if (schema.type === "integer") return (value) => (typeof value === "number" ? Math.trunc(value) : value);
  return whole;
}

function membersOf(properties: Readonly<Record<string, Keywords>>, required: readonly string[], where: string): Shape {
  const needed = new Set(required);
  const members = Object.entries(properties).map(([name, schema]) => ({
    name,
    isNeeded: needed.has(name),
    shape: shapeOf(schema, `${name} of ${where}`),
  }));
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const shown: Record<string, unknown> = {};
    for (const { name, isNeeded, shape } of members) {
      const member = (value as Members)[name];
      if (member !== undefined) shown[name] = shape === whole ? member : shape(member);
      else if (isNeeded) throw new InvariantError(`${name} of ${where} is missing`);
    }
    return shown;
  };
}

function recordOf(shape: Shape): Shape {
  if (shape === whole) return whole;
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    // Without a prototype: the record may have a name like `__proto__`.
    const shown = Object.create(null) as Record<string, unknown>;
    for (const [name, member] of Object.entries(value)) shown[name] = shape(member);
    return shown;
  };
}

function listOf(shape: Shape): Shape {
  if (shape === whole) return whole;
  return (value) => (Array.isArray(value) ? value.map(shape) : value);
}

/** The first variant that a value fits; among plain values there is nothing to choose. */
function variantOf(variants: readonly Keywords[], where: string): Shape {
  const shapes = variants.map((schema) => ({ schema, shape: shapeOf(schema, where) }));
  if (shapes.every(({ shape }) => shape === whole)) return whole;
  return (value) => {
    const found = shapes.find(({ schema }) => fits(schema, value));
    if (found === undefined) throw new InvariantError(`${where} is of none of its variants`);
    return found.shape(value);
  };
}

/** Whether a value is of the kind of a variant, and has the members that tell it from the others. */
function fits({ type, const: only, properties = {}, required = [] }: Keywords, value: unknown): boolean {
  if (only !== undefined) return value === only;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  if (type !== undefined && ![type].flat().some((name) => name === kind || (name === "integer" && kind === "number"))) {
    return false;
  }
  if (kind !== "object") return true;
  return required.every((name) => {
    const member = (value as Members)[name];
    const literal = properties[name]?.const;
    return member !== undefined && (literal === undefined || member === literal);
  });
}
