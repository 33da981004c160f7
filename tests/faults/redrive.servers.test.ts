import { sleep } from "@headwater/core";
import { events, type TelemetryRecord } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { openInfluxStore } from "@headwater/time-series/influx";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, expect, it } from "vitest";
import { brokersFromEnvironment, KafkaGateway, kafkaPartitions } from "../../edge-gateway/test/kafka-gateway.ts";
import type { LedgerAnswer } from "../../ingest-service/src/ledger/ledger.ts";
import { TestGateway } from "../../ingest-service/test/gateway.ts";
import { type IngestProcess, startIngestProcess } from "../../ingest-service/test/process.ts";
import { type FaultyProxy, startFaultyProxy } from "../../packages/time-series/test/faulty-proxy.ts";
import { makeBucket, serverFromEnvironment, type TestBucket } from "../../packages/time-series/test/influx-bucket.ts";
import { rounds, say } from "./rounds.ts";

interface Entry {
  readonly id: string;
  readonly device: string;
  readonly state: string;
  readonly attempt: number;
}

const devices = Array.from({ length: 8 }, (_, index) => `clumsy-${index}`);

let first: KafkaGateway;
let second: KafkaGateway;
let bucket: TestBucket;
let way: FaultyProxy;
let instances: IngestProcess[];

beforeEach(async () => {
  first = await KafkaGateway.create(brokersFromEnvironment(), devices);
  second = await KafkaGateway.beside(first);
  bucket = await makeBucket(serverFromEnvironment());
  way = await startFaultyProxy(bucket.url);
  instances = [];
});
afterEach(async () => {
  await Promise.all(instances.map((each) => each.kill()));
  await second.close();
  await first.close();
  await way.close();
  await bucket.remove();
});

async function startIngest(settings: Record<string, string> = {}): Promise<IngestProcess> {
  const started = await startIngestProcess({
    HEADWATER_KAFKA_BROKERS: brokersFromEnvironment(),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
    HEADWATER_TOPIC_PREFIX: first.prefix,
    HEADWATER_INGEST_GROUP: `${first.prefix}ingest`,
    HEADWATER_PARTITIONS: String(kafkaPartitions),
    HEADWATER_INFLUX_URL: way.url,
    HEADWATER_INFLUX_ORG: bucket.org,
    HEADWATER_INFLUX_BUCKET: bucket.bucket,
    HEADWATER_INFLUX_TOKEN: bucket.token,
    HEADWATER_LOG_LEVEL: "fatal",
    ...settings,
  });
  instances.push(started);
  return started;
}

/** All entries, the oldest first. */
async function entries(instance: IngestProcess): Promise<readonly Entry[]> {
  const { items } = await instance.request<{ items: Entry[] }>("/api/v1/quarantine?limit=1000");
  return items.toReversed();
}
async function redrive(instance: IngestProcess, filter: object): Promise<void> {
  await instance.request("/api/v1/quarantine/redrive", "POST", filter);
}
async function allRedriven(instance: IngestProcess, count: number): Promise<readonly Entry[]> {
  return eventually(async () => {
    const found = await entries(instance);
    const waiting = found.filter(({ state }) => state !== "redriven");
    expect(waiting, JSON.stringify(waiting.slice(0, 3))).toEqual([]);
    expect(found).toHaveLength(count);
    return found;
  }, 180_000);
}
async function balanced(instance: IngestProcess, totals: object, readings: number): Promise<void> {
  await eventually(async () => {
    const answer = await instance.request<LedgerAnswer>("/api/v1/ledger?verify=true");
    const { verified, ...rest } = answer;
    expect(rest, JSON.stringify(rest.totals)).toMatchObject({ balanced: true, totals: { lag: 0, ...totals } });
    expect(verified).toMatchObject({ expected: readings, stored: readings, mismatched: 0 });
  }, 180_000);
}
async function values(device: string, field: string): Promise<readonly number[]> {
  const store = openInfluxStore(bucket);
  const found: number[] = [];
  try {
    const range = { from: 0, to: (Date.now() + 3_600_000) * 1000 };
    for await (const rows of store.query({ measurement: "telemetry", tags: { device }, field, ...range })) {
      for (const [, value] of rows) found.push(Number(value));
    }
  } finally {
    await store.close();
  }
  return found;
}

/** What became of entries, each once and in the order of the log: readers tell what is there twice by its entry. */
async function redrivenEvents(): Promise<{ readonly kept: readonly TelemetryRecord[]; readonly repeated: number }> {
  const seen = new Set<string>();
  const kept: TelemetryRecord[] = [];
  let repeated = 0;
  for (let partition = 0; partition < kafkaPartitions; partition += 1) {
    for await (const { records } of first.log.read(first.topics.telemetry, partition)) {
      for (const { value } of records) {
        const record = events.telemetry.decode(value!);
        if (record.redrive === null) continue;
        const key = `${record.redrive.attempt} ${record.redrive.entry}`;
        if (seen.has(key)) repeated += 1;
        else kept.push(record);
        seen.add(key);
      }
    }
  }
  return { kept, repeated };
}

