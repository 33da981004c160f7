import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { FleetVerdict } from "@headwater/device-sim";

/** Runs the gallery of faults, one scenario after the other; exit code 1 unless every expectation holds. */
const root = join(import.meta.dirname, "../..");
const gallery = join(root, "device-sim/scenarios");
const wanted = process.argv.slice(2);
const files = readdirSync(gallery).filter((file) => file.endsWith(".yaml"));
const unknown = wanted.find((name) => !files.includes(`${name}.yaml`));
if (unknown !== undefined) {
  const names = files.map((file) => basename(file, ".yaml")).join(", ");
  console.error(`there is no scenario ${unknown}; known are ${names}`);
  process.exit(1);
}

let isWhole = true;
for (const file of files.filter((each) => wanted.length === 0 || wanted.includes(basename(each, ".yaml")))) {
  const { verdict, output } = await run(join(gallery, file));
  const broken = verdict?.expectations.filter(({ holds }) => !holds) ?? [];
  const holds = verdict?.holds === true;
  isWhole &&= holds;
  const figures =
    verdict === undefined
      ? ""
      : `${verdict.counts.sent} sent, ${verdict.counts.acked} acked, ${verdict.stored?.lost ?? "?"} lost, ack p99 ${verdict.latency.ack.p99.toFixed(0)} ms`;
  console.log(`${holds ? "holds " : "BROKEN"}  ${basename(file, ".yaml").padEnd(12)} ${figures}`);
  for (const { name, found, wanted: expected } of broken)
    console.log(`        ${name}: ${found} (expected: ${expected})`);
  if (verdict === undefined) console.log(output.trim());
}
process.exitCode = isWhole ? 0 : 1;

async function run(file: string): Promise<{ verdict: FleetVerdict | undefined; output: string }> {
  const args = [join(root, "cli/src/main.js"), "sim", "--fleet", file, "--json", "--settle", "60"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [verdict, output] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (verdict += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  try {
    return { verdict: JSON.parse(verdict) as FleetVerdict, output };
  } catch {
    return { verdict: undefined, output };
  }
}
