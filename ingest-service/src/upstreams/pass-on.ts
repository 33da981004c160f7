import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import replyFrom, { type FastifyReplyFromHooks } from "@fastify/reply-from";
import { type Logger, RequestError } from "@headwater/core";
import type { HttpApp, HttpServer } from "@headwater/service";
import type { FastifyReply, FastifyRequest } from "fastify";
import { withoutHopHeaders } from "./hop-headers.ts";
import { pathsOf, type Upstream } from "./upstream.ts";
import { upstreamProblem } from "./upstream-problem.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
const reading: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** More than any route of the other services takes; theirs hold as well. */
const bodyLimit = 8 * 1024 * 1024;
const connectTimeoutMs = 5_000;
/** Longer than the other services wait for the log by themselves. */
const headersTimeoutMs = 90_000;
/** Between two parts of an answer: streams of events say something every 15 s. */
const bodyTimeoutMs = 60_000;
const connections = 256;

/** Whom a request has passed is in its `Via`: one that comes by again would go round for ever. */
const pseudonym = `headwater-${randomUUID().slice(0, 8)}`;

interface PassOnOptions {
  readonly http: HttpServer;
  readonly upstreams: readonly Upstream[];
  readonly logger: Logger;
}

/**
 * Passes on what is asked of other services, so that their API and the page are at one address. Who asks has shown a
 * token or a session here; what these may do the other service decides, which is asked under the same name (`Host`) and
 * with the same headers, so that its own checks of pages and names hold as if it were asked directly.
 */
export function passOn({ http, upstreams, logger }: PassOnOptions): void {
  for (const upstream of upstreams) {
    void http.app.register(async (scope: HttpApp) => {
      await scope.register(replyFrom, {
        base: upstream.origin,
        disableRequestLogging: true,
        destroyAgent: true,
        undici: {
          ...{ connections, headersTimeout: headersTimeoutMs, bodyTimeout: bodyTimeoutMs },
          connect: { timeout: connectTimeoutMs },
        },
      });
      scope.removeAllContentTypeParsers();
      // The limit of a body holds here already, and nothing of it is sent before all of it is there.
      scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
        done(null, Readable.from([body])),
      );
      const forward = async (request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> => {
        if (request.headers.via?.includes(pseudonym) === true) throw loop(upstream);
        return reply.from(`${upstream.prefix}${path}`, hooksOf(upstream, http.closing, logger));
      };
      for (const path of pathsOf[upstream.name]) {
        for (const url of [path, `${path}/*`]) {
          scope.route({
            method: [...methods],
            url,
            bodyLimit,
            config: { passedOn: true, scopes: [] },
            schema: { hide: true },
            handler: (request, reply) => forward(request, reply, pathOf(request)),
          });
        }
      }
      scope.get(
        `/api/v1/services/${upstream.name}/metrics`,
        { config: { passedOn: true, scopes: ["metrics:read"] }, schema: { hide: true } },
        (request, reply) => forward(request, reply, "/metrics"),
      );
    });
  }
}

function hooksOf(upstream: Upstream, closing: AbortSignal, logger: Logger): FastifyReplyFromHooks {
  return {
    rewriteRequestHeaders({ headers: { host, via } }, headers) {
      // A body is unpacked here, to be counted.
      const { "content-encoding": _coding, "content-length": _length, ...others } = withoutHopHeaders(headers);
      const own = host === undefined ? {} : { host };
      return { ...others, ...own, via: `${via === undefined ? "" : `${via}, `}1.1 ${pseudonym}` };
    },
    rewriteHeaders: (headers) => withoutHopHeaders(headers),
    // A connection that waited for its next request may be closed by the other side just then; no other failure, and no
    // write, is tried a second time.
    retryDelay: ({ err, req, attempt }) =>
      attempt === 0 && reading.has(req.method) && codeOf(err) === "UND_ERR_SOCKET" ? 1 : null,
    onError(reply, { error }) {
      const problem = upstreamProblem(upstream, codeOf(error), reading.has(reply.request.method));
      logger.debug({ upstream: upstream.name, err: error }, "another service could not be asked");
      void reply.send(problem);
    },
    onResponse(_request, reply, { stream }: { readonly stream: Readable }) {
      const cut = (): void => {
        stream.destroy();
      };
      closing.addEventListener("abort", cut);
      reply.raw.once("close", () => {
        closing.removeEventListener("abort", cut);
        stream.destroy();
      });
      void reply.send(stream);
    },
  };
}

/** That of the error at the bottom; none where there was no error. */
function codeOf(error: unknown): string {
  const { code = "", cause } = (error ?? {}) as NodeJS.ErrnoException;
  return cause === undefined || cause === null ? code : codeOf(cause);
}

/** The path as it stands in the request, also in one that names a whole address as requests to a proxy do. */
function pathOf({ url }: FastifyRequest): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "").split("?", 1)[0]!;
  if (path.startsWith("/api/v1/") && !path.includes("\\") && !/(?:^|\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i.test(path))
    return path;
  throw new RequestError(400, "invalid-url", "A path that is passed on has no steps like . and ..");
}

function loop({ name }: Upstream): RequestError {
  const detail = `What is asked of the ${name} service comes back here: its address is this one's, or leads to it`;
  return new RequestError(508, "forwarding-loop", detail);
}
