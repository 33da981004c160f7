import { openKafkaLog } from "../../src/kafka/open-kafka-log.ts";
import { ConfigError } from "@headwater/core";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyCounting, contents, countingModel } from "./counting-model.ts";

/** The same model on the real Kafka: topics of its own, so that runs do not meet. */
const topic = `read-model-test.${randomUUID()}.things.v1`;
const partitions = 12;
let log: Awaited<ReturnType<typeof openKafkaLog>>;
let folder: string;

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing; run: npm run servers -- start");
  folder = mkdtempSync(join(tmpdir(), "read-model-kafka-"));
  log = await openKafkaLog({ brokers: brokers.split(","), clientId: "read-model-test" });
  await log.ensureTopics([{ name: topic, partitions, cleanup: "compact" }]);
});

afterAll(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

async function put(from: number, count: number) {
  const records = Array.from({ length: count }, (_, index) => ({
    key: `device-${from + index}`,
    value: Buffer.from(`value-${from + index}`),
  }));
  return log.append(topic, records);
}

it("starts, reads its own writes, and continues after a restart, each record applied once", async () => {
  const file = join(folder, "things.db");
  const model = countingModel(log, file, { topics: [topic] });
  await model.start();
  expect(contents(model).applied).toBe(0);

  for (const range of await put(0, 5000)) {
    await model.waitFor({ topic, partition: range.partition, offset: range.baseOffset + range.count - 1 }, 60_000);
  }
  expect(contents(model).applied).toBe(5000);
  expect(model.positions()).toHaveLength(partitions);

  const [range] = await put(5000, 1);
  await model.waitFor({ topic, partition: range!.partition, offset: range!.baseOffset }, 60_000);
  await model.stop();
  await put(6000, 100);

  let again = 0;
  const restarted = countingModel(log, file, {
    topics: [topic],
    apply(db, batch) {
      again += batch.records.length;
      applyCounting(db, batch);
    },
  });
  await restarted.start();
  expect(again).toBe(100);
  expect(contents(restarted).applied).toBe(5101);
  expect(Object.keys(contents(restarted).values)).toHaveLength(5101);
  await restarted.stop();
});
