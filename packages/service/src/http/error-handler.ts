import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { HeadwaterError, type Logger } from "@headwater/core";
import { type Problem, makeProblem, problemOf, problemType } from "./problem.ts";

/** Refusals of Fastify itself, with details that tell the caller what to do. */
const fastifyProblems: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    "unsupported-media-type",
    "The body has a content type that is not taken here; send application/json",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    "invalid-content-length",
    "The body is not as long as its content-length says",
  ],
};

export function errorHandler(logger: Logger, bodyLimit: number) {
  return async (
    error: FastifyError | HeadwaterError,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Problem> => {
    const problem = describe(error, request, bodyLimit);
    if (problem.status >= 500) {
      const facts = {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: problem.status,
        err: error,
      };
      if (problem.status === 503) logger.warn(facts, "a request could not be served for now");
      else logger.error(facts, "a request failed");
    }
    if (error instanceof HeadwaterError && (problem.status === 503 || error.retryAfterMs !== undefined)) {
      void reply.header("retry-after", Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000)));
    }
    if (problem.status === 401) void reply.header("www-authenticate", challengeOf(request));
    if (problem.status === 413) letGoOn(request, reply);
    return send(reply, problem);
  };
}

/** A body that is too large is read to its end, and forgotten, up to so many bytes. */
const readToItsEnd = 32 * 1024 * 1024;

/**
 * A connection that is closed while its client still writes is reset, and the client learns of that instead of the
 * answer. So the rest of a body is read if there is not too much of it; otherwise the connection cannot be used again.
 */
function letGoOn(request: FastifyRequest, reply: FastifyReply): void {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (length <= readToItsEnd) {
    void reply.removeHeader("connection");
    // What unpacks it may have begun to read.
    request.raw.unpipe().resume();
  } else void reply.header("connection", "close");
}

/** How a login is shown there. */
function challengeOf(request: FastifyRequest): string {
  return `${request.routeOptions.config.deviceLogin === true ? "Basic" : "Bearer"} realm="headwater"`;
}

export function send(reply: FastifyReply, problem: Problem): Problem {
  // Serialized as text, because the response schema of the route would leave out fields that it does not name.
  void reply.code(problem.status).type(problemType).serializer(JSON.stringify);
  return problem;
}

function describe(error: FastifyError | HeadwaterError, request: FastifyRequest, bodyLimit: number): Problem {
  const instance = `urn:headwater:request:${request.id}`;
  if (error instanceof HeadwaterError) return problemOf(error, instance);
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const limit = request.routeOptions.bodyLimit ?? bodyLimit;
    return makeProblem(413, "body-too-large", `The body is larger than ${limit} bytes; send less at a time`, {
      instance,
    });
  }
  const known = fastifyProblems[error.code];
  if (known !== undefined) return makeProblem(known[0], known[1], known[2], { instance });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return makeProblem(error.statusCode, "invalid-request", error.message, { instance });
  }
  return makeProblem(500, "internal", `Something unexpected went wrong here; the log has it under ${request.id}`, {
    instance,
  });
}
