import type { FastifyRequest } from "fastify";
import { RequestError, sha256 } from "@headwater/core";
import { principalOf } from "./authentication.ts";
import type { HttpApp } from "./type-provider.ts";

const header = "idempotency-key";
const keepMs = 24 * 60 * 60 * 1000;
const maxKept = 10_000;
const maxBytes = 64 * 1024;
const pattern = /^[\x21-\x7e]{1,255}$/;

interface Kept {
  /** Of the body, its type and the condition of the request. */
  readonly body: string;
  readonly at: number;
  /** undefined: the first request is still under way. */
  answer?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string };
}

/** The key of a request that may be sent again, if it has one. Throws RequestError (400) for one that is none. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const given = request.headers[header];
  if (given === undefined) return undefined;
  if (typeof given === "string" && pattern.test(given)) return given;
  const detail = "Idempotency-Key has 1 to 255 visible characters, a UUID for example";
  throw new RequestError(400, "invalid-idempotency-key", detail);
}

/**
 * A POST that is sent again under the same Idempotency-Key by the same caller gets the answer of the first, for a day
 * and as long as this process runs. What failed with a 5xx may be tried again.
 */
export function repeatAnswers(app: HttpApp): void {
  const kept = new Map<string, Kept>();
  const own = new WeakMap<FastifyRequest, string>();

  app.addHook("preHandler", async (request, reply) => {
    if (request.method !== "POST" || request.is404 || request.routeOptions.config.public === true) return;
    const given = idempotencyKey(request);
    if (given === undefined) return;
    const key = JSON.stringify([principalOf(request).id, request.url, given]);
    const { "content-type": type, "if-match": condition } = request.headers;
    const body = sha256(JSON.stringify([request.body ?? null, type, condition])).toString("base64");
    const now = performance.now();
    for (const [oldest, { at }] of kept) {
      if (now - at < keepMs && kept.size < maxKept) break;
      kept.delete(oldest);
    }
    const first = kept.get(key);
    if (first === undefined) {
      kept.set(key, { body, at: now });
      own.set(request, key);
      return;
    }
    if (first.body !== body) {
      throw new RequestError(
        409,
        "idempotency-key-reused",
        "That Idempotency-Key came with another body; use a new one",
      );
    }
    if (first.answer === undefined) {
      throw new RequestError(409, "idempotency-key-in-use", "The first request of that Idempotency-Key is under way");
    }
    const { status, headers, text } = first.answer;
    await reply
      .code(status)
      .headers({ ...headers, "idempotency-replayed": "true" })
      .serializer((payload: unknown) => payload as string)
      .send(text);
  });

  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const key = own.get(request);
    const entry = key === undefined ? undefined : kept.get(key);
    if (key === undefined || entry === undefined) return payload;
    if (reply.statusCode >= 500 || typeof payload !== "string" || payload.length > maxBytes) {
      kept.delete(key);
      return payload;
    }
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "location", "etag"]) {
      const value = reply.getHeader(name);
      if (typeof value === "string") headers[name] = value;
    }
    entry.answer = { status: reply.statusCode, headers, text: payload };
    return payload;
  });
}
