import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nowMicros } from "@headwater/core";
import { partitionFor, topicNames, topicSpecs, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events, telemetryHeaders } from "@headwater/proto";
import { rulesConfig } from "../rules-service/src/config.ts";
import { conditions, describe } from "./conditions.ts";
import { openRules } from "./start-rules.ts";

// What the whole rules service costs a message: consuming, decoding, evaluating, alerts and states appended, offsets
// committed, on the embedded log and with all of its threads.
//
//   node bench/rules-process.ts                 300,000 messages of one reading from 1,000 devices
//   MESSAGES=1000000 node bench/rules-process.ts

const MESSAGES = Number(process.env["MESSAGES"] ?? 300_000);
const DEVICES = 1000;
const second = 1_000_000;
const partitions = 4;
const topics = topicNames();
const config = { rules: rulesConfig({}) };

/** The rules of a round, and what the devices send. */
const rounds = [
  {
    name: "one rule, of which next to no message changes anything",
    condition: [{ metric: "t", above: 75, clearBelow: 70 }],
  },
  { name: "one rule, every message raises or clears", condition: [{ metric: "flag", above: 0.5 }] },
  {
    name: "300 rules, a threshold with hysteresis",
    condition: Array.from({ length: 300 }, (_, i) => ({ metric: "t", above: 60 + i / 8, clearBelow: 55 + i / 8 })),
  },
] as const;

const lanes = Array.from({ length: partitions }, () => 0);
const walk = Array.from({ length: DEVICES }, () => 50);
let seed = 42;

async function fill(log: EventLog, metric: string): Promise<void> {
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const start = nowMicros() - Math.ceil(MESSAGES / DEVICES) * second;
  for (let done = 0; done < MESSAGES;) {
    const records: OutgoingRecord[] = [];
    for (const end = Math.min(MESSAGES, done + 5000); done < end; done += 1) {
      const device = done % DEVICES;
      const turn = Math.floor(done / DEVICES);
      walk[device] = Math.min(100, Math.max(0, walk[device]! + (random() - 0.5) * 2));
      const number = metric === "flag" ? turn % 2 : walk[device];
      const id = `device-${device}`;
      const time = start + turn * second + device * 100;
      const n = (lanes[partitionFor(id, partitions)]! += 1);
      const value = events.telemetry.encode({
        ...{ gateway: "gateway", epoch: 1, n, receivedAt: time, device: id, eventTime: time },
        readings: [{ metric, number }],
      });
      records.push({ key: id, value, headers: telemetryHeaders.event });
    }
    await log.append(topics.telemetry, records);
  }
}

function service(log: EventLog, dataDir: string) {
  return openRules({ log, topics, partitions, config, dataDir });
}

async function untilCommitted(log: EventLog): Promise<void> {
  const ends = await log.positions(topics.telemetry);
  for (;;) {
    const committed = await log.committed(config.rules.group, [topics.telemetry]);
    const next = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    if (ends.every(({ partition, end }) => (next.get(partition) ?? 0) >= end)) return;
    await sleep(20);
  }
}

async function round(folder: string, { name, condition }: (typeof rounds)[number]): Promise<void> {
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const before = await service(log, join(folder, "data"));
  await before.app.start();
  for (const [index, each] of condition.entries()) {
    await before.call("POST", "/api/v1/rules", { id: `rule-${index}`, condition: each });
    await before.call("POST", `/api/v1/rules/rule-${index}/enable`);
  }
  for (const index of condition.keys()) {
    while ((await before.call("GET", `/api/v1/rules/rule-${index}`)).state !== "live") await sleep(50);
  }
  await before.stop();
  lanes.fill(0);
  await fill(log, condition[0].metric);
  const alerts = async (): Promise<number> =>
    (await log.positions(topics.alerts)).reduce((sum, { end }) => sum + end, 0);
  const { app, stop } = await service(log, join(folder, "data"));
  const cpu = process.cpuUsage();
  const main = process.threadCpuUsage();
  const begun = performance.now();
  await app.start();
  await untilCommitted(log);
  const seconds = (performance.now() - begun) / 1000;
  const all = process.cpuUsage(cpu);
  const own = process.threadCpuUsage(main);
  const each = ({ user, system }: NodeJS.CpuUsage): string => ((user + system) / MESSAGES).toFixed(2).padStart(6);
  const figures = `${each(all)} µs CPU, ${each(own)} of it in the main thread, ${(MESSAGES / seconds).toFixed(0)}/s`;
  console.log(`${name.padEnd(50)} ${figures}, ${await alerts()} alert records`);
  await stop();
  await log.close();
}

console.log(describe(conditions()));
console.log(`${MESSAGES} messages of one reading, ${DEVICES} devices, ${partitions} partitions, a message:\n`);
for (const each of rounds) {
  const folder = await mkdtemp(join(tmpdir(), "headwater-rules-process-"));
  try {
    await round(folder, each);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
