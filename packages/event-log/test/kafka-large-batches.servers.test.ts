import { ConfigError } from "@headwater/core";
import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

/** Topics of its own, so that runs do not meet. */
const topic = `large-batches.${randomUUID()}.v1`;
const partitions = 4;
const perPartition = 5;
let log: Awaited<ReturnType<typeof openKafkaLog>>;

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing; run: npm run servers -- start");
  log = await openKafkaLog({ brokers: brokers.split(","), clientId: "large-batches-test" });
  await log.ensureTopics([{ name: topic, partitions, cleanup: "delete" }]);
});
afterAll(() => log?.close());

it("batches that are larger than what is asked for of a partition come from every partition, in order", async () => {
  for (let n = 0; n < perPartition; n += 1) {
    for (let partition = 0; partition < partitions; partition += 1) {
      // Nothing makes it smaller.
      await log.append(topic, [{ key: `${n}`, partition, value: randomBytes(900_000) }]);
    }
  }
  const heard = new Map<number, string[]>();
  const consumption = await log.consume({
    group: `${topic}.readers`,
    topics: [topic],
    onBatch: async ({ partition, records }) => {
      const keys = records.map(({ key }) => Buffer.from(key!).toString());
      heard.set(partition, [...(heard.get(partition) ?? []), ...keys]);
    },
  });
  try {
    const all = Array.from({ length: perPartition }, (_, n) => `${n}`);
    await eventually(() => {
      for (let partition = 0; partition < partitions; partition += 1) expect(heard.get(partition)).toEqual(all);
    });
  } finally {
    await consumption.close();
  }
});
