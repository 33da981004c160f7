import { scopes } from "@headwater/aggregates";
import type { FastifyContextConfig } from "fastify";

const known: ReadonlySet<string> = new Set(scopes);
const reading: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** What no scope opens: the administrator's alone. */
const nobodys = ["admin"];

/**
 * What a route asks of its caller: the scopes that it names itself, else those of its path, `/api/v1/rules/…` to read
 * or to write. A route whose path has none and that names none is for administrators alone, so that one which was
 * forgotten opens nothing.
 */
export function requiredScopes(
  url: string,
  method: string,
  config: FastifyContextConfig | undefined,
): readonly string[] {
  if (config?.scopes !== undefined) return config.scopes;
  const resource = /^\/api\/v1\/([a-z]+)/.exec(url)?.[1] ?? "";
  const scope = `${resource}:${reading.has(method) ? "read" : "write"}`;
  return known.has(scope) ? [scope] : nobodys;
}
