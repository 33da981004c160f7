import type { FastifyReply, FastifyRequest } from "fastify";
import { RequestError } from "@headwater/core";
import type { HttpApp } from "./type-provider.ts";

/** What a route answers with unless its config says otherwise. */
const json: readonly string[] = ["application/json"];

const chosen = new WeakMap<FastifyRequest, string>();

/** Of the media types that the route answers with, the one that the request wants most. */
export function wantedType(request: FastifyRequest): string {
  return chosen.get(request) ?? "application/json";
}

/** Answers 406 where the Accept header takes nothing that the route answers with. */
export function negotiateTypes(app: HttpApp): void {
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.is404 || request.routeOptions.config.passedOn === true) return;
    const offered = request.routeOptions.config.produces ?? json;
    if (offered.length > 1) addVary(reply, "accept");
    const type = preferredType(request.headers.accept, offered);
    if (type === undefined) {
      throw new RequestError(406, "not-acceptable", `This answers with ${offered.join(", ")}; name it in Accept`);
    }
    chosen.set(request, type);
  });
}

/** One more header on which the answer depends. */
export function addVary(reply: FastifyReply, name: string): void {
  const present = reply.getHeader("vary");
  void reply.header("vary", present === undefined ? name : `${String(present)}, ${name}`);
}

/**
 * The first of the offered media types with the highest quality in an Accept header (RFC 9110, 12.5.1); undefined if it
 * takes none of them. No header takes everything.
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === "") return offered[0];
  const ranges = accept.split(",").map(parseRange);
  let best: string | undefined;
  let bestQuality = 0;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  return best;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** That of the most specific range that fits. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  for (const name of [type, family, "*/*"]) {
    const fitting = ranges.filter((range) => range.type === name);
    if (fitting.length > 0) return Math.max(...fitting.map(({ quality }) => quality));
  }
  return 0;
}

/** Whether whoever asks takes an answer in that coding. */
export function takesEncoding(request: FastifyRequest, coding: "gzip" | "br"): boolean {
  const header = request.headers["accept-encoding"];
  if (typeof header !== "string" || header === "") return false;
  // Codings are read like media types of one name.
  const asTypes = header.replaceAll(/(^|,)\s*([\w*-]+)/g, (_all, comma: string, name: string) => `${comma}${name}/x`);
  return preferredType(asTypes.replaceAll("*/x", "*/*"), [`${coding}/x`]) !== undefined;
}
