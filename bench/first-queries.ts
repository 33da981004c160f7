/**
 * How long the first query of each kind holds the main thread of a process that has just started, by that thread's
 * processor time: the all-in-one on its embedded log and store takes some messages, then is asked once for each kind,
 * and again. No PUBACK goes out in such a turn.
 *
 *     node bench/first-queries.ts [--rounds 3] [--checkout FOLDER]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { conditions, describe } from "./conditions.ts";
import { connectPacket, publishPacket } from "./raw-packets.ts";
import { startAllInOne } from "./start-all-in-one.ts";
import type { Turn } from "./turn-watch.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    checkout: { type: "string", default: join(import.meta.dirname, "..") },
  },
});
const ofDevice = "devices/first";
const range = "metric=temperature&from=-1h";
const kinds: readonly (readonly [name: string, path: string, accept?: string])[] = [
  ["latest values", `${ofDevice}/latest`],
  ["points", `${ofDevice}/series?${range}`],
  ["a chart", `${ofDevice}/series?${range}&width=1000`],
  ["p95", `${ofDevice}/series?${range}&width=1000&aggregate=p95`],
  ["CSV", `${ofDevice}/series?${range}`, "text/csv"],
  ["NDJSON", `${ofDevice}/series?${range}`, "application/x-ndjson"],
  ["Parquet", `${ofDevice}/series?${range}`, "application/vnd.apache.parquet"],
  ["metrics", `${ofDevice}/metrics`],
  ["statistics", `${ofDevice}/statistics?${range}`],
  ["states", `${ofDevice}/states?${range}`],
  ["events", `${ofDevice}/events`],
  ["a fleet's latest", "telemetry/latest?device=first"],
  ["a fleet's series", `telemetry/series?device=first&${range}&window=1m&aggregate=mean&across=mean`],
  ["devices", "devices?limit=10"],
  ["ledger", "ledger"],
  ["quarantine", "quarantine"],
  ["alerts", "alerts"],
];
const pauseMs = 300;
const longest = new Map<string, [first: number[], again: number[]]>(kinds.map(([name]) => [name, [[], []]]));

console.log(describe(conditions()));
for (let round = 0; round < Number(values.rounds); round += 1) await measure();
console.log("longest turn of the main thread, ms of its processor time, the first time and again (0: below 5)");
for (const [name, both] of longest) {
  const [first, again] = both.map((each) => each.map((ms) => ms.toFixed(0)).join(", "));
  console.log(`${name.padEnd(18)} ${first!.padEnd(18)} ${again}`);
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-first-queries-"));
  const before = process.env["BENCH_NODE_FLAGS"];
  process.env["BENCH_NODE_FLAGS"] = [before, "--import", join(import.meta.dirname, "turn-watch.ts")]
    .filter((flag) => flag !== undefined)
    .join(" ");
  const running = await startAllInOne(values.checkout, {
    ...{ BENCH_TURNS: join(folder, "turns"), BENCH_TURNS_FROM_MS: "5" },
    ...(process.env["HOME"] !== undefined && { HOME: process.env["HOME"] }),
  });
  if (before === undefined) delete process.env["BENCH_NODE_FLAGS"];
  else process.env["BENCH_NODE_FLAGS"] = before;
  const spans: (readonly [name: string, time: number, from: number, to: number])[] = [];
  try {
    await publish(running.mqtt);
    await sleep(2_000);
    for (const time of [0, 1]) {
      for (const [name, path, accept = "application/json"] of kinds) {
        const from = Date.now();
        const response = await fetch(`http://127.0.0.1:${running.http}/api/v1/${path}`, {
          headers: { authorization: `Bearer ${running.token}`, accept },
        });
        if (!response.ok) throw new RangeError(`${path}: ${response.status} ${await response.text()}`);
        await response.arrayBuffer();
        await sleep(pauseMs);
        spans.push([name, time, from, Date.now()]);
      }
    }
  } finally {
    await running.stop();
  }
  const turns = JSON.parse(readFileSync(join(folder, `turns.${running.pid}`), "utf8")) as readonly Turn[];
  rmSync(folder, { recursive: true });
  for (const [name, time, from, to] of spans) {
    const within = turns.filter(({ at }) => at >= from && at <= to).map(({ cpuMs }) => cpuMs);
    longest.get(name)![time]!.push(Math.max(0, ...within));
  }
}

/** A hundred messages of one device. */
async function publish(port: number): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket({ clientId: "first" }));
  await once(socket, "data");
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
  const payload = '{"temperature":21.5}';
  for (let n = 1; n <= 100; n += 1) {
    const packet = publishPacket("devices/first/telemetry", payload);
    packet.writeUInt16BE(n, packet.length - payload.length - 2);
    socket.write(packet);
  }
  while (bytes < 400) await sleep(5);
  socket.destroy();
}
