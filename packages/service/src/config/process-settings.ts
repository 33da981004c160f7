import type { Static } from "@sinclair/typebox";
import { Type } from "@sinclair/typebox";
import { logFormats, logLevels } from "../log/logger.ts";

/** Where clients reach another service: told at `GET /api/v1` by every process, so that one address is enough. */
function address(env: string, what: string) {
  return Type.Optional(
    Type.String({
      env,
      pattern: "^https?://[^/?#\\s@]+(?:/[^?#\\s]*)?$",
      description: `Where clients reach ${what}: \`http://host:port\`; told to them at \`/api/v1\``,
    }),
  );
}

function rolesOf(env: string, who: string) {
  return Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
    env,
    default: [],
    maxItems: 100,
    description: `Values of the claim (groups, say) whose people are ${who}; * for everybody who signs in`,
  });
}

/**
 * Settings of every process, whichever services run in it. The host merges them with those of its services.
 */
export const processSettings = Type.Object({
  dataDir: Type.String({
    env: "HEADWATER_DATA_DIR",
    default: "data",
    minLength: 1,
    description: "Folder for everything this process keeps",
  }),
  http: Type.Object({
    host: Type.String({
      env: "HEADWATER_HTTP_HOST",
      default: "127.0.0.1",
      minLength: 1,
      description: "Address the HTTP server listens on",
    }),
    port: Type.Integer({
      env: "HEADWATER_HTTP_PORT",
      default: 8080,
      minimum: 0,
      maximum: 65_535,
      description: "Port of the HTTP server (0: any that is free)",
    }),
    requestTimeoutMs: Type.Integer({
      env: "HEADWATER_HTTP_REQUEST_TIMEOUT_MS",
      default: 30_000,
      minimum: 1000,
      maximum: 600_000,
      description: "A request has to have arrived within this, its body too; an answer may take any time",
    }),
    maxConnectionsPerAddress: Type.Integer({
      env: "HEADWATER_HTTP_MAX_CONNECTIONS_PER_ADDRESS",
      default: 1000,
      minimum: 1,
      maximum: 10_000,
      description: "HTTP connections of one address at a time; raise it behind a proxy that opens more",
    }),
    corsOrigins: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      env: "HEADWATER_HTTP_CORS_ORIGINS",
      default: [],
      maxItems: 100,
      description: "Origins whose pages may use the API, like https://ops.example; * for any",
    }),
    publicUrl: Type.Optional(
      Type.String({
        env: "HEADWATER_HTTP_PUBLIC_URL",
        pattern: "^https?://[^/?#\\s@]+/?$",
        description:
          "Where browsers open the page, like https://iot.example, where it is not this server's own address",
      }),
    ),
    hosts: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
      env: "HEADWATER_HTTP_HOSTS",
      default: [],
      maxItems: 100,
      description:
        "Names by which this server is asked, without ports, beside addresses, localhost and that of HEADWATER_HTTP_PUBLIC_URL; * for any",
    }),
    publicMetrics: Type.Boolean({
      env: "HEADWATER_METRICS_PUBLIC",
      default: false,
      description: "Whether /metrics needs no token",
    }),
    metricsToken: Type.Optional(
      Type.String({
        env: "HEADWATER_METRICS_TOKEN",
        minLength: 32,
        maxLength: 1000,
        secret: true,
        description: "A token that reads /metrics and nothing else, for Prometheus; beside the admin token",
      }),
    ),
  }),
  urls: Type.Object({
    ingest: address("HEADWATER_INGEST_URL", "the ingest service (devices, telemetry, commands, ledger)"),
    rules: address("HEADWATER_RULES_URL", "the rules service (rules, alerts, backtests)"),
    gateway: address("HEADWATER_GATEWAY_URL", "the edge gateway's HTTP port (spool, telemetry over HTTP)"),
  }),
  adminTokenFile: Type.Optional(
    Type.String({
      env: "HEADWATER_ADMIN_TOKEN_FILE",
      minLength: 1,
      description: "File with the admin token, mode 0600; made if absent (default: admin-token in the data folder)",
    }),
  ),
  oidc: Type.Object({
    issuer: Type.Optional(
      Type.String({
        env: "HEADWATER_OIDC_ISSUER",
        pattern: "^https?://\\S+$",
        description: "A provider of OpenID Connect at which people sign in to the page",
      }),
    ),
    clientId: Type.Optional(
      Type.String({
        env: "HEADWATER_OIDC_CLIENT_ID",
        minLength: 1,
        description: "As which client Headwater is known there",
      }),
    ),
    clientSecret: Type.Optional(
      Type.String({
        env: "HEADWATER_OIDC_CLIENT_SECRET",
        minLength: 1,
        secret: true,
        description: "The client's secret; absent: it has none and goes by PKCE alone",
      }),
    ),
    scopes: Type.Array(Type.String({ minLength: 1 }), {
      env: "HEADWATER_OIDC_SCOPES",
      default: ["openid", "profile", "email"],
      maxItems: 20,
      description: "What the provider is asked for; `openid` is needed",
    }),
    audience: Type.Array(Type.String({ minLength: 1 }), {
      env: "HEADWATER_OIDC_AUDIENCE",
      default: [],
      maxItems: 20,
      description:
        "For whom the provider's tokens have to be that are shown as `Authorization: Bearer`; default: the client",
    }),
    nameClaim: Type.String({
      env: "HEADWATER_OIDC_NAME_CLAIM",
      default: "preferred_username",
      minLength: 1,
      description: "The claim that names a person in events; choose one that people cannot set themselves",
    }),
    rolesClaim: Type.String({
      env: "HEADWATER_OIDC_ROLES_CLAIM",
      default: "groups",
      minLength: 1,
      description: "The claim whose values give roles",
    }),
    viewers: rolesOf("HEADWATER_OIDC_VIEWERS", "viewers"),
    operators: rolesOf("HEADWATER_OIDC_OPERATORS", "operators"),
    admins: rolesOf("HEADWATER_OIDC_ADMINS", "administrators"),
  }),
  logLevel: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    { env: "HEADWATER_LOG_LEVEL", default: "info", description: "Least level that is logged" },
  ),
  logFormat: Type.Union(
    logFormats.map((format) => Type.Literal(format)),
    {
      env: "HEADWATER_LOG_FORMAT",
      default: "auto",
      description: "Log lines as `json`, as `text` for people, or `auto`: text on a terminal, JSON otherwise",
    },
  ),
});
export type ProcessSettings = Static<typeof processSettings>;
