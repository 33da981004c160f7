/**
 * The all-in-one on its embedded log and store: messages a second from the first PUBLISH until each acknowledged one is
 * stored, and the CPU of a message, all threads. Another checkout can be named, to compare two commits in turn:
 *
 *     node bench/all-in-one.ts [checkout] [--connections 50] [--in-flight 100] [--seconds 5] [--rounds 3]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { loadOnce } from "./load-round.ts";
import { cpuOf, mebibytes, memoryOf } from "./process-figures.ts";

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
const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-all-in-one-"));
const flags = ["--max-semi-space-size=8", "--no-memory-protection-keys"];
const child = spawn(process.execPath, [...flags, join(checkout, "cli/src/main.ts"), "start"], {
  cwd: checkout,
  env: {
    PATH: process.env["PATH"],
    HEADWATER_DATA_DIR: dataDir,
    HEADWATER_MQTT_PORT: "0",
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_MQTT_ANONYMOUS: "true",
  },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const { mqtt, http } = await addresses();
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  );
  console.log(`${checkout}: ${shape.connections} connections with ${shape.inFlight} QoS 1 messages in flight each`);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const storedBefore = await stored(http, token);
    const cpuBefore = cpuOf(child.pid!);
    const load = await loadOnce(mqtt, "", shape);
    while ((await stored(http, token)) < storedBefore + load.acked) await sleep(20);
    const seconds = (Date.now() - load.beganAt) / 1000;
    const cpu = (cpuOf(child.pid!) - cpuBefore) / load.acked;
    const perSecond = (count: number, over: number): string => Math.round(count / over).toLocaleString("en");
    console.log(
      `${perSecond(load.acked, load.seconds)} acked a second, ${perSecond(load.acked, seconds)} stored a second, ` +
        `${cpu.toFixed(2)} µs CPU a message, ${mebibytes(memoryOf(child.pid!).peak)} at most`,
    );
  }
} finally {
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  rmSync(dataDir, { recursive: true, force: true });
}

async function addresses(): Promise<{ readonly mqtt: number; readonly http: number }> {
  let output = "";
  const ports: Record<string, number> = {};
  for await (const chunk of child.stdout) {
    output += String(chunk);
    for (const [, scheme, port] of output.matchAll(/(mqtt|http):\/\/[^:/\s"]+:(\d+)/g)) ports[scheme!] = Number(port);
    if (/^ready .*\n/m.test(output)) break;
  }
  child.stdout.resume();
  if (ports["mqtt"] === undefined || ports["http"] === undefined) throw new RangeError(`no addresses in: ${output}`);
  return { mqtt: ports["mqtt"], http: ports["http"] };
}

async function stored(port: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/ledger`, { headers });
  const { partitions } = (await response.json()) as { readonly partitions: readonly { readonly stored: number }[] };
  return partitions.reduce((sum, each) => sum + each.stored, 0);
}
