import { sleep } from "@headwater/core";
import { type EventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { eventually } from "@headwater/testkit/eventually";
import { openInfluxStore } from "@headwater/time-series/influx";
import { afterAll, beforeAll, expect, it } from "vitest";
import { brokersFromEnvironment } from "../../edge-gateway/test/kafka-gateway.ts";
import type { LedgerAnswer } from "../../ingest-service/src/ledger/ledger.ts";
import { TestGateway } from "../../ingest-service/test/gateway.ts";
import { type IngestProcess, startIngestProcess } from "../../ingest-service/test/process.ts";
import { type FaultyProxy, startFaultyProxy } from "../../packages/time-series/test/faulty-proxy.ts";
import { makeBucket, serverFromEnvironment, type TestBucket } from "../../packages/time-series/test/influx-bucket.ts";
import { rounds, say } from "./rounds.ts";

const partitions = 6;
const prefix = `rebalance-${Date.now()}.`;
const group = `${prefix}ingest`;
const topics = topicNames(prefix);
const t0 = Math.floor(Date.now() / 3_600_000 - 24) * 3_600_000_000;
const second = 1_000_000;
const devices = Array.from({ length: 12 }, (_, index) => `${prefix}${index}`);
/** Each time of a device is said so often, each time with another value: the last one is to be there in the end. */
const saidAgain = 3;
/** A rebalance each time that a stranger comes, and each time that it goes. */
const stayMs = 2500;

let log: EventLog;
let bucket: TestBucket;
let gateway: TestGateway;
/** Each instance has a way of its own to InfluxDB. */
const ways: FaultyProxy[] = [];
const instances: IngestProcess[] = [];
let sent = 0;
let isLoading = false;

beforeAll(async () => {
  log = await openKafkaLog({ brokers: brokersFromEnvironment().split(","), clientId: "rebalance" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  bucket = await makeBucket(serverFromEnvironment());
  gateway = new TestGateway(log, { topic: topics.telemetry, of: partitions });
  for (let index = 0; index < 2; index += 1) {
    ways.push(await startFaultyProxy(bucket.url));
    instances.push(await start(ways[index]!.url));
  }
});
afterAll(async () => {
  isLoading = false;
  await Promise.all(instances.map((each) => each.kill()));
  await Promise.all(ways.map((each) => each.close()));
  await bucket?.remove();
  await log?.close();
});

function start(influxUrl: string): Promise<IngestProcess> {
  return startIngestProcess({
    HEADWATER_KAFKA_BROKERS: brokersFromEnvironment(),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_INGEST_GROUP: group,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_INFLUX_URL: influxUrl,
    HEADWATER_INFLUX_ORG: bucket.org,
    HEADWATER_INFLUX_BUCKET: bucket.bucket,
    HEADWATER_INFLUX_TOKEN: bucket.token,
    HEADWATER_LOG_LEVEL: "fatal",
  });
}

async function load(): Promise<void> {
  while (isLoading) {
    const time = t0 + Math.floor(sent / saidAgain) * second;
    await gateway.append(...devices.map((device) => gateway.event(device, time, { a: sent, word: `w${sent}` })));
    sent += 1;
    if (sent % 20 === 0) await gateway.markAll();
    await sleep(10);
  }
  await gateway.markAll();
}

/** One way is slow, the other is closed, and the other way round. */
function disturb(round: number): void {
  const away = { answer: 503, headers: { "content-type": "text/html" }, body: "<html>Unavailable</html>" };
  const isWrite = (path: string): boolean => path.includes("/write");
  ways[round % 2]!.fault = (path) => (isWrite(path) ? { delayMs: Math.random() * 1500 } : undefined);
  ways[(round + 1) % 2]!.fault = (path) => (isWrite(path) && round % 4 > 1 ? away : undefined);
}

/** A member that takes its share of the partitions, does nothing with it, and leaves. */
async function strangerComesAndGoes(): Promise<number> {
  const owned = new Set<number>();
  const stranger = await openKafkaLog({ brokers: brokersFromEnvironment().split(","), clientId: "stranger" });
  const consumption = await stranger.consume({
    ...{ group, topics: [topics.telemetry, topics.alerts, topics.presence, topics.commands] },
    onBatch: async () => {},
    async onAssigned(assigned) {
      for (const { partition } of assigned) owned.add(partition);
    },
  });
  await sleep(stayMs);
  await consumption.close();
  await stranger.close();
  return owned.size;
}

async function contents(device: string): Promise<unknown[]> {
  const store = openInfluxStore(bucket);
  const rows: unknown[] = [];
  try {
    const series = { measurement: "telemetry", tags: { device }, field: "a", from: t0, to: t0 + sent * second };
    for await (const some of store.query(series)) rows.push(...some);
  } finally {
    await store.close();
  }
  return rows;
}

it(
  `partitions move every ${stayMs / 1000} s under load, ${rounds * 2} times, while one way to InfluxDB is slow and another closed: each event is stored once, and of each time what was said last`,
  async () => {
    isLoading = true;
    const loading = load();
    let moved = 0;
    for (let round = 0; round < rounds; round += 1) {
      disturb(round);
      moved += await strangerComesAndGoes();
      await sleep(stayMs);
    }
    for (const way of ways) way.fault = () => undefined;
    isLoading = false;
    await loading;
    expect(moved).toBeGreaterThanOrEqual(rounds);
    const times = Math.ceil(sent / saidAgain);
    for (const instance of instances) {
      await eventually(async () => {
        const answer = await instance.request<LedgerAnswer>("/api/v1/ledger?verify=true");
        const { verified, ...rest } = answer;
        expect(rest, JSON.stringify(rest.totals)).toMatchObject({
          balanced: true,
          totals: { stored: sent * devices.length, duplicate: 0, quarantined: 0, partlyStored: 0, lag: 0 },
        });
        const readings = times * devices.length * 2;
        expect(verified).toMatchObject({ expected: readings, stored: readings, mismatched: 0 });
      }, 180_000);
    }
    const last = (time: number): number => Math.min((time + 1) * saidAgain, sent) - 1;
    const expected = Array.from({ length: times }, (_, time) => [t0 + time * second, last(time)]);
    for (const device of devices) expect(await contents(device), device).toEqual(expected);
    say(`${moved} partitions moved to a stranger and back: ${sent * devices.length} events, each stored once`);
  },
  rounds * 60_000 + 300_000,
);
