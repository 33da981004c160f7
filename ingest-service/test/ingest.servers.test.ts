import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { openInfluxStore } from "@headwater/time-series/influx";
import type { TimeSeriesStore } from "@headwater/time-series";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Influx, startInflux } from "../../scripts/servers/influx.ts";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway } from "./gateway.ts";
import { type IngestProcess, startIngestProcess } from "./process.ts";
import { eventually } from "@headwater/testkit/eventually";

const partitions = 8;
const prefix = `ingest-test-${Date.now()}.`;
const topics = topicNames(prefix);
const t0 = Math.floor(Date.now() / 3_600_000 - 24) * 3_600_000_000;
const devices = Array.from({ length: 20 }, (_, index) => `${prefix}${index}`);

let log: EventLog;
/** A server of this test's own: it is stopped in mid-flight. */
let influx: Influx;
let store: TimeSeriesStore;
let gateway: TestGateway;
const folder = mkdtempSync(join(tmpdir(), "ingest-servers-"));
const processes: IngestProcess[] = [];
/** The one that is left of two. */
let survivor: IngestProcess;

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  if (brokers === undefined) throw new RangeError("HEADWATER_KAFKA_BROKERS is not set: npm run servers -- start");
  log = await openKafkaLog({ brokers: brokers.split(","), clientId: "ingest-test" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  influx = await startInflux({ dataDir: join(folder, "influx") });
  store = openInfluxStore(influx);
  gateway = new TestGateway(log, { topic: topics.telemetry, of: partitions });
});
afterAll(async () => {
  influx?.kill("SIGCONT");
  await Promise.all(processes.map((each) => each.kill()));
  await store?.close();
  await influx?.stop();
  await log?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<IngestProcess> {
  const started = await startIngestProcess({
    HEADWATER_KAFKA_BROKERS: process.env["HEADWATER_KAFKA_BROKERS"] ?? "",
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
    HEADWATER_INFLUX_TIMEOUT: "2000",
  });
  processes.push(started);
  return started;
}

let sent = 0;
async function send(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await gateway.append(
      ...devices.map((device) => gateway.event(device, t0 + sent * 1_000_000, { a: sent, b: sent / 3, on: true })),
    );
    sent += 1;
    if (round % 50 === 49) await gateway.markAll();
  }
  await gateway.markAll();
}

async function verified(instance: IngestProcess): Promise<LedgerAnswer> {
  return eventually(async () => {
    const answer = await instance.request<LedgerAnswer>("/api/v1/ledger?verify=true");
    const { verified: seen, ...rest } = answer;
    expect(rest, JSON.stringify(answer)).toMatchObject({
      balanced: true,
      totals: { stored: sent * devices.length, duplicate: 0, quarantined: 0, overwritten: 0, lag: 0 },
    });
    expect(seen).toMatchObject({
      expected: sent * devices.length * 3,
      stored: sent * devices.length * 3,
      mismatched: 0,
    });
    return answer;
  }, 120_000);
}

describe("two instances on the real Kafka and InfluxDB", () => {
  it("one of them killed: every event is stored once, and both ledgers said the same", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await send(200);
    expect(await verified(one)).toEqual(await verified(two));
    const before = sent;
    const sending = send(300);
    await eventually(() => expect(sent).toBeGreaterThan(before + 100));
    await one.kill();
    await sending;
    survivor = two;
    await verified(two);
  });

  it("the store stops answering in mid-flight: everything waits and is caught up on", async () => {
    influx.kill("SIGSTOP");
    await send(200);
    await eventually(async () => {
      const ready = await fetch(`${survivor.url}/health/ready`);
      expect(ready.status).toBe(503);
    });
    influx.kill("SIGCONT");
    await verified(survivor);
  });

  it("stops in order on SIGTERM, and its successor goes on where it stopped", async () => {
    await send(20);
    expect(await survivor.stop()).toBe(0);
    await send(20);
    survivor = await start();
    await verified(survivor);
  });

  it("registers a device, and answers with what was written", async () => {
    const instance = survivor;
    const created = await instance.request<{ id: string; token: string }>("/api/v1/devices", "POST", { id: "real-1" });
    expect(created.token).toHaveLength(43);
    const { commandId, position } = await instance.request<{ commandId: string; position: string }>(
      "/api/v1/devices/real-1/commands",
      "POST",
      { name: "x", ttl: "10s" },
    );
    const path = `/api/v1/devices/real-1/commands/${commandId}`;
    expect(await instance.request(`${path}?after=${position}`)).toMatchObject({ status: "requested" });
    await eventually(async () => expect(await instance.request(path)).toMatchObject({ status: "expired" }));
  });
});
