import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicNames, topicSpecs, type EventLog, type TopicNames } from "@headwater/event-log";
import { events, type ActionEvent, type AlertEvent, type CommandEvent, type RuleStateRecord } from "@headwater/proto";
import { adminTokenAuth, createHttpServer, createMetrics, type HttpServer, type ServiceApp } from "@headwater/service";
import { silentLogger, type Logger } from "@headwater/core";
import { createRulesApp, type RulesAppDeps } from "../../src/app.ts";
import { actionsConfig, rulesConfig, type ActionsConfig, type RulesConfig } from "../../src/config.ts";
import { Fleet } from "./fleet.ts";

export const token = "0123456789abcdef0123456789abcdef";

/** Short intervals, so that tests are fast; no test may depend on their values. */
export const quickConfig: Partial<RulesConfig> = {
  tickMs: 20,
  idleTickMs: 40,
  checkpointMs: 50,
  checkpointRecords: 500,
};

export interface Platform {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly folder: string;
  readonly fleet: Fleet;
  close(): Promise<void>;
}

/** An embedded log with every topic, in a folder of its own. */
export async function platform(partitions = 2, folder?: string): Promise<Platform> {
  const dir = folder ?? (await mkdtemp(join(tmpdir(), "headwater-rules-")));
  const log = await openEmbeddedLog({ dataDir: join(dir, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const topics = topicNames();
  return {
    ...{ log, topics, partitions, folder: dir },
    fleet: new Fleet({ log, topics, partitions }),
    async close() {
      await log.close();
      if (folder === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly body: any;
}

export interface Service {
  readonly app: ServiceApp;
  readonly dataDir: string;
  readonly http: HttpServer;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Rejects with the error of which the service died, if it did. */
  stop(): Promise<void>;
  /** Stops a service that was meant to die. */
  clear(): Promise<void>;
}

let made = 0;

/** A rules service on that log, not yet started. */
export async function createService(
  { log, topics, partitions, folder }: Pick<Platform, "log" | "topics" | "partitions" | "folder">,
  config: Partial<RulesConfig> = quickConfig,
  logger: Logger = silentLogger,
  actions: Partial<ActionsConfig> = {},
  dataDir?: string,
  more: Pick<RulesAppDeps, "elapsedMicros" | "handOverMs"> = {},
): Promise<Service> {
  const metrics = createMetrics({ service: "rules", processMetrics: false });
  const instance = `test-${(made += 1)}`;
  const http = await createHttpServer({
    ...{ logger, metrics, auth: adminTokenAuth(token), host: "127.0.0.1", port: 0, title: "rules" },
    readiness: () => [],
  });
  const ownDir = dataDir ?? join(folder, instance);
  const app = createRulesApp({
    ...{ log, topics, partitions, logger, metrics, http, instance, ...more },
    config: { rules: rulesConfig(config), actions: actionsConfig(actions) },
    dataDir: ownDir,
  });
  let failure: unknown;
  app.died.catch((error: unknown) => {
    failure = error;
  });
  return {
    app,
    dataDir: ownDir,
    http,
    async call(method, path, body, headers = {}) {
      const isText = typeof body === "string";
      const response = await http.inject({
        method: method as "GET",
        url: path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": isText ? "application/yaml" : "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { payload: isText ? body : JSON.stringify(body) }),
      });
      const text = response.body;
      return {
        status: response.statusCode,
        headers: response.headers,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
    },
    async clear() {
      await app.stop();
      await http.close();
    },
    async stop() {
      await app.stop();
      await http.close();
      if (failure !== undefined) throw failure;
    },
  };
}

/** `dataDir`: that of a service before it; a new one by default. */
export async function startService(
  on: Platform,
  config: Partial<RulesConfig> = quickConfig,
  dataDir?: string,
): Promise<Service> {
  const made = await createService(on, config, silentLogger, {}, dataDir);
  await made.app.start();
  return made;
}

/** A rule that raises above a limit. */
export function hotRule(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    condition: { metric: "temperature", op: ">", threshold: 90, clearBelow: 80 },
    severity: "critical",
    actions: [{ command: { name: "shut_valve", params: { valve: 1 }, ttl: "3600s" } }],
    ...more,
  };
}

/** Rules that derive twice the temperature, of that twice as much, and a metric of each alert in turn. */
export const derivingRules = [
  { id: "double", derive: { metric: "double", expression: "metrics.temperature * 2.0", from: "temperature" } },
  { id: "quadruple", derive: { metric: "quadruple", expression: "metrics.double * 2.0", from: "double" } },
  {
    id: "told",
    condition: { metric: "quadruple", above: 360, clearBelow: 320 },
    actions: [{ derive: { metric: "overheating", value: 1 } }],
  },
] as const;

export async function enableRule(
  on: Pick<Service, "call">,
  rule: { readonly id: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const created = await on.call("POST", "/api/v1/rules", rule);
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  await on.call("POST", `/api/v1/rules/${rule.id}/enable`);
  await untilLive(on, rule.id);
}

export async function untilLive(on: Pick<Service, "call">, id: string): Promise<void> {
  await eventually(async () => {
    const { body } = await on.call("GET", `/api/v1/rules/${id}`);
    if (body.state !== "live") throw new Error(JSON.stringify(body));
  });
}

async function everything(log: EventLog, topic: string, partitions: number) {
  const found: { partition: number; offset: number; value: Uint8Array | null }[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const batch of log.read(topic, partition)) {
      for (const { offset, value } of batch.records) found.push({ partition, offset, value });
    }
  }
  return found;
}

type On = Pick<Platform, "log" | "topics" | "partitions">;

/** All of alerts.v1, as it was appended. */
export async function alertEvents({ log, topics, partitions }: On): Promise<AlertEvent[]> {
  return (await everything(log, topics.alerts, partitions)).map(({ value }) => events.alert.decode(value!));
}

export async function actionEvents({ log, topics, partitions }: On): Promise<ActionEvent[]> {
  return (await everything(log, topics.actions, partitions)).map(({ value }) => events.action.decode(value!));
}

export async function commandEvents({ log, topics, partitions }: On): Promise<CommandEvent[]> {
  return (await everything(log, topics.commands, partitions)).map(({ value }) => events.command.decode(value!));
}

export async function stateRecords({
  log,
  topics,
  partitions,
}: On): Promise<(RuleStateRecord & { partition: number; offset: number })[]> {
  const found = await everything(log, topics.ruleState, partitions);
  return found.flatMap(({ value, partition, offset }) =>
    // Not spread: absent fields of a decoded message are on its prototype.
    value === null ? [] : [Object.assign(events.ruleState.decode(value), { partition, offset })],
  );
}
