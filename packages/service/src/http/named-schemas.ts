import { InvariantError } from "@headwater/core";

type Json = Record<string, unknown>;

/** Names of schemas as `components` takes them, and as a generated client would call a type. */
const namePattern = /^[A-Z][A-Za-z0-9]*$/;
const schemaHome = "#/components/schemas/";
const problemHome = "#/components/responses/Problem";

/**
 * The document with every schema that has a name for a title moved to `components`, and every answer that is a problem
 * made the one there. Bodies that may be left out are marked so.
 */
export function nameSchemas<T extends object>(document: T): T {
  const schemas = new Map<string, unknown>();
  const name = (value: unknown, isProperties = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => name(item));
    if (typeof value !== "object" || value === null) return value;
    const named = Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, name(child, key === "properties" && !isProperties)]),
    );
    documentAll(named);
    const { title } = named;
    const isSchema =
      !isProperties && typeof title === "string" && namePattern.test(title) && ("type" in named || "anyOf" in named);
    if (!isSchema) return named;
    const known = schemas.get(title);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(named)) {
      throw new InvariantError(`Two schemas of the API are called ${title}`);
    }
    schemas.set(title, named);
    return { $ref: `${schemaHome}${title}` };
  };
  const { paths = {}, components = {}, ...rest } = structuredClone(document) as { paths?: Json; components?: Json };
  const namedPaths = name(paths) as Json;
  for (const path of Object.values(namedPaths)) {
    for (const operation of Object.values(path as Json)) tidyOperation(operation as Json);
  }
  const shared = {
    ...components,
    schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    responses: { Problem: problemAnswer },
  };
  return { ...rest, components: shared, paths: namedPaths } as T;
}

/** `documented` says more of a value than its schema checks; a map says so in the way that generators of types read. */
function documentAll(schema: Json): void {
  const { documented, patternProperties, items } = schema;
  // A tuple, which OpenAPI 3.1 spells otherwise than the drafts before it.
  if (Array.isArray(items)) {
    schema["prefixItems"] = items;
    delete schema["items"];
  }
  if (typeof documented === "object" && documented !== null) Object.assign(schema, documented);
  delete schema["documented"];
  delete schema["verbatim"];
  const entries = Object.entries((patternProperties ?? {}) as Json);
  if (entries.length !== 1) return;
  delete schema["patternProperties"];
  const [[pattern, values]] = entries as [[string, unknown]];
  schema["additionalProperties"] = values;
  if (pattern !== "^(.*)$" && schema["propertyNames"] === undefined) schema["propertyNames"] = { pattern };
}

const problemAnswer = {
  description: "A problem (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: `${schemaHome}Problem` } } },
};

function tidyOperation(operation: Json): void {
  for (const parameter of (operation["parameters"] ?? []) as { required?: boolean; schema?: Json }[]) {
    // What has a default may be left out.
    if (parameter.schema?.["default"] !== undefined) parameter.required = false;
  }
  const responses = (operation["responses"] ?? {}) as Record<string, { content?: Json }>;
  for (const [status, { content = {} }] of Object.entries(responses)) {
    if ("application/problem+json" in content) responses[status] = { $ref: problemHome } as object;
  }
  const body = operation["requestBody"] as
    | { required?: boolean; content: Record<string, { schema: Json }> }
    | undefined;
  if (body === undefined) return;
  for (const media of Object.values(body.content)) {
    const variants = media.schema["anyOf"] as Json[] | undefined;
    const present = variants?.filter(({ type }) => type !== "null");
    if (variants === undefined || present === undefined || present.length === variants.length) continue;
    body.required = false;
    media.schema = present.length === 1 ? present[0]! : { anyOf: present };
  }
}
