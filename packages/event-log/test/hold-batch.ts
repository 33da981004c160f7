import { once } from "node:events";
import { writeSync } from "node:fs";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

// A process to be stopped: holds its first batch until a line arrives, then commits it and prints what that answered.

const [topic = "", group = "", offset = "0"] = process.argv.slice(2);
const log = await openKafkaLog({
  brokers: (process.env["HEADWATER_KAFKA_BROKERS"] ?? "").split(","),
  clientId: "hold-batch",
  heartbeatMs: 200,
  sessionTimeoutMs: 6000,
});
let isFirst = true;
const consumption = await log.consume({
  group,
  topics: [topic],
  async onBatch(batch) {
    if (!isFirst) return;
    isFirst = false;
    writeSync(1, "holds\n");
    await once(process.stdin, "data");
    writeSync(1, `${await batch.commit(Number(offset))}\n`);
  },
});
await consumption.done;
