import { silentLogger } from "@headwater/core";
import type { EventLog, TopicNames } from "@headwater/event-log";
import { adminTokenAuth, createHttpServer, createMetrics } from "@headwater/service";
import { createRulesApp } from "../rules-service/src/app.ts";
import type { RulesConfig } from "../rules-service/src/config.ts";

const token = "0123456789abcdef0123456789abcdef";

export interface RulesToStart {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly config: { readonly rules: RulesConfig };
  readonly dataDir: string;
}

/** The real rules service in this process; the app is not started yet. `call` asks its REST API, without a socket. */
export async function openRules({ log, topics, partitions, config, dataDir }: RulesToStart) {
  const metrics = createMetrics({ service: "rules", processMetrics: false });
  const logger = silentLogger;
  const http = await createHttpServer({
    ...{ logger, metrics, auth: adminTokenAuth(token), host: "127.0.0.1", port: 0, title: "rules" },
    readiness: () => [],
  });
  const app = createRulesApp({ log, topics, partitions, logger, metrics, http, config, instance: "bench", dataDir });
  const call = async (method: "GET" | "POST", url: string, payload?: object): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await http.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    if (response.statusCode >= 400) throw new TypeError(`${method} ${url}: ${response.statusCode} ${response.body}`);
    return JSON.parse(response.body) as Record<string, unknown>;
  };
  const stop = async (): Promise<void> => {
    await app.stop();
    await http.close();
  };
  return { app, http, call, stop };
}
