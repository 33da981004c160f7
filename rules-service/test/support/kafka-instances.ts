import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { eventLogSettings, openEventLog, topicNames, type EventLog } from "@headwater/event-log";
import { loadConfig } from "@headwater/service";
import { eventually } from "@headwater/testkit/eventually";
import { token } from "./harness.ts";
import { startReceiver, type Receiver } from "./receiver.ts";
import { RulesProcess } from "./rules-process.ts";

/** Rules services on the real Kafka, each a process, under topics of their own, with a receiver of webhooks. */
export function kafkaInstances(name: string, partitions: number) {
  const prefix = `${name}-${Date.now().toString(36)}.`;
  const started: RulesProcess[] = [];
  let folder: string;
  let log: EventLog | undefined;
  let receiver: Receiver | undefined;
  let env: Record<string, string>;
  return {
    topics: topicNames(prefix),
    async open(): Promise<{ log: EventLog; receiver: Receiver }> {
      const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
      expect(brokers, "HEADWATER_KAFKA_BROKERS names the Kafka to test against: npm run servers -- start").toBeTruthy();
      folder = await mkdtemp(join(tmpdir(), `headwater-${name}-`));
      await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
      env = {
        HEADWATER_EVENT_LOG: "kafka",
        HEADWATER_KAFKA_BROKERS: brokers!,
        HEADWATER_TOPIC_PREFIX: prefix,
        HEADWATER_PARTITIONS: String(partitions),
        HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
      };
      log = await openEventLog(loadConfig(eventLogSettings, { env }), { dataDir: folder, clientId: name });
      receiver = await startReceiver();
      return { log, receiver };
    },
    async start(): Promise<RulesProcess> {
      const running = await RulesProcess.start({
        ...env,
        HEADWATER_DATA_DIR: join(folder, `instance-${started.length}`),
        HEADWATER_ADMIN_TOKEN_FILE: join(folder, "admin-token"),
        HEADWATER_HTTP_PORT: "0",
        HEADWATER_RULES_TICK_MS: "200",
        HEADWATER_RULES_IDLE_TICK_MS: "500",
        HEADWATER_RULES_CHECKPOINT_MS: "300",
        HEADWATER_ACTIONS_NETWORKS: "127.0.0.0/8",
        HEADWATER_ACTIONS_RETRY_MS: "50",
        HEADWATER_ACTIONS_MAX_RETRY_MS: "200",
        HEADWATER_ACTIONS_BREAKER_MS: "100",
      });
      started.push(running);
      expect(running.url, running.output.join("\n")).not.toBe("");
      await eventually(async () => {
        const { status, body } = await running.call("GET", "/health/ready");
        expect(status, JSON.stringify(body)).toBe(200);
      }, 120_000);
      return running;
    },
    async close(): Promise<void> {
      await Promise.all(started.map((each) => each.clear()));
      await receiver?.close();
      await log?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
