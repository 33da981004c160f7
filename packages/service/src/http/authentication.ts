import type { FastifyRequest } from "fastify";
import { InvariantError, RequestError } from "@headwater/core";
import type { FailedLogins } from "./failed-logins.ts";
import { refuseForeignPages } from "./own-page.ts";
import { OpenAnswers } from "./open-answers.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { requireScopes } from "./principal.ts";
import { requiredScopes } from "./route-scopes.ts";
import { sessionSecret } from "./session-cookie.ts";
import type { HttpApp } from "./type-provider.ts";

/** No token is longer; a JWT fits. */
const maxTokenLength = 8192;

const principals = new WeakMap<FastifyRequest, Principal>();

/** The principal of a request. Throws InvariantError on a public route, which authenticates nobody. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new InvariantError("A public route has no principal");
  return principal;
}

/** Every route needs a bearer token, or the session of a browser, unless it says `config: { public: true }`. */
export function requireToken(app: HttpApp, auth: Authenticator, failures: FailedLogins): void {
  const answers = new OpenAnswers(app);
  app.addHook("onRequest", async (request, reply) => {
    const { config } = request.routeOptions;
    // A 404 reveals nothing, so it needs no token.
    if (request.is404 || config.public === true) return;
    const principal =
      request.headers.authorization === undefined
        ? await ofSession(request, auth, failures)
        : await ofToken(request, auth, failures);
    requireScopes(principal, requiredScopes(request.routeOptions.url ?? "", request.method, config));
    principals.set(request, principal);
    answers.begun(reply, principal);
  });
}

/**
 * Whether a request shows a token that counts. A route that needs one asks for it itself; one that needs none takes
 * whatever is said of a token. Wrong ones are slowed down here as everywhere.
 */
export async function showsToken(
  request: FastifyRequest,
  auth: Authenticator,
  failures: FailedLogins,
): Promise<boolean> {
  if (request.headers.authorization === undefined) return false;
  const { public: isPublic, deviceLogin } = request.routeOptions.config;
  if (deviceLogin === true || (isPublic !== true && !request.is404)) return true;
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) return false;
  if ((await auth.authenticate(token)) !== undefined) return true;
  await failures.failed(request.ip);
  return false;
}

async function ofToken(request: FastifyRequest, auth: Authenticator, failures: FailedLogins): Promise<Principal> {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) throw unauthenticated("This needs a token; send it as `Authorization: Bearer <token>`");
  const { alsoFor } = request.routeOptions.config;
  const principal = (await alsoFor?.authenticate(token)) ?? (await auth.authenticate(token));
  if (principal !== undefined) return principal;
  await failures.failed(request.ip);
  throw unauthenticated("The token is not known here, has expired, or was revoked");
}

async function ofSession(request: FastifyRequest, auth: Authenticator, failures: FailedLogins): Promise<Principal> {
  const secret = sessionSecret(request);
  if (secret === undefined) throw unauthenticated("This needs a token; send it as `Authorization: Bearer <token>`");
  const principal = await auth.ofSession?.(secret);
  if (principal === undefined) {
    await failures.failed(request.ip);
    throw unauthenticated("The session has ended; sign in again");
  }
  refuseForeignPages(request);
  return principal;
}

function unauthenticated(detail: string): RequestError {
  return new RequestError(401, "unauthenticated", detail);
}

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > maxTokenLength) return undefined;
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
}
