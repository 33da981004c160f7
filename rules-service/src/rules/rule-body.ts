import { parse, YAMLError } from "yaml";
import { InvalidRequestError, type HttpApp } from "@headwater/service";
import { RequestError } from "@headwater/core";
import { parseRule, type ParsedRule, type RuleDefinition } from "../definition/index.ts";

export const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml"] as const;

/** Longest body with a rule, in bytes; the definition itself has a limit in characters. */
export const ruleBodyLimit = 512 * 1024;
/** Most aliases in a YAML document. Each is a copy, so a small document could become a huge one. */
const maxAliases = 100;

/** Lets bodies in YAML reach the handlers of this instance as text. */
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

/** The value of a body in JSON or YAML. Throws RequestError (400, `invalid-yaml`). */
export function bodyValue(body: unknown): unknown {
  if (!(body instanceof YamlText)) return body;
  try {
    return parse(body.text, { maxAliasCount: maxAliases, prettyErrors: true, stringKeys: true }) as unknown;
  } catch (error) {
    // The parser throws a ReferenceError for too many aliases.
    if (!(error instanceof YAMLError) && !(error instanceof ReferenceError)) throw error;
    const [line] = error.message.split("\n", 1);
    throw new RequestError(400, "invalid-yaml", `The body is not valid YAML: ${line!.replace(/:$/, "")}`);
  }
}

/** Names that the paths below /api/v1/rules have for something else: a rule of that id could not be read. */
const reservedIds: ReadonlySet<string> = new Set(["schema", "validate", "export", "import"]);

/** As parseRule, for a rule that is to be created. */
export function parseNewRule(value: unknown): ParsedRule {
  const parsed = parseRule(value);
  if (!parsed.ok || !reservedIds.has(parsed.definition.id)) return parsed;
  const detail = `${parsed.definition.id} is the path of something else under /api/v1/rules; choose another id`;
  return { ok: false, problems: [{ pointer: "/id", detail }] };
}

/**
 * The rule in a body. `id` is the id in the path, which the body may omit and may not contradict. Throws
 * InvalidRequestError (400) with a pointer to every problem.
 */
export function ruleOf(body: unknown, id?: string): RuleDefinition {
  const value = bodyValue(body);
  const parsed = id === undefined ? parseNewRule(value) : parseRule(withId(value, id));
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
