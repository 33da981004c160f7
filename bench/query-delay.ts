/**
 * How long a PUBACK waits while others query: the all-in-one on its embedded log and store is filled over MQTT, then
 * one device publishes on a schedule (the time counts from when a message was due), first alone and then beside each
 * kind of query, which clients repeat without a pause. `--year` fills a year of minutes of one metric instead, and asks
 * for all of it. Beside the waits stands the longest turn of the event loop by the processor time of the main thread,
 * in which no PUBACK can go out: that is the query's doing, whatever else the machine does.
 *
 *     node bench/query-delay.ts [--seconds 5] [--fill 10] [--year] [--rate 200] [--readers 4]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { loadOnce } from "./load-round.ts";
import { connectPacket, publishPacket } from "./raw-packets.ts";
import { startAllInOne } from "./start-all-in-one.ts";
import type { Turn } from "./turn-watch.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    fill: { type: "string", default: "10" },
    rate: { type: "string", default: "200" },
    readers: { type: "string", default: "4" },
    year: { type: "boolean", default: false },
  },
});
const fleet = Array.from({ length: 50 }, (_, i) => `device=bench-${i}`).join("&");
const minuteMs = 60_000;
const minutesOfYear = 525_600;
const ofYear = "devices/year/series?metric=temperature&from=-364d";
const queriesOfYear = {
  "the latest value": "devices/year/latest",
  "a year as 1,000 points": `${ofYear}&width=1000`,
  "p95 of a year, 1,000": `${ofYear}&width=1000&aggregate=p95`,
  "p95 of all of it": `${ofYear}&aggregate=p95`,
  "a year of points, JSON": `${ofYear}&limit=1000000`,
} as const;
const queriesOfDay = {
  "all points, JSON": "devices/bench-1/series?metric=temperature&from=-1d&limit=1000000",
  "p95 by the second": "devices/bench-1/series?metric=temperature&from=-1d&window=1s&aggregate=p95",
  "across the fleet": `telemetry/series?${fleet}&metric=temperature&from=-1d&window=1s&aggregate=p95&across=mean`,
  "latest of the fleet": `telemetry/latest?${fleet}&limit=1000`,
  "states of a metric": "devices/bench-1/states?metric=temperature&from=-1d&limit=10000",
} as const;

const queries: Readonly<Record<string, string>> = values.year ? queriesOfYear : queriesOfDay;

const folder = mkdtempSync(join(tmpdir(), "bench-query-delay-"));
const flags = [
  ...(process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? []),
  "--import",
  join(import.meta.dirname, "turn-watch.ts"),
];
process.env["BENCH_NODE_FLAGS"] = flags.join(" ");
const spans: { readonly name: string; readonly from: number; readonly to: number }[] = [];
const running = await startAllInOne(join(import.meta.dirname, ".."), {
  BENCH_TURNS: join(folder, "turns"),
  HEADWATER_TIME_SERIES_RETENTION_DAYS: "1000",
});
try {
  const { mqtt, http, token } = running;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const load = values.year
    ? await fillYear(mqtt)
    : await loadOnce(mqtt, "", { connections: 50, inFlight: 50, seconds: Number(values.fill) });
  await sleep(2_000);
  const what = values.year ? "1,000 minutes each" : "three fields from 50 devices";
  console.log(`filled with ${load.acked.toLocaleString("en")} messages of ${what}`);
  console.log("PUBACK beside            p50 ms   p99 ms   max ms   answers   MiB");
  line("nothing", await probe(mqtt, async () => ({ answers: 0, bytes: 0 })));
  for (const [name, path] of Object.entries(queries)) {
    line(name, await probe(mqtt, (until) => readers(`http://127.0.0.1:${http}/api/v1/${path}`, token, until)));
  }
  line("nothing", await probe(mqtt, async () => ({ answers: 0, bytes: 0 })));
} finally {
  await running.stop();
}
const turns = JSON.parse(readFileSync(join(folder, `turns.${running.pid}`), "utf8")) as readonly Turn[];
rmSync(folder, { recursive: true });
console.log("longest turns of the main thread, ms of its processor time");
for (const { name, from, to } of spans) {
  const longest = turns.filter(({ at }) => at >= from && at <= to).map(({ cpuMs }) => cpuMs);
  const five = longest.toSorted((a, b) => b - a).slice(0, 5);
  console.log(`${name.padEnd(23)} ${five.map((ms) => ms.toFixed(0)).join(", ") || "all below 10"}`);
}

interface Read {
  readonly answers: number;
  readonly bytes: number;
}

interface Probed {
  readonly waits: readonly number[];
  readonly read: Read;
  readonly from: number;
}

function line(name: string, { waits, read, from }: Probed): void {
  spans.push({ name, from, to: Date.now() });
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1).padStart(8);
  const mib = (read.bytes / 1_048_576).toFixed(0);
  console.log(
    `${name.padEnd(23)} ${at(0.5)} ${at(0.99)} ${at(1)} ${String(read.answers).padStart(9)} ${mib.padStart(5)}`,
  );
}

/** Publishes at the rate beside `others`, and answers how long each PUBACK took from when it was due (ms). */
async function probe(port: number, others: (until: number) => Promise<Read>): Promise<Probed> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket({ clientId: "probe" }));
  await once(socket, "data");
  const until = performance.now() + Number(values.seconds) * 1_000;
  const from = Date.now();
  const reading = others(until);
  const due: number[] = [];
  const waits: number[] = [];
  let acked = 0;
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    for (; acked < Math.floor(bytes / 4); acked += 1) waits.push(performance.now() - due[acked]!);
  });
  const packet = publishPacket("devices/probe/telemetry", '{"temperature":21.5}');
  const idAt = packet.length - Buffer.byteLength('{"temperature":21.5}') - 2;
  const began = performance.now();
  const pace = 1_000 / Number(values.rate);
  for (let now = began; now < until; now = performance.now()) {
    for (; began + due.length * pace <= now;) {
      due.push(began + due.length * pace);
      packet.writeUInt16BE((due.length % 65_535) + 1, idAt);
      socket.write(Buffer.from(packet));
    }
    await sleep(1);
  }
  const read = await reading;
  while (acked < due.length) await sleep(5);
  socket.destroy();
  return { waits, read, from };
}

async function readers(url: string, token: string, until: number): Promise<Read> {
  let [answers, bytes] = [0, 0];
  const read = async (): Promise<void> => {
    while (performance.now() < until) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new RangeError(`${response.status} ${await response.text()}`);
      for await (const chunk of response.body!) bytes += chunk.length;
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: Number(values.readers) }, read));
  return { answers, bytes };
}

/** A year of minutes of one device, in messages of a thousand readings with their times. */
async function fillYear(port: number): Promise<{ readonly acked: number }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket({ clientId: "year" }));
  await once(socket, "data");
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
  const from = Date.now() - (minutesOfYear - 2_000) * minuteMs;
  let sent = 0;
  for (let minute = 0; minute < minutesOfYear - 2_000; minute += 1_000, sent += 1) {
    const readings = Array.from({ length: 1_000 }, (_, i) => ({
      ts: from + (minute + i) * minuteMs,
      values: { temperature: 20 + (((minute + i) * 7_919) % 97) / 10 },
    }));
    const payload = JSON.stringify(readings);
    const packet = publishPacket("devices/year/telemetry", payload);
    packet.writeUInt16BE(sent + 1, packet.length - payload.length - 2);
    socket.write(packet);
    while (sent - bytes / 4 > 20) await sleep(2);
  }
  while (bytes / 4 < sent) await sleep(5);
  socket.destroy();
  return { acked: sent };
}