it(
  `messages that could not be read are taken again by two gateways, of which one or the other is killed, ${rounds} times: each becomes one event, in its device's order`,
  async () => {
    await Promise.all([first.start(), second.start()]);
    const ingest = await startIngest();
    const messages = 20;
    await Promise.all(
      devices.map(async (device, index) => {
        const { url, token } = index % 2 === 0 ? first : second;
        const client = await connectAsync(url, { clientId: device, username: device, password: token });
        for (let n = 0; n < messages; n += 1) {
          await client.publishAsync(`devices/${device}/telemetry`, `{"a":${n}`, { qos: 1 });
        }
        await client.endAsync();
      }),
    );
    const count = devices.length * messages;
    const waiting = await eventually(async () => {
      const found = await entries(ingest);
      expect(found).toHaveLength(count);
      return found;
    });
    const numbers = new Map<string, number>();
    for (const { id, device } of waiting) {
      const n = numbers.get(device) ?? 0;
      numbers.set(device, n + 1);
      await ingest.request(`/api/v1/quarantine/${id}/fix`, "POST", { json: { a: n } });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const device of devices.filter((_, index) => index % rounds === round)) await redrive(ingest, { device });
      const victim = round % 2 === 0 ? first : second;
      await sleep(Math.random() * 400);
      await victim.kill("SIGKILL");
      // Some of the time the other one takes over what the dead one was to take.
      if (round % 3 === 2) await sleep(4000);
      await victim.start();
    }
    await redrive(ingest, { all: true });
    await allRedriven(ingest, count);
    const { kept, repeated } = await redrivenEvents();
    expect(kept).toHaveLength(count);
    expect(new Set(kept.map(({ redrive: of }) => of!.entry)).size).toBe(count);
    const last = new Map<string, number>();
    for (const { device, gateway, readings } of kept) {
      const lane = `${gateway}/${device}`;
      expect(readings[0]!.number, lane).toBeGreaterThan(last.get(lane) ?? -1);
      last.set(lane, readings[0]!.number!);
    }
    await balanced(ingest, { stored: count, duplicate: repeated, quarantined: 0 }, count);
    for (const device of devices) {
      expect(await values(device, "a"), device).toEqual(Array.from({ length: messages }, (_, n) => n));
    }
    say(
      `${count} messages were taken again around ${rounds} kills of gateways, ${repeated} of them twice, each counts once`,
    );
  },
  rounds * 60_000 + 300_000,
);

it(
  `what was beyond a limit is projected again while one or the other owner is killed, ${rounds} times: each entry moves to another column once`,
  async () => {
    const hour = 3_600_000_000;
    const t0 = (Math.floor(Date.now() / 3_600_000) - 5) * hour;
    const gateway = new TestGateway(first.log, { topic: first.topics.telemetry, of: kafkaPartitions });
    const strict = await startIngest({ HEADWATER_INGEST_SERIES_PER_DEVICE: "1" });
    const times = 80;
    for (let n = 0; n < times; n += 1) {
      await gateway.append(...devices.map((device) => gateway.event(device, t0 + n * 1_000_000, { a: n, b: n + 0.5 })));
    }
    // A value that is corrected since stays corrected, however often what came before it is projected again.
    await gateway.append(...devices.map((device) => gateway.event(device, t0, { b: 1000 })));
    await gateway.markAll();
    const count = devices.length * (times + 1);
    await eventually(async () => {
      const { totals } = await strict.request<LedgerAnswer>("/api/v1/ledger");
      expect(totals).toMatchObject({ partlyStored: devices.length * times, quarantined: devices.length, lag: 0 });
    });
    await strict.stop();
    way.fault = (path) => (path.includes("/write") ? { delayMs: Math.random() * 300 } : undefined);
    let survivor = await startIngest();
    for (let round = 0; round < rounds; round += 1) {
      const other = await startIngest();
      for (const device of devices.filter((_, index) => index % rounds === round)) await redrive(survivor, { device });
      await sleep(Math.random() * 1500);
      await survivor.kill();
      survivor = other;
    }
    way.fault = () => undefined;
    await redrive(survivor, { all: true });
    const found = await allRedriven(survivor, count);
    expect(found.filter(({ attempt }) => attempt > 2)).toEqual([]);
    await balanced(
      survivor,
      { stored: count, partlyStored: 0, quarantined: 0, duplicate: 0 },
      devices.length * times * 2,
    );
    for (const device of devices) {
      expect(await values(device, "b"), device).toEqual([
        1000,
        ...Array.from({ length: times - 1 }, (_, n) => n + 1.5),
      ]);
    }
    say(`${count} entries were projected again around ${rounds} kills of their owners, each moved once`);
  },
  rounds * 60_000 + 300_000,
);
