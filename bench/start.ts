/**
 * How long the all-in-one takes until it says `ready`, with an empty folder and again on the same one.
 *
 *     npm run bench -- --only start    or    node bench/start.ts [--rounds 5] [--json FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe, median } from "./conditions.ts";
import { cpuOf } from "./process-figures.ts";
import { lineOf, writeReport } from "./report.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, json: { type: "string" } } });
const before = conditions();
const ours = "Headwater";
const [empty, again, cpu]: number[][] = [[], [], []];

console.log(describe(before));
for (let round = 0; round < Number(values.rounds); round += 1) {
  const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-start-"));
  try {
    const first = await startOnce(dataDir);
    empty!.push(first.ms);
    cpu!.push(first.cpuMs);
    again!.push((await startOnce(dataDir)).ms);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
const budget = { budget: "at most 1,000", within: median(empty!) <= 1000 };
const figures = [
  { what: "until ready, empty folder", unit: "ms", digits: 0, samples: { [ours]: empty! }, ...budget },
  { what: "until ready, again", unit: "ms", digits: 0, samples: { [ours]: again! } },
  { what: "CPU until ready, empty folder", unit: "ms", digits: 0, samples: { [ours]: cpu! } },
];
for (const figure of figures) console.log(lineOf(figure));
await writeReport(values.json, {
  title: "All-in-one: start",
  command: `node bench/start.ts --rounds ${values.rounds}`,
  shape: `From the start of the process until it says ready, ${values.rounds} rounds, embedded log and store.`,
  conditions: before,
  ours,
  figures,
  notes: [],
});

async function startOnce(dataDir: string): Promise<{ ms: number; cpuMs: number }> {
  const began = performance.now();
  const flags = ["--max-semi-space-size=8", "--no-memory-protection-keys"];
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, "../cli/src/main.js"), "start"], {
    env: {
      ...{ PATH: process.env["PATH"], HOME: process.env["HOME"], MALLOC_ARENA_MAX: "2" },
      ...{ HEADWATER_DATA_DIR: dataDir, HEADWATER_MQTT_PORT: "0", HEADWATER_HTTP_PORT: "0" },
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (/^ready /m.test(output)) break;
  }
  const [ms, cpuMs] = [performance.now() - began, cpuOf(child.pid!) / 1000];
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  return { ms, cpuMs };
}
