import { addVary } from "./accept.ts";
import type { HttpApp } from "./type-provider.ts";

const exposed = "etag, location, retry-after";
const requestHeaders =
  "authorization, content-type, content-encoding, if-match, if-none-match, idempotency-key, last-event-id";

/** Lets pages of these origins (`*`: of any) use the API with a token of theirs; cookies are never in play. */
export function allowOrigins(app: HttpApp, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const any = origins.includes("*");
  app.addHook("onRequest", async (request, reply) => {
    if (!any) addVary(reply, "origin");
    const { origin } = request.headers;
    if (origin === undefined || !(any || origins.includes(origin))) return;
    void reply
      .header("access-control-allow-origin", any ? "*" : origin)
      .header("access-control-expose-headers", exposed);
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return;
    await reply
      .code(204)
      .header("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
      .header("access-control-allow-headers", requestHeaders)
      .header("access-control-max-age", "600")
      .send();
  });
}
