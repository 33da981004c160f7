import { loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { median } from "./conditions.ts";
import { aloneConditions, BLOCK, DEVICES, recordsOf } from "./rule-records.ts";
import type { TelemetryRecord } from "@headwater/proto";
import type * as definitions from "../rules-service/src/definition/index.ts";
import type * as engines from "../rules-service/src/engine/index.ts";

// What a record costs the engine of this checkout and that of another, in one process, block by block in turn: what
// other processes do meanwhile meets both, so the ratio holds on a machine that is not quiet. Whichever engine is made
// second is slower, by up to a third, so each row is measured in both orders, and the ratio is the mean of the two. The
// other checkout needs its packages.
//
//   node bench/rules-beside.ts CHECKOUT               all rows
//   node bench/rules-beside.ts CHECKOUT sliding 300    those whose names have one of these words

const RECORDS = Number(process.env["RECORDS"] ?? 300_000);

interface Side {
  readonly effects: { readonly alert: () => void; readonly command: () => void; readonly derived: () => void };
  readonly engine: engines.PartitionEngine;
  readonly blocks: number[];
  alerts: number;
}

type Condition = Readonly<Record<string, unknown>>;

async function sideOf(checkout: string, conditions: readonly Condition[]): Promise<Side> {
  const source = `${checkout}/rules-service/src`;
  const { parseRule } = (await import(`${source}/definition/index.ts`)) as typeof definitions;
  const { createPartitionEngine } = (await import(`${source}/engine/index.ts`)) as typeof engines;
  const effects = { alert: () => void side.alerts++, command() {}, derived() {} };
  const side: Side = { effects, engine: createPartitionEngine(0), blocks: [], alerts: 0 };
  for (const [number, condition] of conditions.entries()) {
    const parsed = parseRule({ id: `rule-${number}`, condition });
    if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
    const change = { rule: `rule-${number}`, revision: 1, mode: "live" as const, definition: parsed.definition };
    for (const _ of side.engine.applyRule(change, effects));
  }
  return side;
}

/** Nanoseconds a record. */
function take({ engine, effects }: Side, block: readonly TelemetryRecord[], from: number): number {
  const before = process.cpuUsage();
  for (const [index, record] of block.entries()) {
    engine.applyRecord(record, { partition: 0, offset: from + index, appendTime: record.receivedAt + 1000 }, effects);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / block.length;
}

interface Measured {
  /** Medians, nanoseconds a record. */
  readonly there: number;
  readonly here: number;
  readonly ratio: number;
}

async function measured(checkout: string, conditions: readonly Condition[], isHereFirst: boolean): Promise<Measured> {
  const here = new URL("..", import.meta.url).href.replace(/\/$/, "");
  const made = [];
  for (const each of isHereFirst ? [here, checkout] : [checkout, here]) made.push(await sideOf(each, conditions));
  const [other, present] = (isHereFirst ? made.toReversed() : made) as [Side, Side];
  const records = recordsOf(String(conditions[0]!["metric"]), RECORDS);
  const reader = new TelemetryReader();
  const ratios: number[] = [];
  for (let from = 0; from < records.length; from += BLOCK) {
    const block = records.slice(from, from + BLOCK).map((each) => reader.read(each));
    // By turns, as whoever comes second finds the records in the processor's cache.
    const order = (from / BLOCK) % 2 === 0 ? [other, present] : [present, other];
    for (const side of order) side.blocks.push(take(side, block, from));
    if (from >= RECORDS / 3) ratios.push(present.blocks.at(-1)! / other.blocks.at(-1)!);
  }
  if (other.alerts !== present.alerts) throw new TypeError(`${other.alerts} alerts, and ${present.alerts} here`);
  const middle = ({ blocks }: Side): number => median(blocks.slice(-ratios.length));
  return { there: middle(other), here: middle(present), ratio: median(ratios) };
}

async function measure(what: string, checkout: string, conditions: readonly Condition[]): Promise<void> {
  const second = await measured(checkout, conditions, false);
  const first = await measured(checkout, conditions, true);
  const both = (of: keyof Measured, digits: number): string =>
    Math.sqrt(second[of] * first[of])
      .toFixed(digits)
      .padStart(10);
  const orders = `${second.ratio.toFixed(2)}, ${first.ratio.toFixed(2)}`.padStart(14);
  console.log(what.padEnd(56), both("there", 0), both("here", 0), both("ratio", 2), orders);
}

const [checkout = "", ...words] = process.argv.slice(2);
const rows: Record<string, readonly Condition[]> = {
  "300 rules on one metric, a threshold with hysteresis": Array.from({ length: 300 }, (_, i) => {
    return { metric: "t", op: ">", threshold: 60 + i / 8, clearBelow: 55 + i / 8 };
  }),
  ...Object.fromEntries(Object.entries(aloneConditions).map(([what, condition]) => [what, [condition]])),
};
const load = loadavg()[0]?.toFixed(2);
console.log(`${RECORDS} records of ${DEVICES} devices, load ${load}, Node ${process.version}; ns a record, medians\n`);
console.log("".padEnd(56), ...["there", "here", "pairs"].map((each) => each.padStart(10)), "2nd, 1st".padStart(14));
for (const [what, conditions] of Object.entries(rows)) {
  if (words.length > 0 && !words.some((word) => what.includes(word))) continue;
  await measure(what, pathToFileURL(checkout).href, conditions);
}
