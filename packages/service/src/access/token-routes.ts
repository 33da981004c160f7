import {
  createToken,
  endGrant,
  expandScopes,
  type Grant,
  includesScopes,
  roles,
  scopes,
  tokenIdOf,
  tokenNamePattern,
} from "@headwater/aggregates";
import { isoFromMicros, nowMicros, randomToken, RequestError, sha256 } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import {
  afterQuery,
  decodeCursor,
  expiryFields,
  expiryOf,
  expiryShown,
  type HttpServer,
  isTextPlace,
  listQuery,
  pageOf,
  pageSchema,
  positionSchema,
  positionText,
  principalOf,
  waitForAfter,
} from "../http/index.ts";
import type { Access } from "./access.ts";

const tags = ["access"];
const mayRead = { scopes: ["access:read"] };
const mayWrite = { scopes: ["access:write"] };
const params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) });
const names = [...Object.keys(roles), ...scopes];

const tokenSchema = Type.Object(
  {
    name: Type.String({ description: "Who did what the token does" }),
    scopes: Type.Array(Type.String(), { description: "Scopes and roles, as they were given" }),
    createdAt: Type.String({ format: "date-time" }),
    createdBy: Type.String(),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
    lastUsedAt: Type.Optional(
      Type.String({ format: "date-time", description: "To some ten minutes; absent: not since it was made" }),
    ),
  },
  { title: "Token" },
);

const newTokenSchema = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "Stands in every event that the token causes; letters, digits, dots, dashes, underscores",
      documented: { pattern: tokenNamePattern },
    }),
    scopes: Type.Array(Type.String({ maxLength: 64, documented: { enum: names } }), {
      minItems: 1,
      maxItems: 50,
      description: `Roles (${Object.keys(roles).join(", ")}) or single scopes`,
    }),
    ...expiryFields,
  },
  { title: "NewToken", additionalProperties: false },
);

/** API tokens over REST. Nobody gives away more than they have. */
export function tokenRoutes({ app }: HttpServer, access: Access, timeoutMs: number): void {
  const { model } = access;

  app.post(
    "/api/v1/tokens",
    {
      config: mayWrite,
      schema: {
        operationId: "createToken",
        summary: "A token for a program or a person, with the scopes that it needs",
        tags,
        body: newTokenSchema,
        response: {
          201: Type.Object(
            {
              ...tokenSchema.properties,
              token: Type.String({ description: "Sent as `Authorization: Bearer`; shown this once" }),
              position: positionSchema,
            },
            { title: "CreatedToken" },
          ),
        },
      },
    },
    async (request, reply) => {
      const { name, scopes: wanted } = request.body;
      const principal = principalOf(request);
      const secret = randomToken();
      const token = {
        ...{ name, scopes: wanted, hash: sha256(secret), createdAt: nowMicros(), createdBy: principal.id },
        expiresAt: expiryOf(request.body, "invalid-token"),
      };
      const { state, position } = await access.write(tokenIdOf(name), (present, { writeId }) => {
        const event = createToken(present, token, writeId);
        if (!includesScopes(principal.scopes, wanted)) throw beyond(principal.scopes, wanted);
        return event;
      });
      void reply.code(201).header("location", `/api/v1/tokens/${name}`);
      return { ...resourceOf(access, state.grant!), token: secret, position: positionText(position) };
    },
  );

  app.get(
    "/api/v1/tokens",
    {
      config: mayRead,
      schema: {
        operationId: "listTokens",
        summary: "Tokens, by name, without the secrets themselves",
        tags,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(tokenSchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const tokens = model.list("token", decodeCursor(request, cursor, isTextPlace) ?? "", limit + 1);
      return pageOf(
        request,
        tokens,
        limit,
        ({ id }) => id,
        (token) => resourceOf(access, token),
      );
    },
  );

  app.get(
    "/api/v1/tokens/:name",
    {
      config: mayRead,
      schema: {
        operationId: "getToken",
        summary: "A token, without the secret itself",
        tags,
        params,
        querystring: Type.Object(afterQuery),
        response: { 200: tokenSchema },
      },
    },
    async (request) => {
      const { name } = request.params;
      await waitForAfter(model, request.query.after, timeoutMs);
      const grant = model.state(tokenIdOf(name))?.grant;
      if (grant !== undefined) return resourceOf(access, grant);
      throw new RequestError(404, "token-unknown", `There is no token ${JSON.stringify(name)}`);
    },
  );

  app.delete(
    "/api/v1/tokens/:name",
    {
      config: mayWrite,
      schema: {
        operationId: "revokeToken",
        summary: "Revoke a token: it opens nothing any more, its sessions end, and live streams that it opened are cut",
        tags,
        params,
        response: { 200: Type.Object({ name: Type.String(), position: positionSchema }, { title: "RevokedToken" }) },
      },
    },
    async (request) => {
      const { name } = request.params;
      const id = tokenIdOf(name);
      const { id: by } = principalOf(request);
      const { position } = await access.write(id, (state, { writeId, at }) => endGrant(state, { id, by, at }, writeId));
      return { name, position: positionText(position) };
    },
  );
}

function beyond(held: readonly string[], wanted: readonly string[]): RequestError {
  const has = expandScopes(held);
  const lacking = expandScopes(wanted).filter((scope) => !has.includes(scope));
  return new RequestError(403, "forbidden", `A token gives no more than it has; this one lacks ${lacking.join(", ")}`);
}

function resourceOf(access: Access, { name, scopes: given, createdAt, createdBy, expiresAt }: Grant) {
  const lastUsedAt = access.uses.last(name, createdAt);
  return {
    ...{ name, scopes: [...given], createdAt: isoFromMicros(createdAt), createdBy },
    ...expiryShown(expiresAt),
    ...(lastUsedAt !== undefined && { lastUsedAt: isoFromMicros(lastUsedAt) }),
  };
}
