/**
 * Three gateways, three ingest and three rules services on three Kafka brokers, all on this machine: what is shown is
 * the shape, not speed. A fleet sends to the gateways by thirds; each of the twelve processes is killed with -9 in turn
 * and started again. At the end the simulator says what became of each message, the log and the ledger have to agree,
 * and it is told how many partitions each instance had.
 *
 *     npm run bench:scale-out -- [--devices 300] [--rate 600] [--every 8] [--json FILE]
 */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { fleetOf, runFleet, type FleetVerdict } from "@headwater/device-sim";
import { startInflux } from "../scripts/servers/influx.ts";
import { startKafka, type Kafka } from "../scripts/servers/kafka.ts";
import type { Platform, ServiceName } from "../tests/e2e/platform/platform.ts";
import { openOnRealServers } from "../tests/e2e/platform/real-servers.ts";
import { conditions, describe } from "./conditions.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "300" },
    rate: { type: "string", default: "600" },
    every: { type: "string", default: "8" },
    json: { type: "string" },
  },
});
const [devices, rate, every] = [Number(values.devices), Number(values.rate), Number(values.every)];
const each = 3;
const partitions = 12;
const services: readonly ServiceName[] = ["gateway", "ingest", "rules"];
const ours = "Headwater";

const before = conditions();
const shape =
  `${each} gateways, ${each} ingest, ${each} rules services, ${each} brokers (replication 3, min.insync.replicas 2), ${partitions} partitions, one influxd; ` +
  `${devices} devices at ${rate} messages a second, a kill -9 of each of the twelve in turn, every ${every} s.`;
