import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { nowMicros } from "@headwater/core";
import { partitionFor, topicNames, topicSpecs, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events, telemetryHeaders } from "@headwater/proto";
import { rulesConfig } from "../rules-service/src/config.ts";
import { conditions as machine, describe } from "./conditions.ts";
import { openRules } from "./start-rules.ts";

// What the state log takes beside the telemetry whose states it holds: keys and values of both topics, from the moment
// when every rule is live and has a checkpoint.
//
//   node bench/state-log.ts                                  100 devices, a reading a second each, for 200 s
//   node bench/state-log.ts --devices 1000 --every 10 --seconds 120 --only mean
//
// The real rules service, one for each kind of rule, each on an embedded log of its own that has the history of a
// window. Devices send in real time: a checkpoint is due by time as well as by bytes.

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "100" },
    every: { type: "string", default: "1" },
    seconds: { type: "string", default: "200" },
    history: { type: "string", default: "360" },
    only: { type: "string" },
  },
});
const devices = Number(values.devices);
const every = Number(values.every);
const seconds = Number(values.seconds);
const partitions = 4;
const topics = topicNames();
const second = 1_000_000;

const conditions: Record<string, Record<string, unknown>> = {
  threshold: { metric: "t", op: ">", threshold: 60, clearBelow: 55 },
  absence: { absent: "10m" },
  mean: { metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 },
  rate: { metric: "t", rate: { over: "5m", per: "1m" }, below: -20 },
};

/** Devices of one log: each a random walk about the rule's limit. */
class Fleet {
  readonly #log: EventLog;
  readonly #lanes = Array.from({ length: partitions }, () => 0);
  readonly #values = Array.from({ length: devices }, () => 50);
  #seed = 42;

  constructor(log: EventLog) {
    this.#log = log;
  }

