import type { HttpApp } from "./type-provider.ts";

/** Answers 304 to a GET whose If-None-Match names the entity tag of the answer, where the route says that it may. */
export function answerNotModified(app: HttpApp): void {
  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const { config } = request.routeOptions;
    const tag = reply.getHeader("etag");
    if (config.conditional !== true || typeof tag !== "string" || reply.statusCode !== 200) return payload;
    void reply.header("cache-control", "private, no-cache");
    const condition = request.headers["if-none-match"];
    if (condition === undefined || !namesTag(condition, tag)) return payload;
    void reply.code(304).removeHeader("content-type").removeHeader("content-length");
    // Fastify makes the answer to a HEAD out of the one to a GET, and asks for one.
    return request.method === "HEAD" ? "" : null;
  });
}

/** The comparison is weak (RFC 9110, 13.1.2). */
function namesTag(condition: string, tag: string): boolean {
  return condition.split(",").some((each) => {
    const given = each.trim();
    return given === "*" || given === tag || given === `W/${tag}`;
  });
}
