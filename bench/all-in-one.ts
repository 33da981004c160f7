/**
 * The all-in-one on its embedded log and store: messages a second from the first PUBLISH until each acknowledged one is
 * stored, and the CPU of a message, all threads. Another checkout can be named, to compare two commits in turn:
 *
 *     node bench/all-in-one.ts [checkout] [--connections 50] [--in-flight 100] [--seconds 5] [--rounds 3]
 */
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { loadOnce } from "./load-round.ts";
import { cpuOf, mebibytes, memoryOf } from "./process-figures.ts";
import { startAllInOne } from "./start-all-in-one.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "50" },
    "in-flight": { type: "string", default: "100" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
  },
});
const checkout = resolve(positionals[0] ?? join(import.meta.dirname, ".."));
const shape = {
  connections: Number(values.connections),
  inFlight: Number(values["in-flight"]),
  seconds: Number(values.seconds),
};
const running = await startAllInOne(checkout);
try {
  const { mqtt, http, token, pid } = running;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  );
  console.log(`${checkout}: ${shape.connections} connections with ${shape.inFlight} QoS 1 messages in flight each`);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const storedBefore = await stored(http, token);
    const cpuBefore = cpuOf(pid);
    const load = await loadOnce(mqtt, "", shape);
    while ((await stored(http, token)) < storedBefore + load.acked) await sleep(20);
    const seconds = (Date.now() - load.beganAt) / 1000;
    const cpu = (cpuOf(pid) - cpuBefore) / load.acked;
    const perSecond = (count: number, over: number): string => Math.round(count / over).toLocaleString("en");
    console.log(
      `${perSecond(load.acked, load.seconds)} acked a second, ${perSecond(load.acked, seconds)} stored a second, ` +
        `${cpu.toFixed(2)} µs CPU a message, ${mebibytes(memoryOf(pid).peak)} at most`,
    );
  }
} finally {
  await running.stop();
}

async function stored(port: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/ledger`, { headers });
  const { partitions } = (await response.json()) as { readonly partitions: readonly { readonly stored: number }[] };
  return partitions.reduce((sum, each) => sum + each.stored, 0);
}
