import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { nowMicros } from "@headwater/core";
import { partitionFor, topicNames, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { events, telemetryHeaders } from "@headwater/proto";
import { conditions, describe, median } from "./conditions.ts";

/**
 * What zstd costs and saves on both logs, by how many events of two readings an append has for each partition: the
 * same events plain and compressed in turn, each round into a log (or, in Kafka, a topic) of its own.
 *
 *     node bench/compression.ts [--events 40000] [--rounds 5] [--each 10,50,200,1000]
 *
 * CPU is that of this process with all its threads: of Kafka the client's side. Bytes are those of the embedded
 * log's database behind its close, and in Kafka those of the segments in the broker's folder (`--kafka-logs FOLDER`).
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "40000" },
    rounds: { type: "string", default: "5" },
    each: { type: "string", default: "10,50,200,1000" },
    "kafka-logs": { type: "string" },
  },
});
const partitions = 4;
const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
const codecs = ["none", "zstd"] as const;
type Codec = (typeof codecs)[number];

interface Cost {
  /** µs of CPU an event. */
  readonly append: number;
  readonly follow: number;
  /** Bytes an event on disk. */
  readonly bytes: number;
}

/** Devices that send two readings a second as sensors give them. */
function eventsOf(count: number): OutgoingRecord[] {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const now = nowMicros();
  const lanes = Array.from({ length: partitions }, () => 0);
  return Array.from({ length: count }, (_, i) => {
    const key = `boiler-${i % 1_000}`;
    const n = (lanes[partitionFor(key, partitions)]! += 1);
    const receivedAt = now + i * 500;
    const value = events.telemetry.encode({
      ...{ gateway: "gateway-1", epoch: 2 ** 45 + 7, n, receivedAt, device: key },
      eventTime: receivedAt - Math.round(random() * 40_000),
      readings: [
        { metric: "temperature", number: Math.round((60 + random() * 30) * 10) / 10 },
        { metric: "pressure", number: Math.round((2 + random()) * 1000) / 1000 },
      ],
    });
    return { key, value, headers: telemetryHeaders.event };
  });
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** An append of `each` events for each partition at a time, as group commits make them. */
async function costOf(log: EventLog, topic: string, all: readonly OutgoingRecord[], each: number) {
  await log.ensureTopics([{ name: topic, partitions, cleanup: "delete" }]);
  const began = cpu();
  for (let at = 0; at < all.length; at += each * partitions)
    await log.append(topic, all.slice(at, at + each * partitions));
  const appended = cpu();
  let seen = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const following = await log.follow({
    topics: [topic],
    onBatch: ({ records }) => void (seen += records.length),
    onCaughtUp: resolve,
  });
  await promise;
  await following.close();
  if (seen !== all.length) throw new RangeError(`${seen} of ${all.length} events came back`);
  return { append: (appended - began) / seen, follow: (cpu() - appended) / seen };
}

/** Pages of the database that hold something; its files are as large as they have been once. */
function sizeOf(folder: string): number {
  const database = new DatabaseSync(join(folder, "event-log.db"), { readOnly: true });
  const of = (pragma: string): number => Object.values(database.prepare(`PRAGMA ${pragma}`).get()!)[0] as number;
  const bytes = (of("page_count") - of("freelist_count")) * of("page_size");
  database.close();
  return bytes;
}

async function embedded(all: readonly OutgoingRecord[], each: number, compression: Codec): Promise<Cost> {
  const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "headwater-bench-"));
  try {
    const log = await openEmbeddedLog({ dataDir, compression });
    const { append, follow } = await costOf(log, topicNames().telemetry, all, each);
    await log.close();
    return { append, follow, bytes: sizeOf(dataDir) / all.length };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function kafka(all: readonly OutgoingRecord[], each: number, compression: Codec): Promise<Cost> {
  const log = await openKafkaLog({ brokers: brokers!.split(","), clientId: "bench", compression });
  const topic = `bench.${process.pid}.${Date.now()}`;
  const logs = values["kafka-logs"];
  const bytesOf = (): number =>
    logs === undefined
      ? Number.NaN
      : readdirSync(logs)
          .filter((name) => name.startsWith(topic))
          .reduce((sum, name) => sum + segmentsOf(join(logs, name)), 0);
  const { append, follow } = await costOf(log, topic, all, each);
  const bytes = bytesOf() / all.length;
  await log.close();
  return { append, follow, bytes };
}

function segmentsOf(folder: string): number {
  const segments = readdirSync(folder).filter((name) => name.endsWith(".log"));
  return segments.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

console.log(describe(conditions()));
const sides = { embedded, ...(brokers !== undefined && { Kafka: kafka }) };
const all = eventsOf(Number(values.events));
for (const [name, run] of Object.entries(sides)) {
  // Files and code are ready before anything counts.
  for (const codec of codecs) await run(all.slice(0, 8_000), 200, codec);
  for (const each of values.each.split(",").map(Number)) {
    const costs: Record<Codec, Cost[]> = { none: [], zstd: [] };
    for (let round = 0; round < Number(values.rounds); round++)
      for (const codec of codecs) costs[codec].push(await run(all, each, codec));
    const told = (key: keyof Cost, digits: number): string => {
      const [plain, packed] = codecs.map((codec) => costs[codec].map((cost) => cost[key]));
      return `${median(plain!).toFixed(digits)} -> ${median(packed!).toFixed(digits)}`;
    };
    const extra = (key: "append" | "follow"): string => {
      const differences = costs.none.map((plain, round) => costs.zstd[round]![key] - plain[key]);
      return `${median(differences) >= 0 ? "+" : ""}${median(differences).toFixed(2)}`;
    };
    console.log(
      `${name}, ${each} events a batch: ${told("bytes", 0)} bytes an event; append ${told("append", 2)} µs CPU ` +
        `(${extra("append")} in pairs), follow ${told("follow", 2)} µs (${extra("follow")})`,
    );
  }
}
