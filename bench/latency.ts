/**
 * How long a message takes, from when it was due: until its PUBACK, until a query shows it, and until the device has
 * the command that a rule asks for because of it. The open-loop load of the simulator at each rate against the
 * all-in-one, on its embedded log and store, and on a real Kafka and influxd; load and all servers on this machine.
 *
 *     npm run bench:latency -- [--rates 1000,5000,20000] [--devices 1000] [--seconds 20]
 *         [--only embedded|servers] [--checkout ../base] [--json FILE]
 *
 * `--checkout`: the platform of another checkout, with the load of this one.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ResourceError, sleep } from "@headwater/core";
import type { FleetVerdict } from "@headwater/device-sim";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";
import { startInflux } from "../scripts/servers/influx.ts";
import { startKafka } from "../scripts/servers/kafka.ts";
import { conditions, describe } from "./conditions.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";
import { startAllInOne, type AllInOne, settingsOnServers } from "./start-all-in-one.ts";

const { values } = parseArgs({
  options: {
    rates: { type: "string", default: "1000,5000,20000" },
    devices: { type: "string", default: "1000" },
    seconds: { type: "string", default: "20" },
    only: { type: "string" },
    checkout: { type: "string" },
    json: { type: "string" },
  },
});
const rates = values.rates.split(",").map(Number);
const checkout = join(import.meta.dirname, "..");
const [embedded, onServers] = ["Headwater, embedded", "Headwater, Kafka + InfluxDB"];
/** p99 in milliseconds, as the budgets have it. */
const budgets: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  [embedded]: { "stored 5000": 20, "stored 20000": 40, "command 5000": 10, "command 20000": 20 },
  [onServers]: { "stored 5000": 60, "command 5000": 30 },
};
/** The connects, what follows of them and compilation are over before latencies count. */
const warmUpSeconds = 8;
/** A device's value crosses the threshold of the rule so often. */
const raiseEvery = "10s";

const before = conditions();
const shape =
  `${values.devices} devices, QoS 1, an open-loop load of the simulator for ${values.seconds} s at each rate after ${warmUpSeconds} s that do not count, load and servers on the ` +
  `same machine. Latencies count from when a message was due; "stored" is until a query shows it (ten devices are asked over and over), "command" until the device has ` +
  `the command of a rule that its value crosses every ${raiseEvery}, each device's at a time of its own; devices answer their commands.`;
console.log(`${describe(before)}\n${shape}\n`);
const folder = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-latency-"));
const stops: (() => Promise<unknown>)[] = [];
const figures: Figure[] = [];
const notes: string[] = [];
try {
  if (values.only !== "servers") await measure(embedded, {});
  if (values.only !== "embedded") await measureOnServers();
} finally {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const figure of figures) console.log(lineOf(figure));
await writeReport(values.json, {
  title: "MQTT to stored: latency",
  command: `npm run bench:latency -- --rates ${values.rates} --seconds ${values.seconds}`,
  shape,
  conditions: before,
  ours: embedded,
  figures,
  notes,
});

async function measureOnServers(): Promise<void> {
  const kafka = await startKafka({ dataDir: join(folder, "kafka") });
  stops.push(() => kafka.stop());
  const influx = await startInflux({ dataDir: join(folder, "influx") });
  stops.push(() => influx.stop());
  await measure(onServers, settingsOnServers(kafka, influx));
}

async function measure(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const platform = await startAllInOne(values.checkout ?? checkout, settings);
  try {
    await enableRule(platform);
    for (const rate of rates) {
      const verdict = await simulate(platform, rate);
      const { counts, stored, latency, couldNotKeepUp, lag, holds } = verdict;
      const note =
        `${name}, ${rate}/s: ${counts.sent} sent, ${counts.acked} acknowledged, ${stored?.lost ?? "?"} lost, ${latency.command.count} commands; ` +
        `the load itself was late by ${lag.p50.toFixed(1)} ms (p50) and ${lag.p99.toFixed(1)} ms (p99), which its latencies hold` +
        (couldNotKeepUp ? ": read them as upper bounds" : "");
      console.log(note);
      notes.push(`${note}.`);
      if (!holds) process.exitCode = 1;
      for (const [what, each] of Object.entries(latency)) {
        if (each.count === 0) continue;
        add(`${what} at ${rate}/s, p50`, name, each.p50);
        add(`${what} at ${rate}/s, p99`, name, each.p99, budgets[name]?.[`${what} ${rate}`]);
      }
    }
  } finally {
    await platform.stop();
  }
}

function add(what: string, name: string, value: number, budget?: number): void {
  const at = figures.findIndex((figure) => figure.what === what);
  const known: Figure = figures[at] ?? { what, unit: "ms", digits: 1, samples: {} };
  const figure = { ...known, samples: { ...known.samples, [name]: [value] } };
  const told = known.budget === undefined ? "" : `${known.budget}: ${known.within === true ? "met" : "**not met**"}; `;
  const limit = budget === undefined ? {} : { budget: `${told}at most ${budget} (${name})`, within: value <= budget };
  figures.splice(at < 0 ? figures.length : at, 1, { ...figure, ...limit });
}

async function simulate({ mqtt, http, token }: AllInOne, rate: number): Promise<FleetVerdict> {
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, token, { mode: 0o600 });
  const fleetFile = join(folder, `fleet-${rate}.json`);
  const temperature = { shape: "spikes", base: 20, height: 60, every: raiseEvery, for: "2s", noise: 0.5 };
  const fleet = {
    name: "latency",
    duration: `${Number(values.seconds) + warmUpSeconds}s`,
    load: { rate: `${rate}/s`, warmUp: `${warmUpSeconds}s` },
    profiles: { meter: { devices: Number(values.devices), metrics: { temperature } } },
    // Of a device that sends less than once in two seconds a spike may pass unseen, and calls for nothing.
    expect: { commands: [{ name: "cool", metric: "temperature", above: 50 }] },
  };
  await writeFile(fleetFile, JSON.stringify(fleet));
  const args = [
    ...[commandLineOf(checkout), "sim", "--json", "--fleet", fleetFile],
    ...["--prefix", `r${rate}-`, "--token-file", tokenFile],
    ...["--url", `http://127.0.0.1:${http}`, "--mqtt", `mqtt://127.0.0.1:${mqtt}`],
  ];
  const run = promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  // The exit code tells of expectations; the verdict says the same.
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  try {
    return JSON.parse(stdout) as FleetVerdict;
  } catch {
    throw new ResourceError(`the simulator gave no verdict: ${stderr}`);
  }
}

/** A rule that asks for a command as soon as a value is high. */
async function enableRule({ http, token }: AllInOne): Promise<void> {
  const rules = `http://127.0.0.1:${http}/api/v1/rules`;
  const asked = async (method: string, url: string, body?: unknown): Promise<{ state?: string }> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new ResourceError(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { state?: string };
  };
  const condition = { metric: "temperature", above: 50 };
  await asked("POST", rules, { id: "hot", condition, actions: [{ command: { name: "cool", ttl: "10m" } }] });
  await asked("POST", `${rules}/hot/enable`);
  while ((await asked("GET", `${rules}/hot`)).state !== "live") await sleep(50);
}
