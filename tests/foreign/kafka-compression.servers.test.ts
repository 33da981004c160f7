import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { ConfigError } from "@headwater/core";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { events, telemetryHeaders } from "@headwater/proto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Collected, readAll, spec, until } from "../../packages/event-log/src/contract/harness.ts";
import { kafkaClassPath } from "../../scripts/servers/kafka-install.ts";

// Batches that are compressed, on the real broker and read by Kafka's own consumer, which knows nothing of ours.

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");
const run = `compression-${randomBytes(4).toString("hex")}`;

let plain: EventLog;
let packing: EventLog;
beforeAll(async () => {
  const options = { brokers: brokers.split(","), clientId: run };
  plain = await openKafkaLog(options);
  packing = await openKafkaLog({ ...options, compression: "zstd" });
});
afterAll(async () => {
  await plain?.close();
  await packing?.close();
});

const event = (n: number): OutgoingRecord => {
  const device = `device-${n % 100}`;
  const eventTime = 1_764_000_000_000_000 + n * 1000;
  const readings = [
    { metric: "temperature", number: 20 + (n % 97) / 10 },
    { metric: "pressure", number: 1000 + (n % 89) },
  ];
  const value = { gateway: "gateway-1", epoch: 1, n: n + 1, receivedAt: eventTime + 500, device, eventTime, readings };
  return { key: device, value: events.telemetry.encode(value), headers: telemetryHeaders.event, partition: 0 };
};

async function javaTool(tool: string, ...args: string[]): Promise<string> {
  const java = ["-Xmx128m", "-cp", await kafkaClassPath(() => {}), tool, "--bootstrap-server", brokers!, ...args];
  return (await promisify(execFile)("java", java, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

async function bytesOnDisk(topic: string): Promise<number> {
  const answer = await javaTool("org.apache.kafka.tools.LogDirsCommand", "--describe", "--topic-list", topic);
  return Number(/"size":(\d+)/.exec(answer)?.[1]);
}

it("telemetry takes a quarter of the bytes, and is the same for every reader", async () => {
  const topics = { plain: `${run}.plain`, packed: `${run}.packed` };
  for (const topic of Object.values(topics)) await plain.ensureTopics([spec(topic, 1)]);
  const written = Array.from({ length: 20_000 }, (_, n) => event(n));
  for (let from = 0; from < written.length; from += 5000) {
    await plain.append(topics.plain, written.slice(from, from + 5000));
    await packing.append(topics.packed, written.slice(from, from + 5000));
  }
  const collected = new Collected();
  const following = await plain.follow({
    ...{ topics: [topics.packed], otherwise: "earliest" },
    onBatch: (batch) => collected.add(batch),
  });
  const read = await readAll(plain, topics.packed, 0);
  expect(read.map(({ offset }) => offset)).toEqual(written.map((_, n) => n));
  expect(read.every(({ value }, n) => Buffer.compare(value!, written[n]!.value!) === 0)).toBe(true);
  await until(() => collected.records.length >= written.length);
  await following.close();
  const consumed = await javaTool(
    "org.apache.kafka.tools.consumer.ConsoleConsumer",
    ...[
      "--topic",
      topics.packed,
      "--from-beginning",
      "--max-messages",
      String(written.length),
      "--timeout-ms",
      "60000",
    ],
    ...["--formatter-property", "print.value=false", "--formatter-property", "print.key=true"],
  );
  expect(consumed.trim().split("\n")).toEqual(written.map(({ key }) => key));
  expect(await bytesOnDisk(topics.packed)).toBeLessThan((await bytesOnDisk(topics.plain)) / 4);
});

it("small batches and bytes without a pattern are as good as they were", async () => {
  const topic = `${run}.odd`;
  await plain.ensureTopics([spec(topic, 1)]);
  const values = [randomBytes(10), randomBytes(300_000), Buffer.alloc(900_000), randomBytes(4096), Buffer.alloc(0)];
  for (const value of values) await packing.append(topic, [{ key: "key", value }]);
  await packing.append(
    topic,
    values.map((value) => ({ key: "key", value })),
  );
  const read = await readAll(plain, topic, 0);
  expect(read.map(({ value }) => Buffer.from(value!).toString("base64"))).toEqual(
    [...values, ...values].map((value) => value.toString("base64")),
  );
});
