import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@headwater/core";
import { TopicMismatchError, topicSpecs, type EventLog } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { eventually } from "@headwater/testkit/eventually";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForeignWriter } from "./foreign-writer.ts";
import { kafkaTool } from "./kafka-tool.ts";

// Topics that an operator makes, alters and shortens with Kafka's own tools.

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");
let prefix: string;
let log: EventLog;

beforeEach(async () => {
  prefix = `topics-${randomBytes(4).toString("hex")}.`;
  log = await openKafkaLog({ brokers: brokers.split(","), clientId: "topics" });
});
afterEach(() => log.close());

/** Resolves once the broker knows of so many partitions, which it hears a moment after the tool has ended. */
async function known(topic: string, partitions: number): Promise<void> {
  await eventually(async () => expect(await log.positions(topic)).toHaveLength(partitions));
}

async function make(topic: string, partitions: number, ...config: string[]): Promise<void> {
  await kafkaTool("topics", brokers!, "--create", "--topic", topic, "--partitions", String(partitions), ...config);
  await known(topic, partitions);
}

const value = Buffer.from("x");

describe("topics in use", () => {
  it("that an operator alters are told of while they are used, until they are as they have to be again", async () => {
    const watching = await openKafkaLog({ brokers: brokers.split(","), clientId: "topics", topicCheckMs: 200 });
    const topic = `${prefix}used`;
    const alter = (...args: string[]): Promise<void> =>
      kafkaTool("configs", brokers, "--alter", "--entity-type", "topics", "--entity-name", topic, ...args);
    await watching.ensureTopics([{ name: topic, partitions: 1, cleanup: "compact" }]);
    expect(watching.warnings!()).toEqual([]);
    await alter("--add-config", "cleanup.policy=delete,message.timestamp.type=CreateTime");
    const told = await eventually(
      () => watching.warnings!(),
      (all) => all.length > 0,
    );
    expect(told).toEqual([expect.stringContaining("cleanup.policy is delete and has to be compact")]);
    await watching.append(topic, [{ key: "k", value }]);
    await alter("--add-config", "cleanup.policy=compact,message.timestamp.type=LogAppendTime");
    await eventually(
      () => watching.warnings!(),
      (all) => all.length === 0,
    );
    await watching.close();
  });

  it("that another program holds up by a transaction are told of, until that ends", async () => {
    const watching = await openKafkaLog({ brokers: brokers.split(","), clientId: "topics", topicCheckMs: 200 });
    const topic = `${prefix}held`;
    await watching.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    await watching.append(topic, [{ key: "k", value }]);
    const writer = await ForeignWriter.start(brokers);
    await writer.write({ topic, values: ["open"], transaction: `${prefix}left` });
    await watching.append(topic, [{ key: "k", value }]);
    const told = await eventually(
      () => watching.warnings!(),
      (all) => all.length > 0,
    );
    expect(told).toEqual([expect.stringMatching(/held, partition 0: another program .* offset 1 on .*find-hanging/)]);
    // A producer of the same name ends what the one before it left open.
    const next = await ForeignWriter.start(brokers);
    await next.write({ topic, values: ["closed"], transaction: `${prefix}left`, end: "commit" });
    await eventually(
      () => watching.warnings!(),
      (all) => all.length === 0,
    );
    await Promise.all([writer.stop(), next.stop(), watching.close()]);
  });

  it("are read whole, records with a negative timestamp included", async () => {
    const topic = `${prefix}times`;
    await log.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    const config = "message.timestamp.type=CreateTime";
    const entity = ["--entity-type", "topics", "--entity-name", topic];
    await kafkaTool("configs", brokers, "--alter", ...entity, "--add-config", config);
    const producer = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    for (const timestamp of ["-1", "1000"]) await producer.send({ topic, messages: [{ value, timestamp }] });
    await producer.disconnect();
    const offsets: number[] = [];
    for await (const { records } of log.read(topic, 0)) offsets.push(...records.map(({ offset }) => offset));
    expect(offsets).toEqual([0, 1]);
  });
});

