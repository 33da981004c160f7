/**
 * What an outage of the store costs: influxd is stopped (SIGSTOP), while devices go on, then continued, and it
 * is measured how fast the backlog goes, how long until the ledger balances, and how much memory it takes. The
 * all-in-one on a real Kafka and influxd; counted is what is stored, by the ledger.
 *
 *     node bench/catch-up.ts [--rate 3000] [--outage 45] [--json FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { commandLineOf } from "../scripts/measure/command-line-of.ts";
import { startInflux } from "../scripts/servers/influx.ts";
import { startKafka } from "../scripts/servers/kafka.ts";
import { conditions, describe } from "./conditions.ts";
import { memoryOf } from "./process-figures.ts";
import { lineOf, writeReport } from "./report.ts";
import { startAllInOne } from "./start-all-in-one.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "3000" },
    outage: { type: "string", default: "45" },
    json: { type: "string" },
  },
});
const [rate, outage] = [Number(values.rate), Number(values.outage)];
const checkout = join(import.meta.dirname, "..");
const ours = "Headwater";
const before = conditions();
const shape = `1,000 devices at ${rate} messages a second; influxd stands still for ${outage} s.`;
console.log(`${describe(before)}\n${shape}\n`);
const folder = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-catch-up-"));
const stops: (() => Promise<unknown>)[] = [];
try {
  const kafka = await startKafka({ dataDir: join(folder, "kafka") });
  stops.push(() => kafka.stop());
  const influx = await startInflux({ dataDir: join(folder, "influx") });
  stops.push(() => influx.stop());
  const platform = await startAllInOne(checkout, {
    ...{ HEADWATER_EVENT_LOG: "kafka", HEADWATER_KAFKA_BROKERS: kafka.brokers, HEADWATER_TIME_SERIES: "influx" },
    ...{ HEADWATER_INFLUX_URL: influx.url, HEADWATER_INFLUX_ORG: influx.org },
    ...{ HEADWATER_INFLUX_BUCKET: influx.bucket, HEADWATER_INFLUX_TOKEN: influx.token },
  });
  stops.push(() => platform.stop());
  const stored = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${platform.token}` };
    const response = await fetch(`http://127.0.0.1:${platform.http}/api/v1/ledger`, { headers });
    const { partitions } = (await response.json()) as { readonly partitions: readonly { readonly stored: number }[] };
    return partitions.reduce((sum, each) => sum + each.stored, 0);
  };
  await writeFile(join(folder, "token"), platform.token, { mode: 0o600 });
  const load = spawn(
    process.execPath,
    [
      ...[commandLineOf(checkout), "sim", "--json", "--devices", "1000", "--rate", String(rate)],
      ...["--duration", `${outage + 30}s`, "--settle", "120", "--token-file", join(folder, "token")],
      ...["--url", `http://127.0.0.1:${platform.http}`, "--mqtt", `mqtt://127.0.0.1:${platform.mqtt}`],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = once(load, "exit");
  while ((await stored()) < rate * 5) await sleep(100);
  const quiet = memoryOf(platform.pid).resident;
  influx.kill("SIGSTOP");
  await sleep(outage * 1000);
  const behind = await stored();
  influx.kill("SIGCONT");
  const continued = performance.now();
  const backlog = rate * outage;
  const fraction = async (share: number): Promise<number> => {
    while ((await stored()) < behind + backlog * share) await sleep(20);
    return performance.now();
  };
  // From a fifth on: what happens first is that the write that hung is tried again.
  const [from, to] = [await fraction(0.2), await fraction(1)];
  const caughtUp = (to - from) / 1000;
  const figures = [
    {
      ...{
        what: "stored while it catches up",
        unit: "messages/s",
        digits: 0,
        budget: "at least 100,000 or the store's own",
      },
      samples: { [ours]: [(backlog * 0.8) / caughtUp] },
    },
    { what: "of the live rate", unit: "times", digits: 1, samples: { [ours]: [(backlog * 0.8) / caughtUp / rate] } },
    { what: "until the backlog was stored", unit: "s", digits: 1, samples: { [ours]: [(to - continued) / 1000] } },
    { what: "memory before", unit: "MiB", digits: 0, samples: { [ours]: [quiet / 1024 / 1024] } },
    {
      what: "memory, at most",
      unit: "MiB",
      digits: 0,
      samples: { [ours]: [memoryOf(platform.pid).peak / 1024 / 1024] },
    },
  ];
  for (const figure of figures) console.log(lineOf(figure));
  await ended;
  const holds = load.exitCode === 0;
  await writeReport(values.json, {
    title: "After an outage of the store",
    command: `node bench/catch-up.ts --rate ${rate} --outage ${outage}`,
    shape,
    conditions: before,
    ours,
    figures,
    notes: [
      holds ? "The simulator's verdict: every message stored, none lost." : "The simulator's verdict does not hold.",
    ],
  });
  if (!holds) process.exitCode = 1;
} finally {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
}
