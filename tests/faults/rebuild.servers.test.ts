import { sleep } from "@headwater/core";
import { type EventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { openInfluxStore } from "@headwater/time-series/influx";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { brokersFromEnvironment } from "../../edge-gateway/test/kafka-gateway.ts";
import type { LedgerAnswer } from "../../ingest-service/src/ledger/ledger.ts";
import { TestGateway } from "../../ingest-service/test/gateway.ts";
import { type IngestProcess, startIngestProcess } from "../../ingest-service/test/process.ts";
import { type Influx, startInflux } from "../../scripts/servers/influx.ts";
import { say } from "./rounds.ts";

const partitions = 3;
const prefix = `rebuild-faults-${Date.now()}.`;
const topics = topicNames(prefix);
const hour = 3_600_000_000;
const t0 = (Math.floor(Date.now() / 3_600_000) - 24) * hour;
const damaged = { from: t0 + 2 * hour, to: t0 + 3 * hour };
const devices = Array.from({ length: 9 }, (_, index) => `${prefix}${index}`);

let folder: string;
let log: EventLog;
let influx: Influx;
let gateway: TestGateway;
const instances: IngestProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rebuild-faults-"));
  log = await openKafkaLog({ brokers: brokersFromEnvironment().split(","), clientId: "rebuild-faults" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  influx = await startInflux({ dataDir: join(folder, "influx") });
  gateway = new TestGateway(log, { topic: topics.telemetry, of: partitions });
});
afterAll(async () => {
  await Promise.all(instances.map((each) => each.kill()));
  await influx?.stop();
  await log?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<IngestProcess> {
  const started = await startIngestProcess({
    HEADWATER_KAFKA_BROKERS: brokersFromEnvironment(),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
    HEADWATER_LOG_LEVEL: "fatal",
  });
  instances.push(started);
  return started;
}

async function contents(): Promise<unknown[]> {
  const store = openInfluxStore(influx);
  const all: unknown[] = [];
  try {
    for (const device of devices) {
      for await (const rows of store.query({
        measurement: "telemetry",
        tags: { device },
        field: "a",
        from: t0,
        to: t0 + 5 * hour,
      })) {
        all.push([device, ...rows]);
      }
    }
  } finally {
    await store.close();
  }
  return all;
}

async function harm(): Promise<void> {
  const store = openInfluxStore(influx);
  await store.deleteRange("telemetry", { device: devices[0]! }, damaged.from, damaged.to);
  const added = devices.map((device) => ({
    ...{ measurement: "telemetry", tags: { device }, time: damaged.from + 1, fields: { a: -1 } },
  }));
  await store.write(added);
  await store.close();
}

let said = 0;

/** Every device sends of the damaged hour, another metric than the one that is harmed, until the answer is called. */
function load(): () => Promise<void> {
  let isLoading = true;
  const sending = (async () => {
    for (; isLoading; said += 1) {
      const time = damaged.from + 2 + said * 1000;
      await gateway.append(...devices.map((device) => gateway.event(device, time, { b: said })));
      await sleep(50);
    }
    await gateway.markAll();
  })();
  return () => {
    isLoading = false;
    return sending;
  };
}

/** The steps of that rebuild as they come to the log. */
async function* stepsOf(id: string, signal: AbortSignal): AsyncGenerator<string> {
  let offset = 0;
  while (!signal.aborted) {
    for await (const { records } of log.read(topics.rebuilds, 0, { fromOffset: offset })) {
      for (const record of records) {
        offset = record.offset + 1;
        const step = events.rebuild.decode(record.value!);
        if (step.id !== id || step.requested !== null) continue;
        yield step.shadowed !== null ? "shadowed" : step.replacing !== null ? "replacing" : "replaced";
      }
    }
    await sleep(5);
  }
}

async function balanced(instance: IngestProcess): Promise<void> {
  await eventually(async () => {
    const answer = await instance.request<LedgerAnswer>("/api/v1/ledger?verify=true");
    expect(answer, JSON.stringify(answer)).toMatchObject({
      balanced: true,
      totals: { lag: 0 },
      verified: { mismatched: 0 },
    });
  }, 120_000);
}

it("an hour is made again under load while its owners are killed at every step, one after the other: it equals the log, the others are untouched", async () => {
  let survivor = await start();
  for (const device of devices) {
    await gateway.append(
      ...Array.from({ length: 50 }, (_, n) => gateway.event(device, t0 + n * (hour / 10), { a: n })),
    );
  }
  await gateway.markAll();
  await balanced(survivor);
  const whole = await contents();
  const killedAt: string[] = [];
  for (const wanted of ["shadowed", "replacing", "replaced"]) {
    await harm();
    const other = await start();
    const stop = load();
    const iso = (time: number): string => new Date(time / 1000).toISOString();
    const body = { from: iso(damaged.from), to: iso(damaged.to) };
    const { id } = await survivor.request<{ id: string }>("/api/v1/rebuilds", "POST", body);
    const over = new AbortController();
    for await (const step of stepsOf(id, over.signal)) {
      if (step !== wanted) continue;
      await survivor.kill();
      killedAt.push(step);
      break;
    }
    over.abort();
    survivor = other;
    await eventually(async () => {
      const rebuild = await survivor.request<{ state: string }>(`/api/v1/rebuilds/${id}`);
      expect(rebuild, JSON.stringify(rebuild)).toMatchObject({ state: "done" });
    }, 120_000);
    await stop();
    expect(await contents(), wanted).toEqual(whole);
    await balanced(survivor);
  }
  expect(killedAt).toEqual(["shadowed", "replacing", "replaced"]);
  say(`a rebuild was done though its owner was killed: ${killedAt.join(", ")}`);
});
