/**
 * One fleet, judged by the simulator's verdict, against three pipelines: Headwater on its embedded log and store,
 * Headwater on Kafka and InfluxDB, and Mosquitto + Telegraf + InfluxDB. Real servers, on this machine.
 *
 *     npm run bench:same-fleet -- [--fleet bench/fleet/same-fleet.yaml] [--rounds 1] [--json FILE]
 *
 * Any fleet whose devices send the format `json` on the topic of Headwater. Exit code 1: Headwater has lost, changed
 * or doubled something.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ResourceError } from "@headwater/core";
import type { FleetVerdict } from "@headwater/device-sim";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";
import { startInflux } from "../scripts/servers/influx.ts";
import { startKafka } from "../scripts/servers/kafka.ts";
import { conditions, describe } from "./conditions.ts";
import { resultsOf, startMqttToInflux } from "./peers/telegraf-mqtt-influx.ts";
import { telegrafVersion } from "./peers/telegraf-influx.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";
import { startAllInOne, type AllInOne, settingsOnServers } from "./start-all-in-one.ts";

const { values } = parseArgs({
  options: {
    fleet: { type: "string", default: join(import.meta.dirname, "fleet/same-fleet.yaml") },
    rounds: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const checkout = join(import.meta.dirname, "..");
const [embedded, onServers, peer] = ["Headwater, embedded", "Headwater, Kafka + InfluxDB", "Mosquitto + Telegraf"];
const before = conditions();
const shape =
  `The fleet of bench/fleet/${basename(values.fleet)}, ${values.rounds} round(s) of each in turn, load and all servers on the same machine, each with ` +
  `empty folders. Mosquitto of Debian, ${telegrafVersion}, writing each 100 ms. Latencies count from when a message was due; "stored" is ` +
  `until a query shows it: ten devices are asked for over and over, Headwater 5 ms after its answer, InfluxDB behind Telegraf 50 ms after.`;
console.log(`${describe(before)}\n${shape}\n`);

const samples = new Map<string, Record<string, number[]>>();
const notes: string[] = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  await inFolder(async (folder) => told(embedded, round, await headwater(folder, {})));
  await inFolder(async (folder) => told(onServers, round, await onKafkaAndInflux(folder)));
  await inFolder(async (folder) => told(peer, round, await mosquittoAndTelegraf(folder)));
}
const figures: Figure[] = [...samples].map(([what, by]) => ({
  ...{ what, unit: what.startsWith("p") ? "ms" : "messages", digits: what.startsWith("p") ? 1 : 0 },
  samples: by,
}));
for (const figure of figures) console.log(lineOf(figure));
await writeReport(values.json, {
  title: "The same fleet: Headwater and Mosquitto + Telegraf + InfluxDB",
  command: `npm run bench:same-fleet -- --rounds ${values.rounds}`,
  ...{ shape, conditions: before, ours: embedded, figures, notes },
});

function told(name: string, round: number, verdict: FleetVerdict): void {
  const { counts, stored, logged, content, latency, lag, unacked, couldNotKeepUp } = verdict;
  const add = (what: string, value: number | undefined): void => {
    if (value === undefined) return;
    const by = samples.get(what) ?? {};
    samples.set(what, by);
    (by[name] ??= []).push(value);
  };
  add("sent", counts.sent);
  add("acknowledged", counts.acked);
  add("stored", stored?.arrived);
  add("acknowledged and lost", stored?.lost);
  add("doubled", logged?.duplicated);
  add("changed on the way", content?.changed);
  for (const kind of ["ack", "stored"] as const) {
    add(`p50 until ${kind}`, latency[kind].p50);
    add(`p99 until ${kind}`, latency[kind].p99);
  }
  const late = couldNotKeepUp ? "; it could not keep up: read the latencies as upper bounds" : "";
  notes.push(
    `${name}, round ${round}: ${unacked} never acknowledged, ${counts.cuts} connections cut; the load itself was late by ${lag.p99.toFixed(1)} ms (p99)${late}.`,
  );
  console.log(notes.at(-1));
  if (name !== peer && ((stored?.lost ?? 1) > 0 || (content?.changed ?? 0) > 0 || (logged?.duplicated ?? 0) > 0))
    process.exitCode = 1;
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-same-fleet-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function headwater(folder: string, settings: Readonly<Record<string, string>>): Promise<FleetVerdict> {
  const platform: AllInOne = await startAllInOne(checkout, settings);
  try {
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, platform.token, { mode: 0o600 });
    const where = ["--token-file", tokenFile, "--url", `http://127.0.0.1:${platform.http}`];
    return await simulate([...where, "--mqtt", `mqtt://127.0.0.1:${platform.mqtt}`]);
  } finally {
    await platform.stop();
  }
}

async function onKafkaAndInflux(folder: string): Promise<FleetVerdict> {
  const kafka = await startKafka({ dataDir: join(folder, "kafka") });
  try {
    const influx = await startInflux({ dataDir: join(folder, "influx") });
    try {
      return await headwater(folder, settingsOnServers(kafka, influx));
    } finally {
      await influx.stop();
    }
  } finally {
    await kafka.stop();
  }
}

async function mosquittoAndTelegraf(folder: string): Promise<FleetVerdict> {
  const influx = await startInflux({ dataDir: join(folder, "influx") });
  try {
    const pipeline = await startMqttToInflux({ influx, dataDir: folder });
    try {
      return await simulate(["--acks-only", "--mqtt", pipeline.url, "--results", resultsOf(influx)], influx.token);
    } finally {
      await pipeline.stop();
    }
  } finally {
    await influx.stop();
  }
}

async function simulate(where: readonly string[], influxToken?: string): Promise<FleetVerdict> {
  const args = [commandLineOf(checkout), "sim", "--json", "--fleet", values.fleet, ...where];
  const env = { PATH: process.env["PATH"], ...(influxToken !== undefined && { INFLUX_TOKEN: influxToken }) };
  const run = promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024, env });
  // The exit code tells of expectations; the verdict says the same.
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  try {
    return JSON.parse(stdout) as FleetVerdict;
  } catch {
    throw new ResourceError(`the simulator gave no verdict: ${stderr}`);
  }
}
