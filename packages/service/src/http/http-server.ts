import swagger from "@fastify/swagger";
import { Type } from "@sinclair/typebox";
import { fastify, type FastifyReply, type FastifyRequest, type RouteOptions } from "fastify";
import { randomUUID } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import { ResourceError, RequestError, type Logger } from "@headwater/core";
import type { Metrics } from "../metrics/metrics.ts";
import { negotiateTypes } from "./accept.ts";
import { AdoptedConnections } from "./adopted-connections.ts";
import { serializerCompiler } from "./answer-text.ts";
import { requireToken, showsToken } from "./authentication.ts";
import { compressAnswers, decompressBodies } from "./compression.ts";
import { answerNotModified } from "./conditional-get.ts";
import { type ConnectionLimits, limitConnections, serverOptions } from "./connection-limits.ts";
import { errorHandler, send } from "./error-handler.ts";
import { allowOrigins } from "./cors.ts";
import { FailedLogins } from "./failed-logins.ts";
import { repeatAnswers } from "./idempotency.ts";
import { acceptJson } from "./json-bodies.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { measureRequests } from "./measure-requests.ts";
import { openApi } from "./open-api.ts";
import { refuseForeignHosts } from "./known-hosts.ts";
import { makeProblem, type Problem } from "./problem.ts";
import type { Authenticator } from "./principal.ts";
import { clientErrors, frameworkErrors } from "./raw-problems.ts";
import { RouteMethods } from "./route-methods.ts";
import { refuseUnreadBodies } from "./text-bodies.ts";
import { statusRoutes, type Directory } from "./status-routes.ts";
import type { HttpApp, TypeBoxTypeProvider } from "./type-provider.ts";
import { validatorCompiler } from "./validation.ts";
import { WebPage } from "./web-page.ts";

/** No query has more parameters: a thousand devices, and what else is asked of them. */
const maxQueryParameters = 1_200;

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Decides about the bearer token of every route that is not public. */
  readonly auth: Authenticator;
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** The title of the API in OpenAPI. */
  readonly title: string;
  readonly version?: string;
  /** Bytes; a route may have its own `bodyLimit`. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Why the process is not ready; empty when it is. Asked on every `/health/ready`. */
  readonly readiness: () => readonly string[];
  /** Problems that do not make the process unready; `/health/ready` lists them too. */
  readonly warnings?: () => readonly string[];
  /** Which services answer here, and where the others do: told at `/api/v1`. */
  readonly directory?: Directory;
  /** Whether `/metrics` needs no token. Default: false. */
  readonly publicMetrics?: boolean;
  /** Who may read `/metrics` and nothing else. */
  readonly metricsAuth?: Authenticator;
  /** The setting to name when the port is taken. Default HEADWATER_HTTP_PORT. */
  readonly portSetting?: string;
  /** On close, requests under way get so long to finish (milliseconds). Default 3 s. */
  readonly drainMs?: number;
  readonly limits?: ConnectionLimits;
  /** Where the answers to requests with an Idempotency-Key are kept. Default: in memory alone. */
  readonly answersFile?: string;
  /** Names by which the server may be asked without a token, beside addresses and localhost. Default: any. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of pages that may use the API; `*` for any. Default: none but its own. */
  readonly corsOrigins?: readonly string[];
  /** The folder of a web page, built, that answers what no route takes. Default: there is none. */
  readonly pageFolder?: string | undefined;
}

export interface HttpServer {
  /**
   * Routes go here, before `listen`. `config: { public: true }` opens one; `config: { scopes: [...] }` asks for more
   * than a token.
   */
  readonly app: HttpApp;
  /** Who showed wrong tokens: routes that take tokens in their bodies tell it of theirs. */
  readonly failures: FailedLogins;
  /** Aborted when the server begins to close: streams end then. */
  readonly closing: AbortSignal;
  /** Resolves with the address. Rejects with ResourceError if the address cannot be listened on. */
  listen(): Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /**
   * Answers on a connection that another listener has accepted, on these paths alone. What bounds the number of
   * connections and the names of the server is that listener's.
   */
  adopt(connection: Socket, paths: ReadonlySet<string>): void;
  /** Takes no more requests, lets those under way finish for a while, closes. Safe to call twice. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  readonly inject: HttpApp["inject"];
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no token. */
    readonly public?: boolean;
    /** Tokens that open this route alone, beside those that open all. */
    readonly alsoFor?: Authenticator;
    /** The principal needs all of these; `[]`: none. Default: that of its path, to read or to write. */
    readonly scopes?: readonly string[];
    /** The media types that it answers with, the default first. Default: JSON. */
    readonly produces?: readonly string[];
    /** Its ETag changes whenever its answer does, so that If-None-Match may be answered 304. */
    readonly conditional?: boolean | "content";
    /** Another server answers: what there is to its query, its body and its answer is that one's. */
    readonly passedOn?: boolean;
  }
}

