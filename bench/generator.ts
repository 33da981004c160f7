/**
 * How much load the simulator makes on this machine: its schedule against a sink that acknowledges and keeps nothing,
 * so that what is measured is the simulator. It says itself by how much it was late.
 *
 *     node bench/generator.ts [--rates 25000,50000,100000] [--devices 1000] [--seconds 10] [--json FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import type { FleetVerdict } from "@headwater/device-sim";
import { conditions, describe } from "./conditions.ts";
import { cpuOf } from "./process-figures.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";

const { values } = parseArgs({
  options: {
    rates: { type: "string", default: "25000,50000,100000" },
    devices: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
    json: { type: "string" },
  },
});
const ours = "The simulator";
const before = conditions();
console.log(`${describe(before)}\n`);
const sink = spawn(process.execPath, [join(import.meta.dirname, "fleet/sink.ts")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const figures: Figure[] = [];
const notes: string[] = [];
try {
  const [line] = (await once(sink.stdout, "data")) as [Buffer];
  const port = Number(/port (\d+)/.exec(line.toString())![1]);
  for (const rate of values.rates.split(",").map(Number)) await measure(port, rate);
} finally {
  sink.kill();
}
for (const figure of figures) console.log(lineOf(figure));
await writeReport(values.json, {
  title: "The simulator's own load",
  command: `node bench/generator.ts --rates ${values.rates} --seconds ${values.seconds}`,
  shape: `${values.devices} devices at QoS 1 for ${values.seconds} s at each rate, against a sink in Node that acknowledges and keeps nothing, on the same machine.`,
  conditions: before,
  ours,
  figures,
  notes,
});

async function measure(port: number, rate: number): Promise<void> {
  const args = [
    "--acks-only",
    "--json",
    "--mqtt-version",
    "3.1.1",
    "--devices",
    values.devices,
    "--rate",
    String(rate),
  ];
  const target = ["--duration", `${values.seconds}s`, "--mqtt", `mqtt://127.0.0.1:${port}`];
  const main = join(import.meta.dirname, "../cli/src/main.js");
  const child = spawn(process.execPath, [main, "sim", ...args, ...target], { stdio: ["ignore", "pipe", "ignore"] });
  let [output, cpu, sinkCpu] = ["", 0, 0];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const sinkBefore = cpuOf(sink.pid!);
  const closed = once(child, "close");
  while (child.exitCode === null && child.signalCode === null) {
    [cpu, sinkCpu] = [cpuOf(child.pid!), cpuOf(sink.pid!) - sinkBefore];
    await sleep(100);
  }
  await closed;
  const { counts, seconds, lag, couldNotKeepUp } = JSON.parse(output) as FleetVerdict;
  const of = (what: string, unit: string, digits: number, value: number): void =>
    void figures.push({
      what: `at ${rate.toLocaleString("en")}/s: ${what}`,
      unit,
      digits,
      samples: { [ours]: [value] },
    });
  of("acknowledged", "messages/s", 0, counts.acked / seconds);
  of("its CPU a message, its start and its connects in it", "µs", 2, cpu / counts.sent);
  of("the sink's", "µs", 2, sinkCpu / counts.sent);
  of("late by its own doing, p99", "ms", 1, lag.p99);
  const note = `At ${rate.toLocaleString("en")}/s it ${couldNotKeepUp ? "**could not keep up**" : "kept its schedule"}.`;
  console.log(note);
  notes.push(note);
}
