import type { TObject, TSchema } from "@sinclair/typebox";
import { KindGuard, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { FastifySchemaCompiler } from "fastify";
import { InvariantError } from "@headwater/core";
import { convertText } from "../schema/convert-text.ts";
import { schemaProblems } from "../schema/problems.ts";
import { InvalidRequestError } from "./problem.ts";

const partNames: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "headers",
};

/**
 * Validates requests against TypeBox schemas. Query, path and headers arrive as text and are converted; a body is taken
 * as it is. Defaults are filled in. A query parameter that the schema does not know is an error, since one that is
 * misspelt would otherwise be dropped in silence.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema: declared, httpPart, url }) => {
  const part = partNames[httpPart ?? "body"] ?? "body";
  if (!KindGuard.IsSchema(declared)) {
    throw new InvariantError(`The ${part} schema of ${url} is no TypeBox schema`);
  }
  if (part === "body") {
    return (value: unknown) => outcome(part, declared, Value.Default(declared, value));
  }
  if (!KindGuard.IsObject(declared)) throw new InvariantError(`The ${part} schema of ${url} has to be an object`);
  const schema = part === "query" ? closed(declared) : declared;
  return (value: unknown) => outcome(part, schema, Value.Default(schema, converted(schema, value)));
};

function outcome(part: string, schema: TSchema, value: unknown): { value: unknown } | { error: Error } {
  const problems = schemaProblems(schema, value);
  return problems.length === 0 ? { value } : { error: new InvalidRequestError(part, problems) };
}

function closed(schema: TObject): TObject {
  return schema.additionalProperties === undefined
    ? Type.Object(schema.properties, { ...schema, additionalProperties: false })
    : schema;
}

/** A parameter given several times is a list, and stays one. */
function converted(schema: TObject, value: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const [name, child] of Object.entries(schema.properties)) {
    const given = result[name];
    if (typeof given === "string") result[name] = isVerbatim(child) ? [given] : convertText(child, given);
    else if (Array.isArray(given) && KindGuard.IsArray(child)) {
      result[name] = given.map((item: unknown) => (typeof item === "string" ? convertText(child.items, item) : item));
    }
  }
  return result;
}

/** A list of names, any of which may have a comma in it: each is a parameter of its own. */
function isVerbatim(schema: TSchema): boolean {
  return KindGuard.IsArray(schema) && schema["verbatim"] === true;
}
