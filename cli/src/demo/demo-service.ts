import { join } from "node:path";
import { createApiClient, type ApiClient } from "@headwater/client";
import { type HostedService, loadOrCreateAdminToken, processSettings } from "@headwater/service";
import { Type } from "@sinclair/typebox";
import type { FastifyRequest } from "fastify";
import type { Demo } from "./demo.ts";

const path = "/api/v1/demo";
const tags = ["demo"];

const demoSchema = Type.Object(
  {
    running: Type.Boolean({ description: "Whether its devices send" }),
    devices: Type.Array(Type.String()),
    rule: Type.String(),
  },
  { title: "Demo" },
);

/**
 * The demo of the all-in-one. It acts as the administrator, and so whoever asks for it has to be able to make tokens.
 * It starts last, and stops before the gateway that its devices are connected to.
 */
export const demoService: HostedService<typeof processSettings> = {
  name: "demo",
  settings: processSettings,
  async create({ http: { app }, config, dataDir, logger }) {
    let made: Promise<Demo> | undefined;
    // With the simulator, whose modules a platform without a demo does not load.
    const demo = (): Promise<Demo> => (made ??= import("./demo.ts").then((module) => new module.Demo(logger)));
    const token = await loadOrCreateAdminToken(config.adminTokenFile ?? join(dataDir, "admin-token"));
    const api = (request: FastifyRequest): ApiClient => createApiClient(ownUrl(request), token);
    const response = { 200: demoSchema };
    app.get(
      path,
      {
        config: { scopes: ["access:read"] },
        schema: { operationId: "getDemo", summary: "Whether a demo fleet runs in this process", tags, response },
      },
      async () => (await demo()).state,
    );
    app.post(
      path,
      {
        config: { scopes: ["access:write"] },
        schema: {
          operationId: "startDemo",
          summary: "Start a demo fleet in this process, and a rule on it; they end after a day or with the process",
          tags,
          response,
        },
      },
      async (request) => (await demo()).start(api(request)),
    );
    app.delete(
      path,
      {
        config: { scopes: ["access:write"] },
        schema: {
          operationId: "removeDemo",
          summary: "Remove the demo fleet with all it has sent, and its rule",
          tags,
          response,
        },
      },
      async (request) => (await demo()).remove(api(request)),
    );
    return {
      name: "demo",
      died: new Promise<never>(() => {}),
      start: () => Promise.resolve(),
      stop: async () => (await made)?.close(),
      notReady: () => [],
    };
  },
};

/** Where the request has reached this process, which answers there itself. */
function ownUrl({ socket: { localAddress = "127.0.0.1", localPort } }: FastifyRequest): string {
  const host = localAddress.includes(":") ? `[${localAddress}]` : localAddress;
  return `http://${host}:${localPort}`;
}