/**
 * An HTTP server as every service has it: problem details for every error, a token for every route that is not public,
 * OpenAPI 3.1 at `/api/v1/openapi.json`, health and metrics, limits on every input.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { logger, metrics, bodyLimit = 1024 * 1024, limits = {} } = options;
  const closing = new AbortController();
  const app: HttpApp = fastify({
    bodyLimit,
    genReqId: () => randomUUID(),
    http: serverOptions(limits),
    requestTimeout: serverOptions(limits).requestTimeout,
    keepAliveTimeout: 72_000,
    // Idle connections end with the server; those under way are given their time in close().
    forceCloseConnections: "idle",
    // Answered by a hook below, as a problem.
    return503OnClosing: false,
    frameworkErrors,
    clientErrorHandler: clientErrors,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();

  const adopted = new AdoptedConnections(app);
  limitConnections(app.server, limits, { ...options, isCounted: (socket) => adopted.has(socket) });

  const routes = new RouteMethods();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(logger, bodyLimit));
  app.addHook("onRoute", closeQuery);
  app.addHook("onRoute", (route) => routes.add(route.url, Array.isArray(route.method) ? route.method : [route.method]));
  app.addHook("onRequest", async (_request, reply) => {
    if (!closing.signal.aborted) return;
    void reply.header("connection", "close");
    throw new RequestError(503, "closing", "This server is about to stop; try again shortly");
  });
  app.addHook("onRequest", checkQuery);
  const failures = new FailedLogins();
  if (options.hosts !== undefined) {
    refuseForeignHosts(app, options.hosts, adopted, (request) => showsToken(request, options.auth, failures));
  }
  allowOrigins(app, options.corsOrigins ?? []);
  requireToken(app, options.auth, failures);
  negotiateTypes(app);
  acceptJson(app);
  decompressBodies(app);
  refuseUnreadBodies(app);
  const answers = await KeptAnswers.open(options.answersFile, logger);
  app.addHook("onClose", () => answers.close());
  repeatAnswers(app, answers);
  measureRequests(app, metrics);
  app.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("x-content-type-options")) void reply.header("x-content-type-options", "nosniff");
    if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
  });
  answerNotModified(app);
  compressAnswers(app);
  const notFound = (request: FastifyRequest, reply: FastifyReply): Problem => {
    const path = request.url.split("?", 1)[0]!;
    const allowed = routes.allowed(path);
    if (allowed.length === 0)
      return send(reply, makeProblem(404, "not-found", `There is nothing at ${path.slice(0, 200)}`));
    void reply.header("allow", allowed.join(", "));
    return send(
      reply,
      makeProblem(405, "method-not-allowed", `${path} takes ${allowed.join(", ")}, not ${request.method}`),
    );
  };
  const page = options.pageFolder === undefined ? undefined : await WebPage.open(options.pageFolder);
  // Before a body is read: one that is missing or wrong would be refused first.
  app.addHook("onRequest", async (request, reply) => {
    const { url } = request.routeOptions;
    const path = request.url.split("?", 1)[0]!;
    const isOther = url !== path && url?.includes(":") === true && routes.isPlain(path);
    if (!request.is404 && !isOther) return undefined;
    return page?.answer(request, reply) ?? reply.send(notFound(request, reply));
  });
  app.setNotFoundHandler(async (request, reply) => notFound(request, reply));
  await app.register(swagger, openApi(options.title, options.version ?? "1.0.0"));
  statusRoutes(app, options);

  let closed: Promise<void> | undefined;
  return {
    app,
    failures,
    closing: closing.signal,
    inject: app.inject.bind(app),
    async listen() {
      try {
        await app.listen({ host: options.host, port: options.port });
      } catch (error) {
        throw cannotListen(error as NodeJS.ErrnoException, options);
      }
      const { port } = app.server.address() as AddressInfo;
      const shown = options.host.includes(":") ? `[${options.host}]` : options.host;
      return { host: options.host, port, url: `http://${shown}:${port}` };
    },
    adopt: (connection, paths) => adopted.add(connection, paths),
    close() {
      closed ??= (async () => {
        closing.abort();
        const cut = setTimeout(() => app.server.closeAllConnections(), options.drainMs ?? 3000);
        try {
          await app.close();
        } finally {
          clearTimeout(cut);
        }
      })();
      return closed;
    },
  };
}

/** A route of the API that names no parameter of a query takes none: what one asks for would not be done. */
function closeQuery(route: RouteOptions): void {
  if (!route.url.startsWith("/api/") || route.schema?.querystring !== undefined) return;
  if (route.config?.passedOn === true) return;
  route.schema = { ...route.schema, querystring: Type.Object({}) };
}

async function checkQuery(request: { readonly url: string }): Promise<void> {
  const start = request.url.indexOf("?");
  if (start === -1) return;
  if (!isPercentEncoded(request.url.slice(start + 1))) {
    throw new RequestError(400, "invalid-url", "The query is not percent-encoded UTF-8; write % as %25");
  }
  let count = 1;
  for (let at = request.url.indexOf("&", start); at !== -1; at = request.url.indexOf("&", at + 1)) count += 1;
  if (count > maxQueryParameters) {
    throw new RequestError(400, "query-too-long", `A query has at most ${maxQueryParameters} parameters, not ${count}`);
  }
}

function isPercentEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

function cannotListen(error: NodeJS.ErrnoException, options: HttpServerOptions): Error {
  const setting = options.portSetting ?? "HEADWATER_HTTP_PORT";
  const where = `HTTP port ${options.port} on ${options.host}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new ResourceError(`${where} is in use; stop what listens there or set ${setting} to a free port`);
    case "EACCES":
      return new ResourceError(`${where} may not be used by this user; set ${setting} to a port above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ResourceError(`${where} cannot be listened on: this machine has no such address`);
    default:
      return error;
  }
}
