/**
 * The all-in-one on its embedded log and store: messages a second from the first PUBLISH until each acknowledged one is
 * stored, and the CPU of a message, all threads. Of another checkout if one is named; `--base` takes one in turn.
 *
 *     node bench/all-in-one.ts [checkout] [--connections 50] [--in-flight 100] [--seconds 5] [--rounds 3]
 *         [--base ../base] [--json FILE]
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { conditions, describe } from "./conditions.ts";
import { loadOnce } from "./load-round.ts";
import { cpuOf, mebibytes, memoryOf } from "./process-figures.ts";
import { writeReport, type Figure } from "./report.ts";
import { startAllInOne, type AllInOne } from "./start-all-in-one.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "50" },
    "in-flight": { type: "string", default: "100" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    base: { type: "string" },
    json: { type: "string" },
  },
});
const [ours, base] = ["Headwater", "Base"];
const shape = {
  connections: Number(values.connections),
  inFlight: Number(values["in-flight"]),
  seconds: Number(values.seconds),
};
const before = conditions();
const checkout = resolve(positionals[0] ?? join(import.meta.dirname, ".."));
const checkouts = { [ours]: checkout, ...(values.base !== undefined && { [base]: resolve(values.base) }) };
const running: [string, AllInOne][] = [];
const cpu: Record<string, number[]> = {};
const rate: Record<string, number[]> = {};
try {
  for (const [name, folder] of Object.entries(checkouts)) running.push([name, await startAllInOne(folder)]);
  console.log(describe(before));
  console.log(`${checkout}: ${shape.connections} connections with ${shape.inFlight} QoS 1 messages in flight each`);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, platform] of round % 2 === 0 ? running : running.toReversed()) await measure(name, platform);
  }
} finally {
  for (const [, platform] of running) await platform.stop();
}
const figures: Figure[] = [
  { what: "CPU a message", unit: "µs", digits: 2, samples: cpu },
  { what: "acknowledged and stored", unit: "messages/s", digits: 0, samples: rate },
];
await writeReport(values.json, {
  title: "All-in-one: MQTT QoS 1 to stored, embedded",
  command: "node bench/all-in-one.ts",
  shape: `${shape.connections} connections with ${shape.inFlight} messages in flight each, ${shape.seconds} s a round.`,
  ...{ conditions: before, ours, figures, notes: [] },
});

async function measure(name: string, { mqtt, http, token, pid }: AllInOne): Promise<void> {
  const storedBefore = await stored(http, token);
  const cpuBefore = cpuOf(pid);
  const load = await loadOnce(mqtt, "", shape);
  while ((await stored(http, token)) < storedBefore + load.acked) await sleep(20);
  const seconds = (Date.now() - load.beganAt) / 1000;
  const micros = (cpuOf(pid) - cpuBefore) / load.acked;
  (cpu[name] ??= []).push(micros);
  (rate[name] ??= []).push(load.acked / seconds);
  const perSecond = (count: number, over: number): string => Math.round(count / over).toLocaleString("en");
  console.log(
    `${running.length === 1 ? "" : `${name}: `}${perSecond(load.acked, load.seconds)} acked a second, ${perSecond(load.acked, seconds)} stored a second, ` +
      `${micros.toFixed(2)} µs CPU a message, ${mebibytes(memoryOf(pid).peak)} at most`,
  );
}

async function stored(port: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/ledger`, { headers });
  const { partitions } = (await response.json()) as { readonly partitions: readonly { readonly stored: number }[] };
  return partitions.reduce((sum, each) => sum + each.stored, 0);
}
