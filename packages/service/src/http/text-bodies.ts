import { isUtf8 } from "node:buffer";
import type { FastifyRequest } from "fastify";
import { RequestError } from "@headwater/core";
import { InvalidRequestError } from "./problem.ts";
import type { HttpApp } from "./type-provider.ts";

/** The text of a body, without a byte order mark. Throws RequestError (400, `invalid-encoding`) unless it is UTF-8. */
export function bodyText(body: Buffer): string {
  if (!isUtf8(body)) {
    throw new RequestError(400, "invalid-encoding", "The body is not UTF-8; send its text in that encoding");
  }
  const text = body.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** Refuses bodies in another character set, and bodies where none is read: what they ask for would not be done. */
export function refuseUnreadBodies(app: HttpApp): void {
  app.addHook("preParsing", async (request, _reply, payload) => {
    const charset = charsetOf(request);
    if (charset === undefined || ["utf-8", "utf8", "us-ascii"].includes(charset)) return payload;
    const detail = `The character set ${JSON.stringify(charset.slice(0, 40))} is not read here; send UTF-8`;
    throw new RequestError(415, "unsupported-media-type", detail);
  });
  app.addHook("preValidation", async (request) => {
    const { schema, config } = request.routeOptions;
    if (schema?.body !== undefined || config.documentedBody !== undefined || config.passedOn === true) return;
    if (isEmpty(request.body)) return;
    throw new InvalidRequestError("body", [{ pointer: "", detail: "is not read here; leave it out" }]);
  });
}

function charsetOf(request: FastifyRequest): string | undefined {
  const type = request.headers["content-type"];
  return /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type ?? "")?.[1]?.toLowerCase();
}

/** Clients that always send a body send `{}`. */
function isEmpty(body: unknown): boolean {
  if (body === undefined || body === null) return true;
  return typeof body === "object" && !Array.isArray(body) && Object.keys(body).length === 0;
}
