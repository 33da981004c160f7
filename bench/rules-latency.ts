import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventLogSettings, openEventLog, topicNames } from "@headwater/event-log";
import { loadConfig } from "@headwater/service";
import { Fleet } from "../rules-service/test/support/fleet.ts";
import { hotRule, token, untilLive } from "../rules-service/test/support/harness.ts";
import { RulesProcess } from "../rules-service/test/support/rules-process.ts";
import { conditions, describe, quantile } from "./conditions.ts";

// From the append of an event to its command in the log, on the real Kafka: while nothing else happens, while one of
// two instances of the rules service leaves, and while one joins.
//
//   eval "$(npm run -s servers -- start --export)"
//   node bench/rules-latency.ts            15 rounds
//   ROUNDS=5 node bench/rules-latency.ts

const rounds = Number(process.env["ROUNDS"] ?? 15);
/** Between two events (milliseconds); each is a device's first, so devices spread over the partitions. */
const everyMs = 20;
const eventsOf = { steady: 50, leaving: 75, joining: 150 } as const;
type Phase = keyof typeof eventsOf;

const partitions = 8;
const prefix = `latency-${Date.now().toString(36)}.`;
const topics = topicNames(prefix);
const folder = await mkdtemp(join(tmpdir(), "headwater-rules-latency-"));
await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
const env = {
  HEADWATER_EVENT_LOG: "kafka",
  HEADWATER_KAFKA_BROKERS: process.env["HEADWATER_KAFKA_BROKERS"] ?? "",
  HEADWATER_TOPIC_PREFIX: prefix,
  HEADWATER_PARTITIONS: String(partitions),
};
const log = await openEventLog(loadConfig(eventLogSettings, { env }), { dataDir: folder, clientId: "bench" });

let instances = 0;
async function start(): Promise<RulesProcess> {
  return RulesProcess.start({
    ...env,
    HEADWATER_DATA_DIR: join(folder, `instance-${(instances += 1)}`),
    HEADWATER_ADMIN_TOKEN_FILE: join(folder, "admin-token"),
    HEADWATER_HTTP_PORT: "0",
  });
}

async function stop(running: RulesProcess): Promise<void> {
  running.signal("SIGTERM");
  await running.ended();
}

const waiting = new Map<string, (at: number) => void>();
const fleet = new Fleet({ log, topics, partitions });
const took: Record<Phase, number[]> = { steady: [], leaving: [], joining: [] };
/** The longest of each round. */
const worst: Record<Phase, number[]> = { steady: [], leaving: [], joining: [] };
let devices = 0;

/** Sends at its pace, whatever the answers do. */
async function measure(phase: Phase): Promise<void> {
  const all: Promise<number>[] = [];
  for (let sent = 0; sent < eventsOf[phase]; sent += 1) {
    const device = `device-${(devices += 1)}`;
    const began = performance.now();
    all.push(new Promise((resolve) => waiting.set(device, (at) => resolve(at - began))));
    void fleet.send(device, [95]);
    await sleep(everyMs);
  }
  const times = await Promise.all(all);
  took[phase].push(...times);
  worst[phase].push(Math.max(...times));
}

console.log(describe(conditions()));
let first = await start();
const following = await log.follow({
  topics: [topics.commands],
  otherwise: "latest",
  onBatch: ({ records }) => {
    for (const { key } of records) waiting.get(Buffer.from(key!).toString())?.(performance.now());
  },
});
await first.call("POST", "/api/v1/rules", hotRule("hot"));
await first.call("POST", "/api/v1/rules/hot/enable");
await untilLive(first, "hot");
// What compiles with the first events is no part of it.
await measure("steady");
took.steady = [];
worst.steady = [];
for (let round = 0; round < rounds; round += 1) {
  const joining = start();
  await measure("joining");
  const second = await joining;
  await measure("steady");
  const leaving = stop(first);
  await measure("leaving");
  await leaving;
  first = second;
}
await following.close();
await stop(first);
await log.close();
await rm(folder, { recursive: true, force: true });

console.log(`event to command, ${rounds} rounds, an event every ${everyMs} ms, ${partitions} partitions (ms):`);
for (const phase of ["steady", "joining", "leaving"] as const) {
  const of = (values: readonly number[], q: number): string => quantile(values, q).toFixed(1);
  const times = took[phase];
  console.log(
    `${phase.padEnd(8)} p50 ${of(times, 0.5)}, p99 ${of(times, 0.99)}, most ${of(times, 1)}; ` +
      `longest of a round: median ${of(worst[phase], 0.5)}, most ${of(worst[phase], 1)}`,
  );
}
