import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { openKafkaLog } from "@headwater/event-log/kafka";
import type { EventLog } from "@headwater/event-log";

// What a message costs on its way into the event log and out of it, on both adapters.
//
//   node bench/event-log.ts                 the embedded log
//   HEADWATER_KAFKA_BROKERS=… node bench/event-log.ts   and Kafka
//
// CPU is that of this process with all its threads; of Kafka only the client's side.

const RECORDS = 1000;
const MESSAGES = Number(process.env["MESSAGES"] ?? 400_000);
const PARTITIONS = 4;
const value = Buffer.alloc(100, "x");

interface Measured {
  readonly what: string;
  readonly messages: number;
  readonly cpuMicros: number;
  readonly perSecond: number;
}

async function measure(what: string, work: () => Promise<number>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const messages = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  return { what, messages, cpuMicros: (user + system) / messages, perSecond: messages / seconds };
}

async function append(log: EventLog, topic: string, inFlight: number, headers: boolean): Promise<number> {
  const shared = { ce_type: "dev.headwater.reading.v1" };
  const records = Array.from({ length: RECORDS }, (_, i) => ({
    key: `device-${i}`,
    value,
    ...(headers ? { headers: shared } : {}),
  }));
  let left = Math.ceil(MESSAGES / RECORDS);
  const count = left * RECORDS;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await log.append(topic, records);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

async function follow(log: EventLog, topic: string): Promise<number> {
  let messages = 0;
  let bytes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const following = await log.follow({
    topics: [topic],
    onBatch(batch) {
      for (const { value: each } of batch.records) bytes += each?.length ?? 0;
      messages += batch.records.length;
    },
    onCaughtUp: resolve,
  });
  await promise;
  await following.close();
  if (bytes !== messages * value.length) throw new RangeError(`read ${bytes} bytes of ${messages} messages`);
  return messages;
}

async function consume(log: EventLog, topic: string, total: number): Promise<number> {
  let messages = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const consumption = await log.consume({
    group: `${topic}.bench`,
    topics: [topic],
    async onBatch(batch) {
      for (const { value: each } of batch.records) messages += each === null ? 0 : 1;
      await batch.commit();
      if (messages === total) resolve();
    },
  });
  await promise;
  await consumption.close();
  return messages;
}

async function bench(name: string, log: EventLog): Promise<void> {
  const topic = `bench.${process.pid}.${Date.now()}`;
  await log.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: "delete" }]);
  // As many at a time as below: the first growth of the files to the size that they keep is no cost of a message.
  await append(log, topic, 8, false);
  const results = [
    await measure("append, one at a time", () => append(log, topic, 1, true)),
    await measure("append, eight at a time", () => append(log, topic, 8, true)),
    await measure("follow, values read", () => follow(log, topic)),
  ];
  results.push(await measure("consume in a group, values read", () => consume(log, topic, results.at(-1)!.messages)));
  const latencies: number[] = [];
  for (let i = 0; i < 200; i++) {
    const begun = performance.now();
    await log.append(topic, [{ key: "device-1", value }]);
    latencies.push(performance.now() - begun);
  }
  latencies.sort((a, b) => a - b);
  console.log(`\n${name}`);
  for (const { what, messages, cpuMicros, perSecond } of results) {
    const rate = `${Math.round(perSecond / 1000)} k/s`;
    console.log(
      `  ${what.padEnd(34)} ${cpuMicros.toFixed(2).padStart(6)} µs CPU a message, ${rate.padStart(9)}  (${messages} messages)`,
    );
  }
  console.log(
    `  append of one record alone: ${latencies[100]!.toFixed(2)} ms in the middle, ${latencies[198]!.toFixed(2)} ms at 99 %`,
  );
  await log.close();
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
console.log(
  `${new Date().toISOString()}, ${commit}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}; ` +
    `values of ${value.length} bytes, appends of ${RECORDS} records to ${PARTITIONS} partitions, one shared header`,
);

const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "headwater-bench-"));
try {
  await bench("embedded (every append fsynced)", await openEmbeddedLog({ dataDir }));
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) console.log("\nKafka: not measured; HEADWATER_KAFKA_BROKERS names none");
else await bench("Kafka (acks=all)", await openKafkaLog({ brokers: brokers.split(","), clientId: "bench" }));
