import type { FastifyRequest } from "fastify";
import { bodyText, InvalidRequestError, type HttpApp } from "@headwater/service";
import { checkAnnotations } from "../action-kinds/template.ts";
import { parseRule, type ParsedRule, type RuleDefinition } from "../definition/index.ts";
import { Problems } from "../language/problems.ts";
import { YamlReader } from "./yaml/yaml-reader.ts";

export const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml"] as const;

/** Longest body with a rule, in bytes; the definition itself has a limit in characters. */
export const ruleBodyLimit = 512 * 1024;

/** Lets bodies in YAML reach the handlers of this instance as the value that they say; `many`: as a list of values. */
export function acceptYaml(app: HttpApp, many = false): void {
  const reader = new YamlReader();
  app.addContentTypeParser([...yamlTypes], { parseAs: "buffer" }, (_request: FastifyRequest, body: unknown) => {
    const text = bodyText(body as Buffer);
    return many ? reader.readAll(text) : reader.read(text);
  });
  app.addHook("onClose", () => reader.close());
}

/** Names that the paths below /api/v1/rules have for something else: a rule of that id could not be read. */
const reservedIds: ReadonlySet<string> = new Set(["schema", "validate", "export", "import"]);

/** As parseRule, of what is written now: annotations of a stored rule may be older than placeholders. */
function parseWritten(value: unknown): ParsedRule {
  const parsed = parseRule(value);
  if (!parsed.ok) return parsed;
  const { annotations = {}, labels = {} } = parsed.definition;
  const problems = new Problems();
  checkAnnotations(annotations, labels, "/annotations", problems);
  return problems.none ? parsed : { ok: false, problems: problems.list };
}

/** As parseRule, for a rule that is to be created. */
export function parseNewRule(value: unknown): ParsedRule {
  const parsed = parseWritten(value);
  if (!parsed.ok || !reservedIds.has(parsed.definition.id)) return parsed;
  const detail = `${parsed.definition.id} is the path of something else under /api/v1/rules; choose another id`;
  return { ok: false, problems: [{ pointer: "/id", detail }] };
}

/**
 * The rule in a body. `id` is the id in the path, which the body may omit and may not contradict. Throws
 * InvalidRequestError (400) with a pointer to every problem.
 */
export function ruleOf(body: unknown, id?: string): RuleDefinition {
  const parsed = id === undefined ? parseNewRule(body) : parseWritten(withId(body, id));
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
