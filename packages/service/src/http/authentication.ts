import type { FastifyRequest } from "fastify";
import { InvariantError, RequestError } from "@headwater/core";
import { FailedLogins } from "./failed-logins.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { mayUse } from "./principal.ts";
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

/** Every route needs a bearer token unless it says `config: { public: true }`. */
export function requireToken(app: HttpApp, auth: Authenticator): void {
  const failures = new FailedLogins();
  app.addHook("onRequest", async (request) => {
    const { config } = request.routeOptions;
    // A 404 reveals nothing, so it needs no token.
    if (request.is404 || config.public === true) return;
    const token = bearerToken(request.headers.authorization);
    const principal =
      token === undefined
        ? undefined
        : ((await config.alsoFor?.authenticate(token)) ?? (await auth.authenticate(token)));
    if (principal === undefined) {
      if (token !== undefined) await failures.failed(request.ip);
      throw new RequestError(
        401,
        "unauthenticated",
        token === undefined
          ? "This needs a token; send it as `Authorization: Bearer <token>`"
          : "The token is not known here, or was revoked",
      );
    }
    const scopes = config.scopes ?? [];
    if (!mayUse(principal, scopes)) {
      throw new RequestError(403, "forbidden", `This needs a token with the scope ${scopes.join(", ")}`);
    }
    principals.set(request, principal);
  });
}

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > maxTokenLength) return undefined;
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
}
