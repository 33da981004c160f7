import { setImmediate as turn } from "node:timers/promises";
import { loadConfig } from "@headwater/service";
import { eventLogSettings, openEventLog } from "../config.ts";
import { partitionFor } from "../partitioner.ts";
import { printWhole } from "./print-whole.ts";

// A process to be killed: appends to the topic on its command line, several calls at a time, and prints
// "partition offset value" once a record is acknowledged.

const [topic = ""] = process.argv.slice(2);
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^HEADWATER_(EVENT_LOG|KAFKA_BROKERS)$/.test(name)),
);
const log = await openEventLog(loadConfig(eventLogSettings, { env }), {
  dataDir: process.env["APPEND_DATA_DIR"] ?? "",
  clientId: "append-forever",
});
const partitions = (await log.positions(topic)).length;
let next = 0;

async function appendOn(): Promise<never> {
  for (;;) {
    const values = Array.from({ length: 10 }, () => String(next++));
    const ranges = await log.append(
      topic,
      values.map((value) => ({ key: value, value: Buffer.from(value) })),
    );
    let lines = "";
    for (const { partition, baseOffset } of ranges) {
      values
        .filter((value) => partitionFor(value, partitions) === partition)
        .forEach((value, i) => (lines += `${partition} ${baseOffset + i} ${value}\n`));
    }
    // Every number printed was acknowledged.
    printWhole(lines);
    await turn();
  }
}

await Promise.all(Array.from({ length: 8 }, appendOn));
