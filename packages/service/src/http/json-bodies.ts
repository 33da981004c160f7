import { RequestError } from "@headwater/core";
import { excessOf } from "./json-text.ts";
import { InvalidRequestError } from "./problem.ts";
import type { SchemaProblem } from "../schema/problems.ts";
import { bodyText } from "./text-bodies.ts";
import type { HttpApp } from "./type-provider.ts";

const badText = "holds text that is no valid Unicode (half of a surrogate pair); send whole characters";

/** Bodies in JSON; a merge patch (RFC 7396) is JSON too. */
export const jsonTypes: readonly string[] = ["application/json", "application/merge-patch+json"];

/** Reads bodies of the JSON types. */
export function acceptJson(app: HttpApp): void {
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser([...jsonTypes], { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, parseJson(bodyText(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseJson(text: string): unknown {
  if (text.trim() === "") {
    throw new RequestError(400, "invalid-json", "The body is empty; send a JSON value, or no content-type header");
  }
  const excess = excessOf(text);
  if (excess !== undefined) throw new RequestError(400, "invalid-json", `The body ${excess}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const where = /at position \d+|end of JSON input/.exec((error as Error).message)?.[0] ?? "somewhere";
    const detail = `The body is not valid JSON (${where}); check its quotes, commas and brackets`;
    throw new RequestError(400, "invalid-json", detail, { cause: error });
  }
  // Both may be written with escapes, which hold a backslash; only an escape makes a lone surrogate of UTF-8.
  const problem = text.includes("__proto__") || text.includes("\\u") ? unusableIn(value, "") : undefined;
  if (problem !== undefined) throw new InvalidRequestError("body", [problem]);
  return value;
}

/**
 * The first place of what no part of the platform can take. A property called `__proto__` would be lost, or worse, in
 * whatever object it is copied to; a lone surrogate has no form in UTF-8, so an event that holds one cannot be read.
 */
function unusableIn(value: unknown, pointer: string): SchemaProblem | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : { pointer, detail: badText };
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    if (!key.isWellFormed()) return { pointer, detail: badText };
    const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (key === "__proto__") return { pointer: at, detail: "cannot be called __proto__; choose another name" };
    const found = unusableIn(child, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
