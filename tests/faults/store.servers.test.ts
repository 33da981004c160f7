import { ConfigError, sleep } from "@headwater/core";
import { type EventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { eventually } from "@headwater/testkit/eventually";
import { openInfluxStore } from "@headwater/time-series/influx";
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { brokersFromEnvironment } from "../../edge-gateway/test/kafka-gateway.ts";
import type { LedgerAnswer } from "../../ingest-service/src/ledger/ledger.ts";
import { TestGateway } from "../../ingest-service/test/gateway.ts";
import { type IngestProcess, startIngestProcess } from "../../ingest-service/test/process.ts";
import { type FaultyProxy, startFaultyProxy } from "../../packages/time-series/test/faulty-proxy.ts";
import { type Influx, startInflux } from "../../scripts/servers/influx.ts";
import { rounds, say } from "./rounds.ts";

const partitions = 6;
const prefix = `store-faults-${Date.now()}.`;
const topics = topicNames(prefix);
const t0 = Math.floor(Date.now() / 3_600_000 - 24) * 3_600_000_000;
const devices = Array.from({ length: 12 }, (_, index) => `${prefix}${index}`);

// A disk of some megabytes takes a mount, and that takes root. CI has it; elsewhere the fault is left out.
const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env["CI"] === "true") throw new ConfigError("CI has to run as root, to mount a small disk");
const diskBytes = 256 * 2 ** 20;

let folder: string;
let disk: string;
let log: EventLog;
let influx: Influx;
let proxy: FaultyProxy;
let gateway: TestGateway;
const processes: IngestProcess[] = [];
let sent = 0;
let isLoading = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-faults-"));
  log = await openKafkaLog({ brokers: brokersFromEnvironment().split(","), clientId: "store-faults" });
  await log.ensureTopics(topicSpecs(partitions, prefix));
  disk = join(folder, "influx");
  await mkdir(disk);
  if (isRoot) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskBytes}`, "tmpfs", disk]);
  influx = await startInflux({ dataDir: disk });
  proxy = await startFaultyProxy(influx.url);
  gateway = new TestGateway(log, { topic: topics.telemetry, of: partitions });
});
afterAll(async () => {
  isLoading = false;
  influx?.kill("SIGCONT");
  await Promise.all(processes.map((each) => each.kill()));
  await proxy?.close();
  await influx?.stop();
  await log?.close();
  if (isRoot) execFileSync("umount", ["-l", disk]);
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<IngestProcess> {
  const started = await startIngestProcess({
    HEADWATER_KAFKA_BROKERS: brokersFromEnvironment(),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_INFLUX_URL: proxy.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_BUCKET: influx.bucket,
    HEADWATER_INFLUX_TOKEN: influx.token,
    HEADWATER_INFLUX_TIMEOUT: "2000",
    HEADWATER_LOG_LEVEL: "fatal",
  });
  processes.push(started);
  return started;
}

/** Every device sends, one event after the other, until the answer is called. */
function load(): () => Promise<void> {
  isLoading = true;
  const sending = (async () => {
    while (isLoading) {
      await gateway.append(
        ...devices.map((device) =>
          gateway.event(device, t0 + sent * 1_000_000, { a: sent, on: sent % 2 === 0, word: `w${sent}` }),
        ),
      );
      sent += 1;
      if (sent % 20 === 0) await gateway.markAll();
      await sleep(10);
    }
    await gateway.markAll();
  })();
  return () => {
    isLoading = false;
    return sending;
  };
}

const ready = async ({ url }: IngestProcess): Promise<string> => (await fetch(`${url}/health/ready`)).text();

/** The ledger balances by its own account, and log and store have the same points by ours. */
async function expectNothingLost(instance: IngestProcess): Promise<void> {
  await eventually(async () => {
    const { verified, ...rest } = await instance.request<LedgerAnswer>("/api/v1/ledger?verify=true");
    expect(rest, JSON.stringify(rest.totals)).toMatchObject({
      balanced: true,
      totals: { stored: sent * devices.length, duplicate: 0, quarantined: 0, overwritten: 0, lag: 0 },
    });
    const readings = sent * devices.length * 3;
    expect(verified).toMatchObject({ expected: readings, stored: readings, mismatched: 0 });
  }, 180_000);
  const store = openInfluxStore(influx);
  try {
    const expected = Array.from({ length: sent }, (_, i) => [t0 + i * 1_000_000, i]);
    for (const device of devices) {
      const rows: unknown[] = [];
      const range = { from: t0, to: t0 + (sent + 1) * 1_000_000 };
      for await (const some of store.query({ measurement: "telemetry", tags: { device }, field: "a", ...range })) {
        rows.push(...some);
      }
      expect(rows).toEqual(expected);
    }
  } finally {
    await store.close();
  }
}

async function api(method: string, path: string, body?: object): Promise<Record<string, never>> {
  const response = await fetch(influx.url + path, {
    method,
    headers: { authorization: `Token ${influx.token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return (response.status === 204 ? {} : await response.json()) as Record<string, never>;
}

