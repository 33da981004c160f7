import { randomBytes } from "node:crypto";
import { ConfigError } from "@headwater/core";
import { openKafkaLog } from "@headwater/event-log/kafka";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import { afterAll, describe, expect, it } from "vitest";
import { kafkaTool } from "./kafka-tool.ts";

// An operator may bound what a client reads, writes or asks for. The broker then answers at once, without partitions
// where it is a fetch, and keeps the connection silent for as long as the answer says.

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");
const run = `quota-${randomBytes(4).toString("hex")}`;
const client = (quota: string): string => `${run}-${quota}`;

/** Shorter than the broker keeps silent: waiting for its quota is no sign of a broker that hangs. */
const requestTimeoutMs = 2500;
const open = (quota: string): Promise<EventLog> =>
  openKafkaLog({ brokers: brokers.split(","), clientId: client(quota), requestTimeoutMs });

const limit = (quota: string, value: number): Promise<void> =>
  kafkaTool("configs", brokers, "--alter", "--add-config", `${quota}=${value}`, ...entity(quota));

const entity = (quota: string): string[] => ["--entity-type", "clients", "--entity-name", client(quota)];

const limited = new Set<string>();

afterAll(async () => {
  for (const quota of limited)
    await kafkaTool("configs", brokers, "--alter", "--delete-config", quota, ...entity(quota));
});

const records = (count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({ key: String(i), value: Buffer.alloc(10_000, i), partition: 0 }));

async function topicWith(count: number): Promise<string> {
  const topic = `${run}.${limited.size}`;
  const log = await openKafkaLog({ brokers: brokers!.split(","), clientId: client("none") });
  await log.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
  for (let sent = 0; sent < count; sent += 100) await log.append(topic, records(100));
  await log.close();
  return topic;
}

describe("a client with a quota", () => {
  it("of bytes to consume reads, follows and consumes all there is", async () => {
    const topic = await topicWith(600);
    limited.add("consumer_byte_rate");
    await limit("consumer_byte_rate", 300_000);
    const log = await open("consumer_byte_rate");
    let read = 0;
    for await (const batch of log.read(topic, 0)) read += batch.records.length;
    expect(read).toBe(600);

    let followed = 0;
    const caughtUp = Promise.withResolvers<void>();
    const following = await log.follow({
      topics: [topic],
      from: [{ topic, partition: 0, offset: 500 }],
      onBatch: (batch) => void (followed += batch.records.length),
      onCaughtUp: caughtUp.resolve,
    });
    await Promise.race([caughtUp.promise, following.done]);
    expect(followed).toBe(100);
    await following.close();
    await log.close();
  });

  it("of bytes to produce appends everything once, and no outcome is unknown", async () => {
    const topic = await topicWith(0);
    limited.add("producer_byte_rate");
    await limit("producer_byte_rate", 120_000);
    const log = await open("producer_byte_rate");
    for (let sent = 0; sent < 240; sent += 60) await log.append(topic, records(60));
    expect((await log.positions(topic))[0]!.end).toBe(240);
    await log.close();
  });

  it("of requests is slow and otherwise well", async () => {
    const topic = await topicWith(100);
    limited.add("request_percentage");
    await limit("request_percentage", 0.1);
    const log = await open("request_percentage");
    for (let sent = 0; sent < 5; sent++) await log.append(topic, records(10));
    let read = 0;
    for await (const batch of log.read(topic, 0)) read += batch.records.length;
    expect(read).toBe(150);
    await log.close();
  });
});
