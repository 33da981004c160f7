import type { FastifyRequest } from "fastify";
import { RequestError, sha256 } from "@headwater/core";
import { AnswerParts } from "./answer-parts.ts";
import { principalOf } from "./authentication.ts";
import type { KeptAnswers } from "./kept-answers.ts";
import type { HttpApp } from "./type-provider.ts";

const header = "idempotency-key";
/** A longer answer is not kept; one about as many as a request may name is shorter. */
const maxBytes = 256 * 1024;
const pattern = /^[\x21-\x7e]{1,255}$/;

/** The key of a request that may be sent again, if it has one. Throws RequestError (400) for one that is none. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const given = request.headers[header];
  if (given === undefined) return undefined;
  if (typeof given === "string" && pattern.test(given)) return given;
  const detail = "Idempotency-Key has 1 to 255 visible characters, a UUID for example";
  throw new RequestError(400, "invalid-idempotency-key", detail);
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Its answer comes in parts that it keeps itself, so that one that was cut is gone on with (`answerParts`). */
    readonly keepsParts?: boolean;
  }
  interface FastifyRequest {
    /** Of a route that keeps parts, if the request has an Idempotency-Key. */
    answerParts?: AnswerParts;
  }
}

/**
 * A POST that is sent again under the same Idempotency-Key by the same caller gets the answer of the first. One that
 * was refused or failed may be tried again: nothing was done, or what was is not known.
 */
export function repeatAnswers(app: HttpApp, answers: KeptAnswers): void {
  const own = new WeakMap<FastifyRequest, string>();

  app.addHook("preHandler", async (request, reply) => {
    const { config } = request.routeOptions;
    if (request.method !== "POST" || request.is404 || config.public === true || config.passedOn === true) return;
    const given = idempotencyKey(request);
    if (given === undefined) return;
    const key = JSON.stringify([principalOf(request).id, request.url, given]);
    const { "content-type": type, "if-match": match, "if-none-match": noneMatch } = request.headers;
    // Bytes as JSON would be four times as long.
    const body = request.body instanceof Uint8Array ? sha256(request.body).toString("base64") : (request.body ?? null);
    const digest = sha256(JSON.stringify([body, type, match, noneMatch])).toString("base64");
    if (config.keepsParts === true) {
      request.answerParts = new AnswerParts(answers, key, digest);
      if (request.answerParts.isOfAnother) throw reused();
      return;
    }
    const first = answers.find(key, digest);
    if (first === undefined) {
      answers.begin(key, digest);
      own.set(request, key);
      return;
    }
    if (first === "another") throw reused();
    if (first === "under-way") {
      throw new RequestError(409, "idempotency-key-in-use", "The first request of that Idempotency-Key is under way");
    }
    const { status, headers, text } = first;
    await reply
      .code(status)
      .headers({ ...headers, "idempotency-replayed": "true" })
      .serializer((payload: unknown) => payload as string)
      .send(text);
  });

  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const key = own.get(request);
    if (key === undefined) return payload;
    if (reply.statusCode >= 400 || typeof payload !== "string" || payload.length > maxBytes) {
      answers.forget(key);
      return payload;
    }
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "location", "etag"]) {
      const value = reply.getHeader(name);
      if (typeof value === "string") headers[name] = value;
    }
    await answers.end(key, { status: reply.statusCode, headers, text: payload });
    return payload;
  });
}

function reused(): RequestError {
  return new RequestError(409, "idempotency-key-reused", "That Idempotency-Key came with another body; use a new one");
}
