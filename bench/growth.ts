/**
 * How cost grows: ingest with 1,000, 10,000 and 100,000 devices, and a record that 1, 10, 100 and 1,000 rules judge or
 * that none of 1,000 matches.
 *
 *     node bench/growth.ts [--json FILE]
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { events } from "@headwater/proto";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { parseRule } from "../rules-service/src/definition/index.ts";
import { createPartitionEngine, type Effects } from "../rules-service/src/engine/index.ts";
import { conditions, describe, median } from "./conditions.ts";
import { lineOf, writeReport, type BenchReport, type Figure } from "./report.ts";

const { values } = parseArgs({ options: { json: { type: "string" } } });
const before = conditions();
const ours = "Headwater";
console.log(`${describe(before)}\n`);
const figures: Figure[] = [];
for (const devices of [1000, 10_000, 100_000]) {
  for (const { what, unit, digits, samples } of (await ingest(devices)).figures) {
    if (!what.includes("influxd"))
      figures.push({ what: `ingest of ${devices.toLocaleString("en")} devices: ${what}`, unit, digits, samples });
  }
}
for (const rules of [1, 10, 100, 1000]) {
  const samples = { [ours]: evaluate(rules, "t") };
  figures.push({ what: `a record that ${rules.toLocaleString("en")} rules judge`, unit: "µs", digits: 2, samples });
}
figures.push({
  ...{ what: "a record beside 1,000 rules of other metrics", unit: "µs", digits: 2 },
  samples: { [ours]: evaluate(1000, "other") },
});
for (const figure of figures) console.log(lineOf(figure));
await writeReport(values.json, {
  title: "How cost grows",
  command: "node bench/growth.ts",
  shape:
    "A backlog of 400,000 events, of 1,000,000 for 100,000 devices, from Kafka to InfluxDB by number of devices; and CPU of the rules' engine for a record of 1,000 devices by number of rules, a threshold with hysteresis each.",
  conditions: before,
  ours,
  figures,
  notes: [],
});

async function ingest(devices: number): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), "bench-growth-"));
  try {
    const file = join(folder, "ingest.json");
    const script = join(import.meta.dirname, "ingest-beside-peer.ts");
    // Ten of each device at least: what its first event costs is not what a day costs.
    const count = Math.max(400_000, devices * 10);
    const args = [
      script,
      "--alone",
      "--rounds",
      "1",
      "--json",
      file,
      "--devices",
      `${devices}`,
      "--events",
      `${count}`,
    ];
    await promisify(execFile)(process.execPath, args);
    return JSON.parse(await readFile(file, "utf8")) as BenchReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** µs of CPU a record, of blocks of 2,000 records. */
function evaluate(rules: number, metric: string): number[] {
  const effects: Effects = { alert() {}, command() {}, derived() {} };
  const engine = createPartitionEngine(0);
  for (let index = 0; index < rules; index += 1) {
    const condition = { metric, op: ">", threshold: 60 + index / 8, clearBelow: 55 + index / 8 };
    const parsed = parseRule({ id: `rule-${index}`, condition });
    if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
    const change = { rule: `rule-${index}`, revision: 1, mode: "live" as const, definition: parsed.definition };
    for (const _ of engine.applyRule(change, effects));
  }
  const reader = new TelemetryReader();
  const [devices, block, blocks] = [1000, 2000, 60];
  const samples: number[] = [];
  for (let at = 0; at < blocks; at += 1) {
    const records = Array.from({ length: block }, (_, index) => {
      const n = at * block + index + 1;
      const eventTime = 1_700_000_000_000_000 + Math.floor(n / devices) * 1_000_000;
      const readings = [{ metric: "t", number: 40 + (n % 15) }];
      const event = {
        gateway: "gateway",
        epoch: 1,
        n,
        receivedAt: eventTime,
        device: `device-${n % devices}`,
        eventTime,
        readings,
      };
      return reader.read(events.telemetry.encode(event));
    });
    const cpu = process.cpuUsage();
    for (const [index, record] of records.entries()) {
      const offset = at * block + index;
      engine.applyRecord(record, { partition: 0, offset, appendTime: record.receivedAt + 1000 }, effects);
    }
    const { user, system } = process.cpuUsage(cpu);
    if (at >= blocks / 4) samples.push((user + system) / block);
  }
  return [median(samples)];
}
