/**
 * Kafka to InfluxDB, Headwater's ingest beside Telegraf: a backlog of events of three fields, as fast as it can,
 * each in turn, from the same real Kafka into the same real influxd, which the bench starts. Counted is what is stored
 * and committed. Headwater reads its protobuf events, keeps the ledger and the latest values; Telegraf reads line
 * protocol, which InfluxDB takes as it is.
 *
 *     npm run bench:ingest -- [--events 400000] [--devices 1000] [--rounds 3] [--alone] [--base DIR] [--json FILE]
 *
 * `--base` names another checkout, whose service takes its turn as well: a regression shows in one run.
 * HEADWATER_INGEST_* settings are passed on; BENCH_NODE_FLAGS are flags for the service's node.
 */
import { partitionFor, topicNames, topicSpecs, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { ResourceError } from "@headwater/core";
import { events, telemetryHeaders } from "@headwater/proto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";
import { startInflux, type Influx } from "../scripts/servers/influx.ts";
import { measureBacklog, type BacklogFigures } from "./backlog.ts";
import { conditions, describe } from "./conditions.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import { startTelegrafToInflux, telegrafVersion } from "./peers/telegraf-influx.ts";
import { lineOf, ratioTo, writeReport, type Figure } from "./report.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "400000" },
    devices: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    alone: { type: "boolean", default: false },
    base: { type: "string" },
    json: { type: "string" },
  },
});
const count = Number(values.events);
const devices = Number(values.devices);
const rounds = Number(values.rounds);
const partitions = 12;
const [ours, base, peer] = ["Headwater", "Base", telegrafVersion];

const before = conditions();
await withOwnKafka("bench-ingest", run);

async function run(own: OwnKafka): Promise<void> {
  const influx = await startInflux({ dataDir: join(own.folder, "influx") });
  own.stops.push(() => influx.stop());
  const shape =
    `A backlog of ${count} events of three fields of ${devices} devices in ${partitions} partitions of Kafka 4.3.0 into influxd 2.7.12, ` +
    `measured after the first fifth; ${rounds} rounds of each in turn, each into a bucket of its own.`;
  console.log(`${describe(before)}\n${shape}\n`);
  const found: Record<string, BacklogFigures[]> = {
    [ours]: [],
    ...(values.base !== undefined && { [base]: [] }),
    ...(!values.alone && { [peer]: [] }),
  };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? Object.keys(found) : Object.keys(found).toReversed();
    for (const name of order) {
      const bucket = `round-${round}-${name.split(" ")[0]!.toLowerCase()}`;
      await createBucket(influx, bucket);
      const figures = await (name === peer
        ? telegrafRound(own, influx, bucket)
        : headwaterRound(own, influx, bucket, resolve(name === base ? values.base! : join(import.meta.dirname, ".."))));
      found[name]!.push(figures);
      const { cpu, rate, memory, seconds, storeCpu } = figures;
      console.log(
        `${round + 1}  ${name.padEnd(18)} ${cpu.toFixed(2)} µs CPU an event, influxd ${storeCpu.toFixed(2)}, ` +
          `${Math.round(rate).toLocaleString("en")} events/s, ${memory.toFixed(0)} MiB at most, ${seconds.toFixed(1)} s from its start`,
      );
    }
  }
  const figures = figuresOf(found);
  console.log("");
  for (const figure of figures) console.log(lineOf(figure));
  await writeReport(values.json, {
    title: "Kafka to InfluxDB",
    command: `npm run bench:ingest -- --events ${count} --devices ${devices} --rounds ${rounds}`,
    shape,
    conditions: before,
    ours,
    figures,
    notes: ["Each event is stored and its offset committed; service, Kafka and InfluxDB share the machine."],
  });
}

function figuresOf(found: Record<string, BacklogFigures[]>): Figure[] {
  const samples = (of: (figures: BacklogFigures) => number): Record<string, number[]> =>
    Object.fromEntries(Object.entries(found).map(([name, each]) => [name, each.map(of)]));
  const within = (figure: Figure, holds: (median: (name: string) => number) => boolean): Figure => ({
    ...figure,
    within: holds((name) => figure.samples[name]!.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!),
  });
  const cpu = { what: "CPU an event", unit: "µs", digits: 2, samples: samples(({ cpu }) => cpu), budget: "at most 2" };
  const rate = { what: "stored and committed", unit: "events/s", digits: 0, samples: samples(({ rate }) => rate) };
  const memory = { what: "memory, at most", unit: "MiB", digits: 0, samples: samples((each) => each.memory) };
  return [
    within(cpu, (of) => of(ours) <= 2),
    {
      ...rate,
      budget: "1.2 of the peer",
      ...(found[peer] !== undefined && { within: ratioTo(rate, ours, peer) >= 1.2 }),
    },
    within({ ...memory, budget: "at most 238 (250 MB)" }, (of) => of(ours) <= 250e6 / 1024 / 1024),
    { what: "CPU of influxd an event", unit: "µs", digits: 2, samples: samples(({ storeCpu }) => storeCpu) },
  ];
}

