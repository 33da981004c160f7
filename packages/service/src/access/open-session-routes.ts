import { endGrant, type Grant, sessionIdOf } from "@headwater/aggregates";
import { isoFromMicros, RequestError } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import type { FastifyRequest } from "fastify";
import {
  afterQuery,
  decodeCursor,
  type HttpServer,
  isTextPlace,
  listQuery,
  mayUse,
  pageOf,
  pageSchema,
  positionSchema,
  positionText,
  type Principal,
  principalOf,
  requireScopes,
  sessionSecret,
  waitForAfter,
} from "../http/index.ts";
import type { Access } from "./access.ts";

const tags = ["access"];

const openSessionSchema = Type.Object(
  {
    id: Type.String(),
    principal: Type.String({ description: "Who signed in" }),
    createdAt: Type.String({ format: "date-time" }),
    expiresAt: Type.String({ format: "date-time" }),
    current: Type.Boolean({ description: "Whether it is the one that asks" }),
  },
  { title: "OpenSession" },
);

/** The sessions of pages: each sees and ends those under its own name, and with rights over access all of them. */
export function openSessionRoutes({ app }: HttpServer, access: Access, timeoutMs: number): void {
  const { model } = access;

  app.get(
    "/api/v1/sessions",
    {
      config: { scopes: [] },
      schema: {
        operationId: "listSessions",
        summary: "Open sessions of whoever asks, or of all",
        tags,
        querystring: Type.Object({
          ...listQuery.properties,
          ...afterQuery,
          of: Type.Union([Type.Literal("self"), Type.Literal("all")], {
            default: "self",
            description: "`all` needs the scope access:read",
          }),
        }),
        response: { 200: pageSchema(openSessionSchema) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { limit, cursor, after, of } = request.query;
      if (of === "all") requireScopes(principal, ["access:read"]);
      await waitForAfter(model, after, timeoutMs);
      const from = decodeCursor(request, cursor, isTextPlace) ?? "";
      const sessions = access.openSessions(of === "all" ? undefined : principal.id, from, limit + 1);
      const current = currentOf(request, access);
      return pageOf(
        request,
        sessions,
        limit,
        ({ id }) => id,
        (session) => resourceOf(session, current),
      );
    },
  );

  app.delete(
    "/api/v1/sessions/:id",
    {
      config: { scopes: [] },
      schema: {
        operationId: "endSession",
        summary: "End a session: one's own, or with the scope access:write anybody's",
        tags,
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
        response: { 200: Type.Object({ id: Type.String(), position: positionSchema }, { title: "EndedOpenSession" }) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { id } = request.params;
      const of = sessionIdOf(id);
      const { position } = await access.write(of, (state, { writeId, at }) => {
        refuseOthers(principal, state?.grant);
        return endGrant(state, { id: of, by: principal.id, at }, writeId);
      });
      return { id, position: positionText(position) };
    },
  );
}

/** To whoever may not end it, a session of somebody else is not there: ids are not to be tried out. */
function refuseOthers(principal: Principal, session: Grant | undefined): void {
  if (session?.name === principal.id || mayUse(principal, ["access:write"])) return;
  throw new RequestError(404, "no-session", "There is no such session");
}

function currentOf(request: FastifyRequest, access: Access): string | undefined {
  const secret = request.headers.authorization === undefined ? sessionSecret(request) : undefined;
  return secret === undefined ? undefined : access.sessionOf(secret)?.id;
}

function resourceOf({ id, name, createdAt, expiresAt }: Grant, current: string | undefined) {
  return {
    id: id.slice(sessionIdOf("").length),
    principal: name,
    createdAt: isoFromMicros(createdAt),
    expiresAt: isoFromMicros(expiresAt),
    current: id === current,
  };
}
