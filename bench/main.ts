/**
 * All comparisons in one run, and the document that holds them: starts what each of them needs (real Kafka and influxd,
 * Mosquitto, Telegraf, a gateway in Go) and takes them in turn. Half an hour; `quick` takes under two minutes, for a
 * developer's loop, and writes no document.
 *
 *     npm run bench -- [quick] [--only gateway,ingest,…] [--out docs/benchmarks.md] [--json FILE]
 *
 * Exit code 1: something acknowledged was lost, or a bench could not be run; never that something was slow.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe } from "./conditions.ts";
import { markdownOf, type BenchReport } from "./report.ts";

interface Part {
  readonly file: string;
  readonly args: readonly string[];
  /** Undefined: not part of a quick run. */
  readonly quick?: readonly string[];
  /** Of a bench that writes no report: what it prints is put into the document as it is. */
  readonly title?: string;
}

const parts: Readonly<Record<string, Part>> = {
  gateway: { file: "gateway-beside-peers.ts", args: [], quick: ["--pairs", "1", "--seconds", "2"] },
  ingest: { file: "ingest-beside-peer.ts", args: [], quick: ["--events", "100000", "--rounds", "1"] },
  latency: { file: "latency.ts", args: [], quick: ["--rates", "1000", "--seconds", "5"] },
  kill: { file: "kill-beside-peers.ts", args: [] },
  connections: { file: "connections.ts", args: [], title: "10,000 idle connections, and a storm of connects" },
  "connections-20000": { file: "connections.ts", args: ["--idle", "20000"], title: "20,000 idle connections" },
  growth: { file: "growth.ts", args: [] },
  "all-in-one": { file: "all-in-one.ts", args: [], title: "All-in-one: MQTT QoS 1 to stored, embedded" },
  start: { file: "start.ts", args: [], quick: ["--rounds", "2"] },
  "catch-up": { file: "catch-up.ts", args: [] },
  "scale-out": { file: "scale-out.ts", args: [] },
  generator: { file: "generator.ts", args: [] },
  rules: { file: "rules.ts", args: [], title: "Rules: an evaluation", quick: ["hysteresis"] },
  enable: { file: "rules-enable.ts", args: [], title: "Rules: 300 × 4,000 devices enabled with an hour of history" },
  backtest: { file: "backtest.ts", args: [], title: "Backtest" },
  log: { file: "event-log.ts", args: [], title: "The embedded log" },
  page: { file: "page.ts", args: ["--minutes", "5"] },
  queries: { file: "queries.ts", args: [], title: "What dashboards ask" },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, out: { type: "string" }, json: { type: "string" } },
});
const quick = positionals.includes("quick");
const wanted = values.only?.split(",") ?? Object.keys(parts).filter((name) => !quick || parts[name]!.quick);
const unknown = wanted.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}
const before = conditions();
const out = values.out ?? (quick || values.only !== undefined ? undefined : "docs/benchmarks.md");
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const reports: BenchReport[] = [];
const sections: string[] = [];
try {
  for (const name of wanted) await runPart(name, parts[name]!);
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reports, null, 2)}\n`);
if (out !== undefined) await writeFile(out, document());

async function runPart(name: string, part: Part): Promise<void> {
  console.log(`\n── ${name}\n`);
  const report = join(folder, `${name}.json`);
  const args = [...((quick ? part.quick : undefined) ?? part.args)];
  const command = [join(import.meta.dirname, part.file), ...args];
  if (part.title === undefined) command.push("--json", report);
  const started = conditions();
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  await once(child, "close");
  if (child.exitCode !== 0) {
    console.log(`${name} ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
    process.exitCode = 1;
  }
  if (part.title === undefined) {
    const read = await readFile(report, "utf8").catch(() => undefined);
    if (read === undefined) return;
    const found = JSON.parse(read) as BenchReport;
    reports.push(found);
    sections.push(markdownOf(found));
    return;
  }
  const shell = ["node", `bench/${part.file}`, ...args].join(" ");
  sections.push(
    [
      `## ${part.title}`,
      `Load average before: ${started.loadAverage}.`,
      `\`\`\`text\n$ ${shell}\n${output.trim()}\n\`\`\``,
    ].join("\n\n"),
  );
}

function document(): string {
  return `${[
    "# Benchmarks",
    "Written by `npm run bench` from one run. Absolute times differ from machine to machine and from day to day: compare what stands in one table, and read ratios before times. A cell holds the median, and in brackets the least and the most of its rounds; a ratio is Headwater's figure divided by the other's, median of the rounds. Where a budget is named, it is told whether it was met.",
    `${describe(before)}. Kafka 4.3.0, influxd 2.7.12, load and services share these cores.`,
    ...sections,
  ].join("\n\n")}\n`;
}
