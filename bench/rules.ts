import { cpus, loadavg } from "node:os";
import { events } from "@headwater/proto";
import { parseRule } from "../rules-service/src/definition/index.ts";
import { createPartitionEngine } from "../rules-service/src/engine/index.ts";
import type { Effects, PartitionEngine } from "../rules-service/src/engine/index.ts";

// What an evaluation of a rule costs.
//
//   node bench/rules.ts
//
// One evaluation is one rule judging one reading. CPU is that of this process with all its threads; records are decoded
// beforehand, so that only the engine is measured.

const DEVICES = 1000;
const RECORDS = Number(process.env["RECORDS"] ?? 400_000);
const second = 1_000_000;
const start = 1_700_000_000 * second;

type TelemetryRecord = ReturnType<typeof events.telemetry.decode>;

const told = { alerts: 0, commands: 0 };
const effects: Effects = { alert: () => void told.alerts++, command: () => void told.commands++, derived: () => {} };

function addRule(engine: PartitionEngine, rule: Record<string, unknown> & { id: string }): void {
  const parsed = parseRule(rule);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  const change = { rule: rule.id, revision: 1, mode: "live" as const, definition: parsed.definition };
  for (const _ of engine.applyRule(change, effects));
}

/** Every device sends a reading a second: a random walk that now and then crosses a threshold, or one of two values. */
function recordsOf(metric: string, count: number): TelemetryRecord[] {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const values = Array.from({ length: DEVICES }, () => 50);
  return Array.from({ length: count }, (_, i) => {
    const device = i % DEVICES;
    const time = start + Math.floor(i / DEVICES) * second + device * 100;
    const isMark = i % 5000 === 4999;
    values[device] = Math.min(100, Math.max(0, values[device]! + (random() - 0.5) * 2));
    const number = metric === "flag" ? Math.floor(i / DEVICES) % 2 : values[device];
    const readings = [{ metric, number }];
    const what = isMark ? { mark: { received: i } } : { device: `device-${device}`, eventTime: time, readings };
    return events.telemetry.decode(
      events.telemetry.encode({ gateway: "gateway", epoch: 1, n: i + 1, receivedAt: time, ...what }),
    );
  });
}

function run(engine: PartitionEngine, records: readonly TelemetryRecord[], from: number): void {
  for (const [index, record] of records.entries()) {
    const at = { partition: 0, offset: from + index, appendTime: record.receivedAt + 1000 };
    engine.applyRecord(record, at, effects);
  }
}

function measure(what: string, engine: PartitionEngine, metric: string): void {
  const records = recordsOf(metric, RECORDS);
  const warm = Math.floor(RECORDS / 4);
  run(engine, records.slice(0, warm), 0);
  const before = engine.counters.evaluations;
  const raised = told.alerts;
  const measured = records.slice(warm);
  const cpu = process.cpuUsage();
  run(engine, measured, warm);
  const { user, system } = process.cpuUsage(cpu);
  const nanos = (user + system) * 1000;
  const evaluations = engine.counters.evaluations - before;
  const each = evaluations === 0 ? "-" : (nanos / evaluations).toFixed(1);
  const columns = [what.padEnd(64), each.padStart(8), (nanos / measured.length).toFixed(0).padStart(10)];
  console.log([...columns, String(told.alerts - raised).padStart(10)].join(" "));
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
);
console.log(`${RECORDS} records of ${DEVICES} devices, a quarter of them to warm up\n`);
console.log(
  ["".padEnd(64), "ns/eval", "ns/record", "alerts"]
    .map((text, i) => (i === 0 ? text : text.padStart(i === 1 ? 8 : 10)))
    .join(" "),
);

const plain = createPartitionEngine(0);
for (let i = 0; i < 300; i++) {
  addRule(plain, {
    id: `rule-${i}`,
    condition: { metric: "t", op: ">", threshold: 60 + i / 8, clearBelow: 55 + i / 8 },
  });
}
measure("300 rules on one metric, a threshold with hysteresis", plain, "t");

const held = createPartitionEngine(0);
for (let i = 0; i < 300; i++) {
  const above = { info: 55 + i / 8, warning: 60 + i / 8, critical: 70 + i / 8 };
  addRule(held, { id: `rule-${i}`, condition: { metric: "t", above, clearBelow: 50 + i / 8, for: "30s" } });
}
measure("300 rules on one metric, three levels held for 30 s", held, "t");

const none = createPartitionEngine(0);
measure("no rule", none, "t");

const others = createPartitionEngine(0);
for (let i = 0; i < 10_000; i++) {
  addRule(others, { id: `rule-${i}`, condition: { metric: `other-${i % 100}`, op: ">", threshold: i } });
}
measure("10,000 rules on other metrics", others, "t");

const elsewhere = createPartitionEngine(0);
for (let i = 0; i < 10_000; i++) {
  addRule(elsewhere, {
    id: `rule-${i}`,
    selector: { tags: { site: `s${i}` } },
    condition: { metric: "t", op: ">", threshold: i },
  });
}
measure("10,000 rules on the metric, for other devices", elsewhere, "t");

const one = createPartitionEngine(0);
addRule(one, { id: "rule", condition: { metric: "t", op: ">", threshold: 60, clearBelow: 55 } });
measure("one rule, a threshold with hysteresis", one, "t");

const sliding = createPartitionEngine(0);
addRule(sliding, { id: "rule", condition: { metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 } });
measure("one rule, the mean of 5 min, sliding", sliding, "t");

const tumbling = createPartitionEngine(0);
const fiveMinutes = { over: "5m", every: "5m" };
addRule(tumbling, { id: "rule", condition: { metric: "t", window: fiveMinutes, aggregate: "mean", above: 60 } });
measure("one rule, the mean of 5 min, tumbling", tumbling, "t");

const changing = createPartitionEngine(0);
addRule(changing, { id: "rule", condition: { metric: "flag", op: ">", threshold: 0.5 } });
measure("one rule, every reading raises or clears", changing, "flag");
