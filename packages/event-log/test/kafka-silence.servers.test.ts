import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KafkaRelay } from "@headwater/testkit/kafka-relay";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../../../scripts/servers/free-port.ts";
import { startKafka, type Kafka } from "../../../scripts/servers/kafka.ts";
import { Collected, numbered, pause, spec, until } from "../src/contract/harness.ts";
import type { EventLog } from "../src/event-log.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

// A broker that leaves single questions without an answer, as one does that stands still in the middle of something.

const offsetFetch = 9;
const listOffsets = 2;
const requestTimeoutMs = 1000;
const [topic, group] = ["silence", "group"];

let folder: string;
let relay: KafkaRelay;
let kafka: Kafka;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-silence-"));
  relay = await KafkaRelay.start();
  const [port] = await freePorts(1);
  relay.target = port!;
  kafka = await startKafka({
    dataDir: folder,
    ports: [port!],
    heapMb: 384,
    properties: { "advertised.listeners": `BROKER://127.0.0.1:${relay.port}` },
  });
});

afterAll(async () => {
  await relay?.stop();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): Promise<EventLog> =>
  openKafkaLog({ brokers: [`127.0.0.1:${relay.port}`], clientId: "silence", requestTimeoutMs, heartbeatMs: 200 });

it.each([
  ["committed offsets", offsetFetch],
  ["the ends of partitions", listOffsets],
])("a member waits for %s for as long as Kafka does not tell them, and goes on then", async (_what, key) => {
  const log = await open();
  const name = `${topic}-${key}`;
  await log.ensureTopics([spec(name, 2)]);
  await log.append(name, numbered(10, 0));
  const first = new Collected();
  const committing = await log.consume({
    ...{ group: `${group}-${key}`, topics: [name] },
    async onBatch(batch) {
      first.add(batch);
      // Of the other partition nothing is committed, so its beginning is asked for.
      if (batch.partition === 0) await batch.commit(4);
    },
  });
  await until(() => first.values.length === 10);
  await committing.close();
  await log.close();

  const later = await open();
  let asked = 0;
  let isSilent = true;
  relay.onAnswer = (apiKey) => {
    if (apiKey !== key || !isSilent) return;
    asked += 1;
    return "swallow";
  };
  const second = new Collected();
  const consuming = later.consume({
    ...{ group: `${group}-${key}`, topics: [name] },
    onBatch: (batch) => Promise.resolve(second.add(batch)),
  });
  let ended: unknown;
  consuming.then(({ done }) => done).catch((error: unknown) => (ended = error));
  // Longer than anything is asked for before it is given up once.
  await until(() => asked >= 3);
  await pause(3 * requestTimeoutMs);
  expect(ended).toBeUndefined();
  isSilent = false;
  const consumption = await consuming;
  await until(() => second.values.length === 6);
  expect(ended).toBeUndefined();
  await consumption.close();
  await later.close();
});