async function bucketOf(name: string): Promise<{ id: string; orgID: string }> {
  const { buckets } = (await api("GET", `/api/v2/buckets?name=${name}`)) as unknown as {
    buckets: { id: string; orgID: string }[];
  };
  return buckets[0]!;
}

const tooMany = {
  answer: 429,
  headers: { "content-type": "application/json", "retry-after": "1" },
  body: JSON.stringify({ code: "too many requests", message: "slow down" }),
};

async function restart(): Promise<void> {
  influx = await startInflux({ dataDir: disk, port: influx.port });
}

const filler = (): string => join(disk, "filler");

/** Leaves no byte on the disk of InfluxDB. */
function fillDisk(): void {
  const file = openSync(filler(), "w");
  try {
    for (const size of [2 ** 20, 4096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** How InfluxDB goes away, and comes back; and what the service says meanwhile. */
const faults: readonly { name: string; begin(): unknown; says: RegExp; end(): unknown }[] = [
  {
    name: "its bucket renamed",
    begin: async () => api("PATCH", `/api/v2/buckets/${(await bucketOf(influx.bucket)).id}`, { name: "elsewhere" }),
    says: /deleted or renamed/,
    end: async () => api("PATCH", `/api/v2/buckets/${(await bucketOf("elsewhere")).id}`, { name: influx.bucket }),
  },
  {
    name: "killed",
    begin: () => influx.kill("SIGKILL"),
    says: /time-series store/,
    end: restart,
  },
  ...(isRoot
    ? [
        {
          name: "its disk full",
          begin: fillDisk,
          says: /its disk is full: make room/,
          async end() {
            rmSync(filler());
            influx.kill("SIGKILL");
            await restart();
          },
        },
      ]
    : []),
  {
    name: "stopped",
    begin: () => influx.kill("SIGSTOP"),
    says: /did not answer in time/,
    end: () => influx.kill("SIGCONT"),
  },
  {
    name: "answering 429",
    begin: () => (proxy.fault = (path) => (path.includes("/write") ? tooMany : undefined)),
    says: /429/,
    end: () => (proxy.fault = () => undefined),
  },
  ...[200, 404].map((status) => ({
    name: `behind a proxy that answers ${status} for it`,
    begin: () => (proxy.fault = () => ({ answer: status, body: "<html>Sign in</html>" })),
    says: /not as InfluxDB does/,
    end: () => (proxy.fault = () => undefined),
  })),
];

it("InfluxDB away in every way under load, its bucket deleted first: then the ledger balances, and log and store have the same points", async () => {
  const { id, orgID } = await bucketOf(influx.bucket);
  await api("DELETE", `/api/v2/buckets/${id}`);
  const instance = await start();
  const stop = load();
  await eventually(async () => expect(await ready(instance)).toMatch(/deleted or renamed.*create it/));
  await api("POST", "/api/v2/buckets", { name: influx.bucket, orgID, retentionRules: [] });
  await eventually(async () => expect(await ready(instance)).toMatch(/"ready"/));
  for (const { name, begin, says, end } of faults) {
    await begin();
    await eventually(async () => expect(await ready(instance), name).toMatch(says));
    await end();
    await eventually(async () => expect(await ready(instance), name).toMatch(/"ready"/));
  }
  await stop();
  await expectNothingLost(instance);
  say(`InfluxDB away in ${faults.length + 1} ways: ${sent * devices.length} events, each stored once`);
});

it(
  `partitions move as an instance is killed and comes back, ${rounds} times under load: nothing is lost or counted twice`,
  async () => {
    const survivor = processes[0]!;
    const stop = load();
    for (let round = 0; round < rounds; round += 1) {
      const other = await start();
      await sleep(Math.random() * 2000);
      if (round % 2 === 0) await other.kill();
      else await other.stop();
    }
    await stop();
    await expectNothingLost(survivor);
    say(`an instance came and went ${rounds} times: ${sent * devices.length} events in all, each stored once`);
  },
  rounds * 60_000 + 300_000,
);
