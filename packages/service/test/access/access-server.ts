import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@headwater/core";
import { topicNames, topicSpecs, type EventLog } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import {
  Access,
  AccessModel,
  accessRoutes,
  createHttpServer,
  createMetrics,
  FoldedEvents,
  type HttpServer,
  type HttpServerOptions,
  type OidcProvider,
  SkippedRecords,
} from "../../src/index.ts";

export const adminToken = "an-admin-token-for-tests-only-0123456789";
export const bearer = { authorization: `Bearer ${adminToken}` };

export interface AccessProcess {
  readonly access: Access;
  readonly http: HttpServer;
  close(): Promise<void>;
}

const topics = topicNames();
const partitions = 1;

/** A real embedded log in a folder of its own. */
export async function openLogFolder(): Promise<{ log: EventLog; folder: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "access-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  return {
    log,
    folder,
    async close() {
      await log.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A process that shares the log: its own folder, its own server. */
export async function startAccess(
  log: EventLog,
  dataDir: string,
  {
    token = adminToken,
    provider,
    ...more
  }: Partial<HttpServerOptions> & { readonly token?: string; readonly provider?: OidcProvider | undefined } = {},
): Promise<AccessProcess> {
  const logger = silentLogger;
  const metrics = createMetrics({ service: "test", processMetrics: false });
  const skipped = new SkippedRecords({ metrics, logger, reader: "access" });
  const folded = new FoldedEvents({ topics, partitions, skipped });
  const model = new AccessModel({ log, topic: topics.access, dataDir, logger, folded });
  const writing = { log, logger, topic: topics.access, source: "/test", timeoutMs: 10_000 };
  const access = new Access({ model, adminToken: token, writing, provider });
  const http = await createHttpServer({
    ...{ logger, metrics, auth: access, host: "127.0.0.1", port: 0, title: "Test", readiness: () => [], drainMs: 100 },
    ...more,
  });
  accessRoutes(http, access, 10_000, provider);
  http.app.get("/read", { config: { scopes: ["devices:read"] } }, async () => ({ read: true }));
  http.app.post("/write", { config: { scopes: ["devices:write"] } }, async () => ({ written: true }));
  http.app.get("/live", { config: { scopes: ["telemetry:read"] } }, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
    reply.raw.write(": begun\n\n");
  });
  await model.start();
  return {
    access,
    http,
    async close() {
      await http.close();
      await model.stop();
    },
  };
}