async function headwaterRound(
  own: OwnKafka,
  influx: Influx,
  bucket: string,
  checkout: string,
): Promise<BacklogFigures> {
  const prefix = `${bucket}.`;
  const topics = topicNames(prefix);
  await own.log.ensureTopics(topicSpecs(partitions, prefix));
  await fill(own.log, topics.telemetry, bucket, eventRecord);
  const service = startIngest(own, influx, bucket, prefix, checkout);
  try {
    const figures = await measureBacklog({
      ...{ log: own.log, topic: topics.telemetry, group: `${prefix}ingest`, count },
      ...{ pid: service.pid!, storePid: influx.pid },
    });
    const setAside = (await own.log.positions(topics.quarantine)).reduce((sum, { end }) => sum + end, 0);
    if (setAside > 0)
      throw new ResourceError(`${setAside} events went to quarantine: what was measured is not storing`);
    return figures;
  } finally {
    const ended = once(service, "exit");
    service.kill("SIGTERM");
    await ended;
  }
}

async function telegrafRound(own: OwnKafka, influx: Influx, bucket: string): Promise<BacklogFigures> {
  await own.log.ensureTopics([{ name: bucket, partitions, cleanup: "delete" }]);
  await fill(own.log, bucket, bucket, lineRecord);
  const { url, org, token } = influx;
  const telegraf = await startTelegrafToInflux({
    ...{ brokers: own.kafka.brokers, topic: bucket, group: bucket },
    ...{ influx: { url, org, token, bucket }, dataDir: join(own.folder, bucket) },
  });
  try {
    return await measureBacklog({
      ...{ log: own.log, topic: bucket, group: bucket, count },
      ...{ pid: telegraf.pid, storePid: influx.pid },
    });
  } finally {
    await telegraf.stop();
  }
}

interface Measured {
  readonly device: string;
  /** In its partition, from 1. */
  readonly n: number;
  /** Microseconds. */
  readonly at: number;
  readonly readings: readonly (readonly [string, number])[];
}

async function fill(
  log: EventLog,
  topic: string,
  name: string,
  record: (measured: Measured) => OutgoingRecord,
): Promise<void> {
  const numbers = new Array<number>(partitions).fill(0);
  const ids = Array.from({ length: devices }, (_, index) => `${name}-${index}`);
  const from = (Date.now() - count) * 1000;
  for (let index = 0; index < count;) {
    const records: OutgoingRecord[] = [];
    for (; index < count && records.length < 5000; index += 1) {
      const device = ids[index % devices]!;
      const n = (numbers[partitionFor(device, partitions)]! += 1);
      const readings = [
        ["temperature", 20 + (index % 100) / 10],
        ["pressure", 1000 + (index % 1000)],
        ["humidity", (index % 10_000) / 100],
      ] as const;
      records.push(record({ device, n, at: from + index * 1000, readings }));
    }
    await log.append(topic, records);
  }
}

function eventRecord({ device, n, at, readings }: Measured): OutgoingRecord {
  const value = events.telemetry.encode({
    ...{ gateway: "bench", epoch: 4_503_599_627_370_001, n, receivedAt: at, device, eventTime: at },
    readings: readings.map(([metric, number]) => ({ metric, number })),
  });
  return { key: device, value, headers: telemetryHeaders.event };
}

function lineRecord({ device, at, readings }: Measured): OutgoingRecord {
  const fields = readings.map(([metric, number]) => `${metric}=${number}`).join(",");
  return { key: device, value: Buffer.from(`telemetry,device=${device} ${fields} ${at * 1000}`) };
}

function startIngest(
  { kafka, folder }: OwnKafka,
  influx: Influx,
  bucket: string,
  prefix: string,
  checkout: string,
): ChildProcess {
  const flags = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [
    "--max-semi-space-size=8",
    "--no-memory-protection-keys",
  ];
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith("HEADWATER_INGEST_"));
  return spawn(process.execPath, [...flags, commandLineOf(checkout), "start", "ingest"], {
    env: {
      PATH: process.env["PATH"],
      // As with the flags: what the first line of main.js sets, for whoever starts it with a node of their own.
      MALLOC_ARENA_MAX: process.env["MALLOC_ARENA_MAX"] ?? "2",
      HEADWATER_EVENT_LOG: "kafka",
      HEADWATER_KAFKA_BROKERS: kafka.brokers,
      HEADWATER_TOPIC_PREFIX: prefix,
      // A base from before groups had the prefix is found as well.
      HEADWATER_INGEST_GROUP: `${prefix}ingest`,
      HEADWATER_PARTITIONS: String(partitions),
      HEADWATER_TIME_SERIES: "influx",
      HEADWATER_INFLUX_URL: influx.url,
      HEADWATER_INFLUX_ORG: influx.org,
      HEADWATER_INFLUX_BUCKET: bucket,
      HEADWATER_INFLUX_TOKEN: influx.token,
      HEADWATER_DATA_DIR: join(folder, bucket),
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_LOG_LEVEL: "warn",
      HEADWATER_INGEST_COMMIT_MS: "100",
      // All series begin at once here: the guard against series without end would set most of them aside.
      HEADWATER_INGEST_NEW_SERIES_PER_MINUTE: String(Math.max(10_000, devices * 3)),
      ...Object.fromEntries(settings),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function createBucket({ url, org, token }: Influx, name: string): Promise<void> {
  const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
  const orgs = await answered(await fetch(`${url}/api/v2/orgs?org=${encodeURIComponent(org)}`, { headers }));
  const body = JSON.stringify({ name, orgID: (orgs as { orgs: { id: string }[] }).orgs[0]!.id, retentionRules: [] });
  await answered(await fetch(`${url}/api/v2/buckets`, { method: "POST", headers, body }));
}

async function answered(response: Response): Promise<unknown> {
  if (!response.ok) throw new RangeError(`${response.url} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
