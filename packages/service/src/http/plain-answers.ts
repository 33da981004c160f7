import type { FastifySchema, RouteOptions } from "fastify";

type Json = Readonly<Record<string, unknown>>;

/** What is written of them goes by their type alone, whatever else their schemas say. */
const plainTypes: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean", "null"]);
/** Here a schema holds data, and not another schema. */
const dataKeys: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);

/** Responses as they are documented, by those that answers are written by. */
const documented = new WeakMap<object, unknown>();

/**
 * Call for each route. A union in a response makes the serializer check each value against its variants, and make the
 * code for that within the first answer, which holds the event loop for tens of milliseconds. Of texts, numbers and the
 * like it need not: one of several texts is a text, and for values of several plain types the types are enough.
 */
export function plainAnswers(route: RouteOptions): void {
  const response = route.schema?.response;
  if (typeof response !== "object" || response === null) return;
  const plain = plainOf(response) as object;
  documented.set(plain, response);
  route.schema = { ...route.schema, response: plain };
}

/** The responses of a route as they were written, for who reads the API's description. */
export function documentedResponses(schema: FastifySchema | undefined): unknown {
  const response = schema?.response;
  return typeof response === "object" && response !== null ? (documented.get(response) ?? response) : response;
}

function plainOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plainOf);
  if (typeof schema !== "object" || schema === null) return schema;
  const { anyOf } = schema as Json;
  const types = Array.isArray(anyOf) ? typesOf(anyOf as readonly Json[]) : undefined;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key === "anyOf" && types !== undefined) return ["type", types.length === 1 ? types[0] : types];
    return [key, dataKeys.has(key) ? value : plainOf(value)];
  });
  return Object.fromEntries(entries);
}

/** undefined: the types do not tell how each of the variants is written. */
function typesOf(variants: readonly Json[]): unknown[] | undefined {
  const isPlain = variants.every(({ type, format }) => plainTypes.has(type) && format === undefined);
  return isPlain ? [...new Set(variants.map(({ type }) => type))] : undefined;
}
