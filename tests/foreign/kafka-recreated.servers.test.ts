import { randomBytes } from "node:crypto";
import { ConfigError, silentLogger } from "@headwater/core";
import { LogShortenedError, TopicRecreatedError, type EventLog } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { openReadModel } from "@headwater/event-log/read-model";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kafkaTool } from "./kafka-tool.ts";

// A topic that an operator deletes and makes anew has its name and its offsets, and nothing of what it held.

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");
let topic: string;
let log: EventLog;
let operator: EventLog;

const open = (clientId: string): Promise<EventLog> => openKafkaLog({ brokers: brokers.split(","), clientId });
const spec = () => ({ name: topic, partitions: 1, cleanup: "delete" }) as const;
const records = (count: number) => Array.from({ length: count }, () => ({ key: "k", value: Buffer.from("x") }));
/** Resolves once the broker knows nothing of it any more. */
async function remove(): Promise<void> {
  await kafkaTool("topics", brokers!, "--delete", "--topic", topic);
  await eventually(() => expect(operator.positions(topic)).rejects.toMatchObject({ code: "unknown-topic" }));
}

beforeEach(async () => {
  topic = `recreated-${randomBytes(4).toString("hex")}`;
  [log, operator] = [await open("recreated"), await open("operator")];
  await log.ensureTopics([spec()]);
  await log.append(topic, records(5));
});
afterEach(async () => {
  await Promise.all([log.close(), operator.close()]);
});

/** Deletes the topic, waits until that is in health, and makes it anew with so many records. */
async function makeAnew(count: number): Promise<void> {
  await remove();
  await eventually(() => {
    expect(log.warnings?.()).toContain(`topic ${topic} is no longer in Kafka`);
  });
  const fresh = await open("operator");
  await fresh.ensureTopics([spec()]);
  await fresh.append(topic, records(count));
  await fresh.close();
}

describe("a topic that was deleted and made anew", () => {
  it("is noticed by whoever appends to it, and takes the append when that is repeated", async () => {
    await remove();
    const fresh = await open("operator");
    await fresh.ensureTopics([spec()]);
    await fresh.close();
    const error = await log.append(topic, records(1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LogShortenedError);
    expect(error).toMatchObject({ topic, partition: 0, end: 0, was: 5 });
    expect(String(error)).toContain("deleted and made anew");
    await log.append(topic, records(1));
  });

  it("is noticed by whoever appends to it even if it holds more than before", async () => {
    // Whoever only appends looks at its topics every few seconds; a follower sees at once that this one is away.
    const following = await log.follow({ topics: [topic], onBatch: () => {} });
    following.done.catch(() => {});
    await makeAnew(20);
    await eventually(() => {
      expect(log.warnings?.()).toEqual([]);
    });
    await expect(log.append(topic, records(1))).rejects.toMatchObject({ end: 0, was: 5 });
  });

  it("ends a following, which would have skipped its beginning", async () => {
    let read = 0;
    const following = await log.follow({ topics: [topic], onBatch: (batch) => void (read += batch.records.length) });
    await eventually(() => expect(read).toBe(5));
    const ended = expect(following.done).rejects.toBeInstanceOf(TopicRecreatedError);
    await makeAnew(8);
    await ended;
    expect(read).toBe(5);
  });

  it("ends a consumption; the group then begins at its beginning", async () => {
    const offsets: number[] = [];
    const consume = () =>
      log.consume({
        group: topic,
        topics: [topic],
        async onBatch(batch) {
          offsets.push(...batch.records.map(({ offset }) => offset));
          await batch.commit();
        },
      });
    const consumption = await consume();
    await eventually(async () => expect(await log.committed(topic, [topic])).toMatchObject([{ offset: 5 }]));
    const ended = expect(consumption.done).rejects.toBeInstanceOf(TopicRecreatedError);
    await makeAnew(8);
    await ended;
    offsets.length = 0;
    const again = await consume();
    await eventually(() => expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7]));
    await again.close();
  });

  it("makes a read model of it begin anew", async () => {
    const model = openReadModel({
      ...{ file: ":memory:", schemaVersion: "1", topics: [topic], log, logger: silentLogger },
      migrate: (db) => db.exec("CREATE TABLE offsets (offset INTEGER PRIMARY KEY)"),
      apply(db, { records: batch }) {
        for (const { offset } of batch) db.prepare("INSERT INTO offsets VALUES (?)").run(offset);
      },
    });
    await model.start();
    const count = (): unknown => model.db.prepare("SELECT count(*) AS n FROM offsets").get()!["n"];
    expect(count()).toBe(5);
    await makeAnew(8);
    await eventually(() => expect(count()).toBe(8));
    await model.stop();
  });
});
