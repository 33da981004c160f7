import { parse, YAMLError } from "yaml";
import { InvalidRequestError, type HttpApp } from "@headwater/service";
import { RequestError } from "@headwater/core";
import { parseRule, type RuleDefinition } from "../definition/index.ts";

export const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml"] as const;

/** Bytes of a body with a rule; the definition itself is bounded in characters. */
export const ruleBodyLimit = 512 * 1024;
/** Aliases in a YAML document are copies: a small document must not become a huge one. */
const maxAliases = 100;

/** Bodies in YAML reach the handlers as text, on this instance alone. */
export function acceptYaml(app: HttpApp): void {
  app.addContentTypeParser([...yamlTypes], { parseAs: "string" }, (_request, body, done) => {
    done(null, new YamlText(body as string));
  });
}

class YamlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The value that a body holds. Throws RequestError (400, `invalid-yaml`). */
export function bodyValue(body: unknown): unknown {
  if (!(body instanceof YamlText)) return body;
  try {
    return parse(body.text, { maxAliasCount: maxAliases, prettyErrors: true, stringKeys: true }) as unknown;
  } catch (error) {
    // Too many aliases is a ReferenceError of the parser.
    if (!(error instanceof YAMLError) && !(error instanceof ReferenceError)) throw error;
    const [line] = error.message.split("\n", 1);
    throw new RequestError(400, "invalid-yaml", `The body is not valid YAML: ${line!.replace(/:$/, "")}`);
  }
}

/**
 * The rule that a body holds. `id` is that of the path: a body may leave it out there, and may not name another.
 * Throws InvalidRequestError (400) with a pointer to everything that is wrong.
 */
export function ruleOf(body: unknown, id?: string): RuleDefinition {
  const value = bodyValue(body);
  const parsed = parseRule(id === undefined ? value : withId(value, id));
  if (!parsed.ok) throw new InvalidRequestError("rule", parsed.problems);
  if (id !== undefined && parsed.definition.id !== id) {
    throw new InvalidRequestError("rule", [
      { pointer: "/id", detail: `has to be ${id}, as in the path; leave it out` },
    ]);
  }
  return parsed.definition;
}

function withId(value: unknown, id: string): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !Object.hasOwn(value, "id") ? { id, ...value } : value;
}
