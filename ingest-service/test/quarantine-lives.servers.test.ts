import { ConfigError } from "@headwater/core";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { quarantineLivesSuite, type QuarantineLivesScene } from "./quarantine-lives-suite.ts";
import { partitions, startService } from "./service.ts";

/** Topics of its own, so that runs do not meet. */
const prefix = `quarantine-lives-${randomUUID()}.`;
const topics = topicNames(prefix);
const folder = mkdtempSync(join(tmpdir(), "quarantine-lives-"));
let log: Awaited<ReturnType<typeof openKafkaLog>>;
let store: Awaited<ReturnType<typeof openEmbeddedStore>>;
let scene: QuarantineLivesScene;

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing; run: npm run servers -- start");
  log = await openKafkaLog({ brokers: brokers.split(","), clientId: "quarantine-lives" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  store = await openEmbeddedStore({ dataDir: join(folder, "store") });
  const ingest = { group: `${prefix}ingest` };
  const start = () => startService({ log, store, topics, ingest, dataDir: folder });
  scene = { log, topics, folder, start, service: await start() };
});
afterAll(async () => {
  await scene?.service.app.stop();
  await store?.close();
  await log?.close();
  rmSync(folder, { recursive: true });
});

describe("what is in quarantine, in Kafka, of a device that has had several lives", () =>
  quarantineLivesSuite(() => scene));
