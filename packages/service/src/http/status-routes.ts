import { Type, type Static } from "@sinclair/typebox";
import type { Metrics } from "../metrics/metrics.ts";
import type { Authenticator } from "./principal.ts";
import type { HttpApp } from "./type-provider.ts";

const health = Type.Object(
  {
    status: Type.Union([Type.Literal("live"), Type.Literal("ready"), Type.Literal("not-ready")]),
    reasons: Type.Optional(Type.Array(Type.String())),
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  { title: "Health" },
);

export interface StatusOptions {
  readonly metrics: Metrics;
  readonly readiness: () => readonly string[];
  /** Problems that do not keep the process from working. */
  readonly warnings?: (() => readonly string[]) | undefined;
  readonly publicMetrics?: boolean;
  readonly metricsAuth?: Authenticator;
  /** Told to whoever asks at `/api/v1`. Default: that nothing is known. */
  readonly directory?: Directory | undefined;
}

/** prom-client answers with one of these, whichever is asked for. */
const metricTypes = ["text/plain", "application/openmetrics-text"];

const address = Type.Optional(Type.String({ format: "uri" }));

/** Which services answer here, and where the others do. */
const directory = Type.Object(
  {
    services: Type.Array(Type.String()),
    urls: Type.Object({ ingest: address, rules: address, gateway: address }),
    oidc: Type.Optional(
      Type.String({ description: "Where a browser goes to sign in at the provider, if there is one" }),
    ),
    mqtt: Type.Optional(
      Type.Array(Type.String(), { description: "Where devices connect, if the gateway is in this process" }),
    ),
  },
  { title: "Directory" },
);
export type Directory = Static<typeof directory>;

/** Health, metrics and the API's own description. */
export function statusRoutes(app: HttpApp, options: StatusOptions): void {
  const open = { public: true } as const;

  app.get(
    "/health/live",
    {
      config: open,
      schema: {
        operationId: "getLiveness",
        summary: "Whether the process runs",
        tags: ["status"],
        response: { 200: health },
      },
    },
    async () => ({ status: "live" as const }),
  );

  app.get(
    "/health/ready",
    {
      config: open,
      schema: {
        operationId: "getReadiness",
        summary: "Whether it takes work, and if not, why; and what else is amiss",
        tags: ["status"],
        response: { 200: health, 503: health },
      },
    },
    async (_request, reply) => {
      const reasons = [...options.readiness()];
      const warnings = [...(options.warnings?.() ?? [])];
      const beside = warnings.length === 0 ? {} : { warnings };
      if (reasons.length === 0) return { status: "ready" as const, ...beside };
      void reply.code(503);
      return { status: "not-ready" as const, reasons, ...beside };
    },
  );

  app.get(
    "/metrics",
    {
      config: {
        public: options.publicMetrics ?? false,
        ...(options.metricsAuth !== undefined && { alsoFor: options.metricsAuth }),
        scopes: ["metrics:read"],
        produces: metricTypes,
      },
      schema: { operationId: "getMetrics", summary: "Metrics in the text format of Prometheus", tags: ["status"] },
    },
    async (_request, reply) => {
      void reply.type(options.metrics.register.contentType);
      return options.metrics.register.metrics();
    },
  );

  app.get(
    "/api/v1",
    {
      config: open,
      schema: {
        operationId: "getDirectory",
        summary: "Which services answer at this address, and where clients reach the others",
        tags: ["status"],
        response: { 200: directory },
      },
    },
    async () => options.directory ?? { services: [], urls: {} },
  );

  app.get("/api/v1/openapi.json", { config: open, schema: { hide: true } }, async () => app.swagger());
}