describe("topics that an operator made", () => {
  it("with the broker's defaults are refused before anything is made, by the command that mends them", async () => {
    const rules = `${prefix}rules.v1`;
    await make(rules, 1);
    const specs = topicSpecs(2, prefix);
    const error = await log.ensureTopics(specs).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TopicMismatchError);
    const { message } = error as TopicMismatchError;
    expect(message).toContain(`topic ${rules}: message.timestamp.type is CreateTime and has to be LogAppendTime`);
    expect(message).toContain("retention.ms is 604800000 and has to be -1");
    await expect(log.positions(`${prefix}telemetry.v1`)).rejects.toMatchObject({ code: "unknown-topic" });

    const command = /kafka-configs\.sh --bootstrap-server \S+ (.*)$/m.exec(message)?.[1] ?? "";
    await kafkaTool("configs", brokers, ...command.split(" "));
    await eventually(() => log.ensureTopics(specs));
    expect(log.warnings?.()).toEqual([]);
  });

  it("with other compression are used, and warned of", async () => {
    const topic = `${prefix}t`;
    const config = ["retention.ms=-1", "message.timestamp.type=LogAppendTime", "compression.type=gzip"];
    await make(topic, 1, ...config.flatMap((each) => ["--config", each]));
    await log.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    expect(log.warnings?.()).toEqual([
      expect.stringContaining("compression.type is gzip and has to be producer; mend it with kafka-configs.sh"),
    ]);
  });

  it("and given more partitions take keys where they took them before; further ones are read", async () => {
    const topic = `${prefix}t`;
    const spec = { name: topic, partitions: 2, cleanup: "delete" } as const;
    await log.ensureTopics([spec]);
    const keys = Array.from({ length: 30 }, (_, i) => ({ key: `key-${i}`, value }));
    const before = await log.append(topic, keys);
    const followed: string[] = [];
    const following = await log.follow({
      topics: [topic],
      onBatch: ({ partition, records }) => {
        for (const { offset } of records) followed.push(`${partition}/${offset}`);
      },
    });
    await kafkaTool("topics", brokers, "--alter", "--topic", topic, "--partitions", "3");
    await known(topic, 3);
    const again = await openKafkaLog({ brokers: brokers.split(","), clientId: "topics" });
    await again.ensureTopics([spec]);
    expect(again.warnings?.()).toEqual([expect.stringContaining("has 3 partitions, and 2 are configured")]);
    for (const writer of [log, again]) {
      const after = await writer.append(topic, keys);
      expect(after.map(({ partition, count }) => [partition, count])).toEqual(
        before.map(({ partition, count }) => [partition, count]),
      );
    }
    expect((await again.positions(topic)).map(({ end }) => end > 0)).toEqual([true, true, false]);
    // Another client may have written there.
    const foreign = await openKafkaLog({ brokers: brokers.split(","), clientId: "foreign" });
    await foreign.append(topic, [{ key: null, value, partition: 2 }]);
    const read: number[] = [];
    for await (const batch of again.read(topic, 2)) read.push(...batch.records.map(({ offset }) => offset));
    expect(read).toEqual([0]);
    // Who follows already takes it on as well, and says so.
    await eventually(
      () => followed,
      (all) => all.includes("2/0"),
      120_000,
    );
    await following.close();
    await Promise.all([again.close(), foreign.close()]);
  });

  it("and shorten while they are read are read on from what is left", async () => {
    const topic = `${prefix}t`;
    await log.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
    // More than one fetch takes.
    for (let sent = 0; sent < 600; sent += 60) {
      await log.append(
        topic,
        Array.from({ length: 60 }, () => ({ key: "k", value: Buffer.alloc(10_000) })),
      );
    }
    const offsets: number[] = [];
    for await (const batch of log.read(topic, 0)) {
      if (offsets.length === 0) await deleteRecords(topic, 500);
      offsets.push(...batch.records.map(({ offset }) => offset));
    }
    expect(offsets[0]).toBe(0);
    expect(offsets.slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => 500 + i));
    // All of it goes while it is read: that is an end, and no error.
    let read = 0;
    for await (const batch of log.read(topic, 0, { fromOffset: 500 })) {
      if (read === 0) await deleteRecords(topic, 600);
      read += batch.records.length;
    }
    expect(read).toBeGreaterThan(0);
  });
});

async function deleteRecords(topic: string, offset: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "delete-records-"));
  const file = join(folder, "offsets.json");
  writeFileSync(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, offset }] }));
  await kafkaTool("deleteRecords", brokers!, "--offset-json-file", file);
  rmSync(folder, { recursive: true });
}
