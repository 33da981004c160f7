import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventLog, type TopicNames, topicNames, topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import {
  adminTokenAuth,
  createHttpServer,
  createMetrics,
  type HttpServer,
  loadConfig,
  type ServiceApp,
} from "@headwater/service";
import { silentLogger } from "@headwater/core";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import type { TimeSeriesStore } from "@headwater/time-series";
import { createIngestApp } from "../src/app.ts";
import { ingestSettings } from "../src/config.ts";

const token = "an-admin-token-for-tests-only-0123456789";
export const tokenHeader = { authorization: `Bearer ${token}` };
export const topics = topicNames();
export const partitions = 4;

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: T;
  readonly text: string;
}

export interface TestService {
  readonly app: ServiceApp;
  readonly http: HttpServer;
  request<T = Record<string, never>>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
}

/** A real embedded log and store in a folder of their own. */
export async function openBackends() {
  const folder = mkdtempSync(join(tmpdir(), "ingest-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const store: TimeSeriesStore = await openEmbeddedStore({ dataDir: join(folder, "store") });
  return {
    folder,
    log,
    store,
    async close() {
      await log.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function startService(options: {
  readonly log: EventLog;
  readonly store: TimeSeriesStore;
  readonly dataDir: string;
  readonly topics?: TopicNames;
  readonly ingest?: Record<string, unknown>;
}): Promise<TestService> {
  const config = loadConfig(ingestSettings, {
    env: {},
    overrides: { ingest: { commitMs: 50, flushMs: 5, ...options.ingest } },
  });
  const metrics = createMetrics({ service: "ingest", processMetrics: false });
  const http = await createHttpServer({
    logger: silentLogger,
    metrics,
    auth: adminTokenAuth(token),
    host: "127.0.0.1",
    port: 0,
    title: "Test",
    readiness: () => app.notReady(),
  });
  const app = createIngestApp({ topics, ...options, config, partitions, logger: silentLogger, metrics, http });
  await app.start();
  return {
    app,
    http,
    async request(method, url, body, headers = {}) {
      const response = await http.inject({
        method,
        url,
        headers: { ...tokenHeader, ...headers },
        ...(body !== undefined && { payload: body as object }),
      });
      const isJson = /[/+]json(?:;|$)/.test(String(response.headers["content-type"]));
      return {
        status: response.statusCode,
        headers: response.headers,
        body: (isJson ? response.json() : {}) as never,
        text: response.body,
      };
    },
  };
}
