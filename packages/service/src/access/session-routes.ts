import { randomUUID } from "node:crypto";
import {
  endGrant,
  expandScopes,
  includesScopes,
  openSession,
  type Role,
  roles,
  scopes,
  sessionIdOf,
} from "@headwater/aggregates";
import { isoFromMicros, nowMicros, randomToken, RequestError, sha256 } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  clearSessionCookie,
  type HttpServer,
  type Principal,
  principalOf,
  refuseForeignBrowsers,
  sessionSecret,
  setSessionCookie,
} from "../http/index.ts";
import type { Access } from "./access.ts";

const tags = ["access"];
const path = "/api/v1/session";
const daySeconds = 86_400;
const sessionDays = 7;

const roleNames = Object.keys(roles) as Role[];

const sessionSchema = Type.Object(
  {
    principal: Type.String({ description: "Who it is: `admin`, or the name of the token" }),
    scopes: Type.Array(Type.Union(scopes.map((scope) => Type.Literal(scope))), { description: "What may be done" }),
    roles: Type.Array(Type.Union(roleNames.map((role) => Type.Literal(role))), {
      description: "Whose rights are among these, and may be given to a token",
    }),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  { title: "Session" },
);

const signInSchema = Type.Object(
  {
    token: Type.Optional(Type.String({ minLength: 1, maxLength: 8192, description: "A token" })),
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Of a link that signs in, instead" })),
  },
  { title: "SignIn", additionalProperties: false },
);

/** A page signs in with a token, or with the code of a link, and has a session from then on, in a cookie. */
export function sessionRoutes({ app, failures }: HttpServer, access: Access): void {
  app.post(
    path,
    {
      config: { public: true },
      schema: {
        operationId: "signIn",
        summary: "Open a session for the page: its cookie stands in for a token",
        tags,
        body: signInSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      refuseForeignBrowsers(request);
      const { token, code } = request.body;
      if ((token === undefined) === (code === undefined)) {
        throw new RequestError(400, "token-or-code", "A sign-in needs a token or a code, and not both");
      }
      const principal = token === undefined ? codeOwner(access, code!) : await access.authenticate(token.trim());
      if (principal === undefined) {
        await failures.failed(request.ip);
        throw token === undefined
          ? new RequestError(
              401,
              "code-used",
              "The link was used already, or is older than an hour; sign in with a token",
            )
          : new RequestError(401, "unauthenticated", "The token is not known here, has expired, or was revoked");
      }
      const at = { request, reply, secure: false };
      const expiresAt = await startSession(access, at, principal, sessionDays * daySeconds);
      return resourceOf({ ...principal, expiresAt });
    },
  );

  app.get(
    path,
    {
      config: { scopes: [] },
      schema: {
        operationId: "getSession",
        summary: "Who asks, and what they may do",
        tags,
        response: { 200: sessionSchema },
      },
    },
    async (request) => resourceOf(principalOf(request)),
  );

  app.delete(
    path,
    {
      config: { scopes: [] },
      schema: {
        operationId: "signOut",
        summary: "End the session of the page",
        tags,
        response: { 200: Type.Object({ principal: Type.String() }, { title: "EndedSession" }) },
      },
    },
    async (request, reply) => {
      const { id: by } = principalOf(request);
      const secret = request.headers.authorization === undefined ? sessionSecret(request) : undefined;
      const session = secret === undefined ? undefined : access.sessionOf(secret);
      if (session === undefined) {
        throw new RequestError(404, "no-session", "A token opens no session, and is revoked by its name");
      }
      const { id } = session;
      await access.write(id, (state, { writeId, at }) => endGrant(state, { id, by, at }, writeId));
      clearSessionCookie(request, reply);
      return { principal: by };
    },
  );
}

/** Resolves with its end, when every process that has read so far knows the session (µs). */
export async function startSession(
  access: Access,
  {
    request,
    reply,
    secure,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly secure: boolean },
  principal: Principal,
  seconds: number,
): Promise<number> {
  const secret = randomToken();
  const id = sessionIdOf(randomUUID());
  const createdAt = nowMicros();
  const longest = createdAt + seconds * 1e6;
  const expiresAt = Math.min(longest, principal.expiresAt ?? longest);
  const session = {
    ...{ id, name: principal.id, hash: sha256(secret), scopes: principal.scopes, createdAt, expiresAt },
    createdBy: principal.id,
    restsOn: access.basisOf(principal),
  };
  await access.write(id, (_state, { writeId }) => openSession(session, writeId));
  setSessionCookie(request, reply, secret, Math.ceil((expiresAt - createdAt) / 1e6), secure);
  return expiresAt;
}

function codeOwner(access: Access, code: string): Principal | undefined {
  return access.codes.use(code) ? access.administrator : undefined;
}

function resourceOf({ id, scopes: held, expiresAt }: Principal) {
  return {
    principal: id,
    scopes: [...expandScopes(held)],
    roles: roleNames.filter((role) => includesScopes(held, [role])),
    ...(expiresAt !== undefined && { expiresAt: isoFromMicros(expiresAt) }),
  };
}