  async send(from: number, to: number, time: number): Promise<void> {
    const records: OutgoingRecord[] = [];
    for (let device = from; device < to; device++) {
      const key = `device-${device}`;
      const value = Math.min(100, Math.max(0, this.#values[device]! + (this.#random() - 0.5) * 4));
      this.#values[device] = value;
      // As sensors give them: two digits after the point.
      const readings = [{ metric: "t", number: Math.round(value * 100) / 100 }];
      const receivedAt = time + device;
      const n = (this.#lanes[partitionFor(key, partitions)]! += 1);
      const event = { gateway: "gateway-1", epoch: 2 ** 45 + 7, n, receivedAt, device: key, eventTime: receivedAt };
      records.push({ key, value: events.telemetry.encode({ ...event, readings }), headers: telemetryHeaders.event });
    }
    await this.#log.append(topics.telemetry, records);
  }

  #random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }
}

function service(log: EventLog, dataDir: string) {
  return openRules({ log, topics, partitions, config: { rules: rulesConfig({}) }, dataDir });
}

const kinds = { series: 0, instances: 0, gone: 0, checkpoints: 0, other: 0 };
type Kind = keyof typeof kinds;

interface Sizes {
  telemetry: number;
  messages: number;
  readonly bytes: Record<Kind, number>;
  readonly records: Record<Kind, number>;
}

function kindOf(key: string, value: Uint8Array | null): Kind {
  if (value === null) return "gone";
  if (key.startsWith("checkpoint/")) return "checkpoints";
  if (!key.startsWith("state/")) return "other";
  if (events.ruleState.decode(value).state?.state.length === 0) return "gone";
  return /^state\/\d+\/\d+\/~/.test(key) ? "series" : "instances";
}

/** What was written from these positions on. */
async function sizesFrom(log: EventLog, from: Record<string, number[]>): Promise<Sizes> {
  const sizes: Sizes = { telemetry: 0, messages: 0, bytes: { ...kinds }, records: { ...kinds } };
  for (let partition = 0; partition < partitions; partition++) {
    for await (const { records } of log.read(topics.telemetry, partition, {
      fromOffset: from[topics.telemetry]![partition]!,
    })) {
      for (const { key, value } of records) sizes.telemetry += (key?.length ?? 0) + (value?.length ?? 0);
      sizes.messages += records.length;
    }
    for await (const { records } of log.read(topics.ruleState, partition, {
      fromOffset: from[topics.ruleState]![partition]!,
    })) {
      for (const { key, value } of records) {
        const kind = kindOf(Buffer.from(key ?? "").toString(), value);
        sizes.bytes[kind] += (key?.length ?? 0) + (value?.length ?? 0);
        sizes.records[kind] += 1;
      }
    }
  }
  return sizes;
}

async function endsOf(log: EventLog): Promise<Record<string, number[]>> {
  const ends: Record<string, number[]> = {};
  for (const topic of [topics.telemetry, topics.ruleState]) {
    ends[topic] = Array.from({ length: partitions }, () => 0);
    for (const { partition, end } of await log.positions(topic)) ends[topic][partition] = end;
  }
  return ends;
}

async function round(name: string, condition: Record<string, unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "headwater-state-log-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  try {
    await log.ensureTopics(topicSpecs(partitions));
    const fleet = new Fleet(log);
    const steps = Math.floor(Number(values.history) / every);
    const begun = nowMicros() - steps * every * second;
    for (let step = 0; step < steps; step++) await fleet.send(0, devices, begun + step * every * second);
    const { app, http, call } = await service(log, join(folder, "data"));
    await app.start();
    for (let device = 0; name === "absence" && device < devices; device++) {
      await log.append(topics.devices, [registration(`device-${device}`)]);
    }
    await call("POST", "/api/v1/rules", { id: name, condition });
    await call("POST", `/api/v1/rules/${name}/enable`);
    const sending = new AbortController();
    const sent = keepSending(fleet, sending.signal);
    while ((await call("GET", `/api/v1/rules/${name}`)).state !== "live") await sleep(50);
    // What warmed and what registered is in a checkpoint by then.
    await sleep(12_000);
    const from = await endsOf(log);
    await sleep(seconds * 1000);
    sending.abort();
    await sent;
    // Without the checkpoint of a stop.
    const sizes = await sizesFrom(log, from);
    report(name, sizes);
    await app.stop();
    await http.close();
  } finally {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function registration(id: string): OutgoingRecord {
  const now = nowMicros();
  const value = events.device.encode({
    id,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    updatedBy: "bench",
    writeId: id,
  });
  return { key: id, partition: partitionFor(id, partitions), value };
}

/** Each device at its own moment. */
async function keepSending(fleet: Fleet, signal: AbortSignal): Promise<void> {
  const turns = every * 20;
  for (let turn = 0, next = performance.now(); !signal.aborted; turn = (turn + 1) % turns, next += 50) {
    await fleet.send(
      Math.floor((devices * turn) / turns),
      Math.floor((devices * (turn + 1)) / turns),
      nowMicros() - devices,
    );
    await sleep(Math.max(0, next - performance.now()));
  }
}

function report(name: string, { telemetry, messages, bytes, records }: Sizes): void {
  const all = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  const parts = (Object.keys(kinds) as Kind[])
    .filter((kind) => records[kind] > 0)
    .map((kind) => `${records[kind]} ${kind} of ${(bytes[kind] / records[kind]).toFixed(0)}`);
  const each = (telemetry / messages).toFixed(0);
  console.log(
    `${name.padEnd(10)} ${(all / telemetry).toFixed(3)} of ${messages} messages of ${each} bytes: ${parts.join(", ")}`,
  );
}

console.log(describe(machine()));
console.log(`${devices} devices, a message every ${every} s for ${seconds} s, bytes of keys and values\n`);
const chosen = Object.entries(conditions).filter(([name]) => values.only === undefined || name === values.only);
await Promise.all(chosen.map(([name, condition]) => round(name, condition)));
