import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { TObject, TSchema } from "@sinclair/typebox";
import { Type } from "@sinclair/typebox";
import type { FastifyContextConfig, FastifySchema } from "fastify";
import { entityTags } from "./documented.ts";
import { nameSchemas } from "./named-schemas.ts";
import { describeProblemCodes } from "./problem-codes.ts";
import { problemSchema, problemType } from "./problem.ts";
import { jsonTypes } from "./json-bodies.ts";
import { requiredScopes } from "./route-scopes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The schema of a body that the handler checks itself. */
    readonly documentedBody?: TSchema;
    /** The schema of an answer that is streamed, past the serializer. */
    readonly documentedAnswer?: TSchema;
    /** Media types of the body. Default: JSON. */
    readonly consumes?: readonly string[];
    /** It heeds If-Match and If-None-Match, and answers with an ETag. */
    readonly preconditions?: boolean;
    /** Needs no token: its handler asks for the login of a device, and heeds Idempotency-Key itself. */
    readonly deviceLogin?: boolean;
    /** It heeds Last-Event-ID. */
    readonly lastEventId?: boolean;
  }
}

const problem = { description: "A problem (RFC 9457)", content: { [problemType]: { schema: problemSchema } } };
/** Statuses that any request may be answered with, before its route is asked. */
const always = [
  "400",
  "401",
  "403",
  "404",
  "405",
  "406",
  "408",
  "413",
  "414",
  "415",
  "421",
  "422",
  "429",
  "431",
  "500",
  "503",
];

const deviceLogins: readonly Readonly<Record<string, readonly string[]>>[] = [{ device: [] }, { deviceJwt: [] }];

/** How OpenAPI is made out of the routes, their schemas and their configuration. */
export function openApi(title: string, version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: {
        title,
        version,
        description: describeProblemCodes(),
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "headwater-session",
            description:
              "The session of a page that signed in; its name ends with `-` and the port, where there is one",
          },
          device: {
            type: "http",
            scheme: "basic",
            description: "A device's id and its token or password, as over MQTT",
          },
          deviceJwt: { type: "http", scheme: "bearer", description: "A JWT of an issuer that names the device" },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: ({ schema, url, route }) => {
      const config = route.config ?? {};
      const method = Array.isArray(route.method) ? route.method[0]! : route.method;
      const body = (config.documentedBody ?? schema?.body) as TSchema | undefined;
      const headers = headersOf(method, config);
      return {
        url,
        schema: {
          ...schema,
          security: securityOf(url, method, config),
          ...(body !== undefined && {
            body,
            consumes: [...(config.consumes ?? (method === "PATCH" ? jsonTypes : ["application/json"]))],
          }),
          ...(headers !== undefined && { headers }),
          response: responsesOf(method, schema, config),
        },
      };
    },
    transformObject: (document) => nameSchemas("openapiObject" in document ? document.openapiObject : {}),
  };
}

/** Which tokens open the route, with the scopes that they need. */
function securityOf(url: string, method: string, config: FastifyContextConfig) {
  if (config.public === true) return config.deviceLogin === true ? deviceLogins : [];
  const scopes = [...requiredScopes(url, method, config)];
  return [{ token: scopes }, { session: scopes }];
}

function headersOf(method: string, config: FastifyContextConfig): TObject | undefined {
  const tags = (description: string) => Type.Optional(Type.String({ description, ...entityTags }));
  const properties = {
    ...(config.preconditions === true &&
      method !== "GET" && {
        "if-match": tags("Only if the resource has one of these ETags, or (*) any"),
        "if-none-match": tags("Only if the resource has none of these ETags, or (*) is not there"),
      }),
    ...(isConditional(config) && {
      "if-none-match": Type.Optional(Type.String({ description: "304 if the resource has one of these ETags" })),
    }),
    ...(method === "POST" &&
      (config.public !== true || config.deviceLogin === true) && {
        "idempotency-key": Type.Optional(
          Type.String({
            pattern: "^[!-~]{1,255}$",
            description: "A request that comes again under the same key is answered as the first was",
          }),
        ),
      }),
    ...(config.lastEventId === true && {
      "last-event-id": Type.Optional(Type.String({ description: "Go on after this event", maxLength: 16_000 })),
    }),
  };
  return Object.keys(properties).length === 0 ? undefined : Type.Object(properties);
}

function responsesOf(method: string, schema: FastifySchema | undefined, config: FastifyContextConfig) {
  const declared = (schema?.response ?? { 200: config.documentedAnswer ?? Type.Unknown() }) as Readonly<
    Record<string, TSchema>
  >;
  const responses: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(declared)) {
    if (!status.startsWith("2")) {
      responses[status] = { description: "Not now", content: { "application/json": { schema: answer } } };
      continue;
    }
    const types = config.produces ?? ["application/json"];
    const content = types.map(
      (type) => [type, { schema: /\b(?:json|yaml)$/.test(type) ? answer : Type.String() }] as const,
    );
    const headers = {
      ...((config.preconditions === true || isConditional(config)) && {
        etag: Type.String({ description: "Of the resource" }),
      }),
      ...(status === "201" && { location: Type.String({ description: "Where the resource is" }) }),
    };
    responses[status] = {
      description: answer.description ?? descriptions[status] ?? "Done",
      ...(Object.keys(headers).length > 0 && { headers }),
      content: Object.fromEntries(content),
    };
  }
  if (isConditional(config)) responses["304"] = { type: "null", description: "The resource has that ETag" };
  if (method !== "GET") Object.assign(responses, { 409: problem, 412: problem });
  for (const status of [...always, "504"]) responses[status] ??= problem;
  return responses;
}

const descriptions: Readonly<Record<string, string>> = {
  200: "As asked",
  201: "Made",
  202: "Taken; it is done later",
};

function isConditional({ conditional }: FastifyContextConfig): boolean {
  return conditional !== undefined && conditional !== false;
}
