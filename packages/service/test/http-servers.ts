import { Type } from "@sinclair/typebox";
import { silentLogger } from "@headwater/core";
import { createMetrics } from "../src/metrics/index.ts";
import {
  type HttpServer,
  type HttpServerOptions,
  adminTokenAuth,
  createHttpServer,
  listQuery,
  principalOf,
} from "../src/http/index.ts";

export const adminToken = "a-token-of-the-administrator-of-32+";
export const auth = { authorization: `Bearer ${adminToken}` };
const open: HttpServer[] = [];

export async function testServer(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const http = await createHttpServer({
    logger: silentLogger,
    metrics: createMetrics({ service: "test", processMetrics: false }),
    auth: adminTokenAuth(adminToken),
    host: "127.0.0.1",
    port: 0,
    title: "Test",
    readiness: () => [],
    drainMs: 100,
    ...more,
  });
  open.push(http);
  return http;
}

export async function closeServers(): Promise<void> {
  await Promise.all(open.splice(0).map((http) => http.close()));
}

export const thing = Type.Object(
  { id: Type.String({ minLength: 1 }), size: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) },
  { additionalProperties: false },
);

/** With routes for things. */
export async function withThings(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const http = await testServer(more);
  http.app.post("/api/v1/things", { schema: { body: thing, response: { 201: thing } } }, async (request, reply) => {
    void reply.code(201);
    return { id: request.body.id, size: request.body.size };
  });
  http.app.get(
    "/api/v1/things",
    {
      schema: { querystring: Type.Object({ ...listQuery.properties, tags: Type.Optional(Type.Array(Type.String())) }) },
    },
    async (request) => ({ items: [request.query], next: null }),
  );
  http.app.get("/api/v1/things/:id", { config: { scopes: ["things:read"] }, schema: {} }, async (request) => ({
    who: principalOf(request).id,
  }));
  return http;
}
