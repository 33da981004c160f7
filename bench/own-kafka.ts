import { openKafkaLog } from "@headwater/event-log/kafka";
import type { EventLog } from "@headwater/event-log";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKafka, type Kafka } from "../scripts/servers/kafka.ts";

export interface OwnKafka {
  /** For the files of whatever the bench starts; removed at the end. */
  readonly folder: string;
  readonly kafka: Kafka;
  readonly log: EventLog;
  /** What ends the parts that the bench starts; called in the opposite order of their start. */
  readonly stops: (() => Promise<unknown>)[];
}

/** Runs a bench beside a Kafka and in a folder of its own (under BENCH_DIR, if that is set), and clears both away. */
export async function withOwnKafka(name: string, run: (own: OwnKafka) => Promise<void>): Promise<void> {
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
  const folder = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), `${name}-`));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const kafka = await startKafka({ dataDir: join(folder, "kafka") });
    stops.push(() => kafka.stop());
    const log = await openKafkaLog({ brokers: kafka.brokers.split(","), clientId: "bench" });
    stops.push(() => log.close());
    await run({ folder, kafka, log, stops });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}
