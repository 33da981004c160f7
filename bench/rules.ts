import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { TelemetryRecord } from "@headwater/proto";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { parseRule } from "../rules-service/src/definition/index.ts";
import { createPartitionEngine } from "../rules-service/src/engine/index.ts";
import { conditions, median } from "./conditions.ts";
import { writeReport, type Figure } from "./report.ts";
import { aloneConditions, BLOCK, DEVICES, recordsOf } from "./rule-records.ts";
import type { Effects, PartitionEngine } from "../rules-service/src/engine/index.ts";

// What an evaluation of a rule costs.
//
//   node bench/rules.ts               all rows
//   node bench/rules.ts sliding held   those whose names have one of these words
//   node bench/rules.ts --json FILE    the medians of the blocks, a record, into a file as well
//
// One evaluation is one rule judging one reading. CPU is that of this process with all its threads; records are decoded
// some thousand at a time, as the service does it, and the engine alone is measured: the mean, and in brackets the
// median of those blocks, which leaves out what other processes and the collector did now and then.

const RECORDS = Number(process.env["RECORDS"] ?? 400_000);

const told = { alerts: 0, commands: 0 };
const effects: Effects = { alert: () => void told.alerts++, command: () => void told.commands++, derived: () => {} };

function addRule(engine: PartitionEngine, rule: Record<string, unknown> & { id: string }): void {
  const parsed = parseRule(rule);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  const change = { rule: rule.id, revision: 1, mode: "live" as const, definition: parsed.definition };
  for (const _ of engine.applyRule(change, effects));
}

function run(engine: PartitionEngine, records: readonly TelemetryRecord[], from: number): void {
  for (const [index, record] of records.entries()) {
    const at = { partition: 0, offset: from + index, appendTime: record.receivedAt + 1000 };
    engine.applyRecord(record, at, effects);
  }
}

const { values, positionals: wanted } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const figures: Figure[] = [];

function measure(what: string, metric: string, setUp: (engine: PartitionEngine) => void): void {
  if (wanted.length > 0 && !wanted.some((word) => what.includes(word))) return;
  const engine = createPartitionEngine(0);
  setUp(engine);
  const records = recordsOf(metric, RECORDS);
  const reader = new TelemetryReader();
  const warm = Math.floor(RECORDS / 4 / BLOCK) * BLOCK;
  const blocks: number[] = [];
  let evaluations = 0;
  let raised = 0;
  for (let from = 0; from < records.length; from += BLOCK) {
    const block = records.slice(from, from + BLOCK).map((each) => reader.read(each));
    if (from === warm) [evaluations, raised] = [engine.counters.evaluations, told.alerts];
    const cpu = process.cpuUsage();
    run(engine, block, from);
    const { user, system } = process.cpuUsage(cpu);
    if (from >= warm) blocks.push(((user + system) * 1000) / block.length);
  }
  evaluations = engine.counters.evaluations - evaluations;
  const [mean, middle] = [blocks.reduce((sum, each) => sum + each, 0) / blocks.length, median(blocks)];
  const perRecord = evaluations / (RECORDS - warm);
  const both = (per: number, digits: number): string =>
    `${(mean / per).toFixed(digits)} (${(middle / per).toFixed(digits)})`;
  const columns = [what.padEnd(56), (evaluations === 0 ? "-" : both(perRecord, 1)).padStart(18)];
  figures.push({ what: `${what}: a record`, unit: "ns", digits: 0, samples: { Headwater: [middle] } });
  console.log([...columns, both(1, 0).padStart(16), String(told.alerts - raised).padStart(8)].join(" "));
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
);
console.log(`${RECORDS} records of ${DEVICES} devices, a quarter of them to warm up\n`);
console.log(["".padEnd(56), "ns/eval".padStart(18), "ns/record".padStart(16), "alerts".padStart(8)].join(" "));

measure("300 rules on one metric, a threshold with hysteresis", "t", (engine) => {
  for (let i = 0; i < 300; i++) {
    const condition = { metric: "t", op: ">", threshold: 60 + i / 8, clearBelow: 55 + i / 8 };
    addRule(engine, { id: `rule-${i}`, condition });
  }
});
measure("300 rules on one metric, three levels held for 30 s", "t", (engine) => {
  for (let i = 0; i < 300; i++) {
    const above = { info: 55 + i / 8, warning: 60 + i / 8, critical: 70 + i / 8 };
    addRule(engine, { id: `rule-${i}`, condition: { metric: "t", above, clearBelow: 50 + i / 8, for: "30s" } });
  }
});
measure("no rule", "t", () => {});
measure("10,000 rules on other metrics", "t", (engine) => {
  for (let i = 0; i < 10_000; i++) {
    addRule(engine, { id: `rule-${i}`, condition: { metric: `other-${i % 100}`, op: ">", threshold: i } });
  }
});
measure("10,000 rules on the metric, for other devices", "t", (engine) => {
  for (let i = 0; i < 10_000; i++) {
    const selector = { tags: { site: `s${i}` } };
    addRule(engine, { id: `rule-${i}`, selector, condition: { metric: "t", op: ">", threshold: i } });
  }
});
measure("10 rules, the mean of 5 min, sliding, other thresholds", "t", (engine) => {
  for (let i = 0; i < 10; i++) {
    const condition = { metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 + i };
    addRule(engine, { id: `rule-${i}`, condition });
  }
});

for (const [what, condition] of Object.entries(aloneConditions)) {
  measure(what, condition.metric, (engine) => addRule(engine, { id: "rule", condition }));
}
await writeReport(values.json, {
  ...{ title: "Rules: an evaluation", command: "node bench/rules.ts", shape: "", conditions: conditions() },
  ...{ ours: "Headwater", figures, notes: [] },
});