console.log(`${describe(before)}\n${shape}\n`);
const folder = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-scale-out-"));
const stops: (() => Promise<unknown>)[] = [];
try {
  const kafka = await startKafka({
    dataDir: join(folder, "kafka"),
    nodes: each,
    heapMb: 384,
    properties: {
      "min.insync.replicas": "2",
      "offsets.topic.replication.factor": "3",
      "transaction.state.log.replication.factor": "3",
      "transaction.state.log.min.isr": "2",
    },
  });
  stops.push(() => kafka.stop());
  const influx = await startInflux({ dataDir: join(folder, "influx") });
  stops.push(() => influx.stop());
  Object.assign(process.env, {
    HEADWATER_KAFKA_BROKERS: kafka.brokers,
    HEADWATER_INFLUX_URL: influx.url,
    HEADWATER_INFLUX_ORG: influx.org,
    HEADWATER_INFLUX_TOKEN: influx.token,
  });
  const platform = await openOnRealServers({
    instances: each,
    partitions,
    settings: { HEADWATER_KAFKA_REPLICATION: "3" },
  });
  stops.push(() => platform.stop());
  await run(kafka, platform);
} finally {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function run(kafka: Kafka, platform: Platform): Promise<void> {
  const ending = new AbortController();
  const fleets = Array.from({ length: each }, (_, index) => fleetAt(platform, index, ending.signal));
  const verdicts = Promise.all(fleets.map(({ verdict }) => verdict));
  // The load is whole before the first of them goes; a fleet that cannot begin ends the run.
  await Promise.race([Promise.all(fleets.map(({ running }) => running)), verdicts]);
  await sleep(10_000);
  const shares = await sharesOf(platform);
  for (const service of services) {
    for (let index = 0; index < each; index += 1) {
      console.log(`kill -9 ${service} ${index + 1}`);
      await platform.kill(service, index);
      await sleep((every / 2) * 1000);
      await platform.restart(service, index);
      await sleep((every / 2) * 1000);
    }
  }
  for (let index = 0; index < each; index += 1) {
    console.log(`kill -9 broker ${index + 1}`);
    process.kill(kafka.pids[index]!, "SIGKILL");
    await sleep((every / 2) * 1000);
    await kafka.restartNode(index);
    await sleep(every * 1000);
  }
  ending.abort();
  const found = await verdicts;
  const sum = (of: (verdict: FleetVerdict) => number): number => found.reduce((all, verdict) => all + of(verdict), 0);
  const lost = sum(({ stored }) => stored?.lost ?? Number.NaN);
  const doubled = sum(({ stored }) => stored?.duplicated ?? Number.NaN);
  const balanced = await isBalanced(platform);
  const whole = lost === 0 && doubled === 0 && balanced;
  const one = (what: string, unit: string, value: number): Figure => ({
    ...{ what, unit, digits: 0 },
    samples: { [ours]: [value] },
  });
  const figures = [
    one(
      "acknowledged",
      "messages",
      sum(({ counts }) => counts.acked),
    ),
    { ...one("acknowledged and not stored", "messages", lost), budget: "0", within: lost === 0 },
    { ...one("stored twice", "messages", doubled), budget: "0", within: doubled === 0 },
    ...Object.entries(shares).map(([what, samples]) => ({
      ...{ what: `share of an instance: ${what}`, unit: "%", digits: 0 },
      samples: { [ours]: samples },
    })),
  ];
  for (const figure of figures) console.log(lineOf(figure));
  console.log(`the ledger ${balanced ? "balances" : "DOES NOT BALANCE"}`);
  await writeReport(values.json, {
    title: "Scale-out: twelve processes, each killed",
    command: `npm run bench:scale-out -- --devices ${devices} --rate ${rate} --every ${every}`,
    shape,
    conditions: before,
    ours,
    figures,
    notes: [
      `The ledger ${balanced ? "balances" : "**does not balance**"} at the end.`,
      "All of it shares two cores: it shows that instances divide the work and that none is missed, not how fast they are.",
    ],
  });
  if (!whole) process.exitCode = 1;
}

interface RunningFleet {
  /** Resolves once it sends. */
  readonly running: Promise<void>;
  readonly verdict: Promise<FleetVerdict>;
}

function fleetAt(platform: Platform, index: number, signal: AbortSignal): RunningFleet {
  const spec = {
    name: "scale-out",
    // Ended by the signal.
    duration: "1h",
    devices,
    load: { rate: `${rate}/s` },
    profiles: { meter: { metrics: { value: { shape: "sine", mean: 50, amplitude: 40, period: "1m" } } } },
  } as const;
  const { promise: running, resolve: begin } = Promise.withResolvers<void>();
  const verdict = runFleet({
    ...{ fleet: fleetOf(spec, folder), target: { url: platform.mqttUrl(index) }, api: platform.ingest, prefix: "" },
    ...{ share: [index + 1, each], threads: 1, settleMs: 180_000, probes: 0, signal },
    onState: (state) => state === "running" && begin(),
    onProgress: () => {},
  });
  return { running, verdict };
}

/** Percent of the messages, events and partitions that each instance had. */
async function sharesOf(platform: Platform): Promise<Record<string, number[]>> {
  const metrics = {
    "messages received by a gateway": ["gateway", "headwater_gateway_received_total"],
    "records read by ingest": ["ingest", "headwater_ingest_records_total"],
    "partitions of rules": ["rules", "headwater_rules_partitions"],
  } as const;
  const shares: Record<string, number[]> = {};
  for (const [what, [service, metric]] of Object.entries(metrics)) {
    const counts = await Promise.all(
      Array.from({ length: each }, (_, index) => metricOf(platform.httpUrl(service, index), platform.token, metric)),
    );
    const all = counts.reduce((sum, count) => sum + count, 0);
    shares[what] = counts.map((count) => (count / all) * 100);
  }
  return shares;
}

/** The sum of a metric over its labels. */
async function metricOf(url: string, token: string, metric: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await response.text()).matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, "gm"));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function isBalanced(platform: Platform): Promise<boolean> {
  const headers = { authorization: `Bearer ${platform.token}` };
  const response = await fetch(`${platform.httpUrl("ingest")}/api/v1/ledger`, { headers });
  return ((await response.json()) as { readonly balanced: boolean }).balanced;
}
