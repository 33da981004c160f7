import { printWhole } from "../src/contract/print-whole.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

// A process to be stopped and killed: consumes the topic as a member of the group and prints what it was handed, with a
// plus before it, and what it has committed.

const [topic = "", group = ""] = process.argv.slice(2);
const log = await openKafkaLog({
  brokers: (process.env["HEADWATER_KAFKA_BROKERS"] ?? "").split(","),
  clientId: "consume-forever",
  heartbeatMs: 200,
  sessionTimeoutMs: 6000,
});
const consumption = await log.consume({
  group,
  topics: [topic],
  async onBatch(batch) {
    const values = batch.records.map(({ value }) => String(value));
    printWhole(values.map((value) => `+${value}\n`).join(""));
    if (!(await batch.commit())) return;
    printWhole(values.map((value) => `${value}\n`).join(""));
  },
});
await consumption.done;
