import type { FastifyReply, FastifyRequest } from "fastify";
import { sha256 } from "@headwater/core";
import type { HttpApp } from "./type-provider.ts";

/**
 * Answers 304 to a GET whose If-None-Match names the entity tag of the answer, where the route says that it may:
 * `conditional: true` for a tag that it sets itself, `"content"` for one of what it answers.
 */
export function answerNotModified(app: HttpApp): void {
  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const { conditional } = request.routeOptions.config;
    if (conditional === undefined || conditional === false || reply.statusCode !== 200) return payload;
    const tag = tagOf(request, reply, payload);
    if (tag === undefined) return payload;
    void reply.header("cache-control", "private, no-cache");
    const condition = request.headers["if-none-match"];
    if (condition === undefined || !namesTag(condition, tag)) return payload;
    void reply.code(304).removeHeader("content-type").removeHeader("content-length");
    // Fastify makes the answer to a HEAD out of the one to a GET, and asks for one.
    return request.method === "HEAD" ? "" : null;
  });
}

function tagOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): string | undefined {
  const own = reply.getHeader("etag");
  if (typeof own === "string") return own;
  if (request.routeOptions.config.conditional !== "content" || typeof payload !== "string") return undefined;
  // Weak: it is that of the content, which may yet be compressed.
  const tag = `W/"${sha256(payload).toString("base64url").slice(0, 22)}"`;
  void reply.header("etag", tag);
  return tag;
}

/** The comparison is weak (RFC 9110, 13.1.2). */
function namesTag(condition: string, tag: string): boolean {
  const opaque = tag.replace(/^W\//, "");
  return condition.split(",").some((each) => {
    const given = each.trim();
    return given === "*" || given.replace(/^W\//, "") === opaque;
  });
}
