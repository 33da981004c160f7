/**
 * How long a PUBACK waits while others query: the all-in-one on its embedded log and store is filled over MQTT, then
 * one device publishes on a schedule (the time counts from when a message was due), first alone and then beside each
 * kind of query, which clients repeat without a pause.
 *
 *     node bench/query-delay.ts [--seconds 5] [--fill 10] [--rate 200] [--readers 4]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "@headwater/core";
import { loadOnce } from "./load-round.ts";
import { connectPacket, publishPacket } from "./raw-packets.ts";
import { startAllInOne } from "./start-all-in-one.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    fill: { type: "string", default: "10" },
    rate: { type: "string", default: "200" },
    readers: { type: "string", default: "4" },
  },
});
const fleet = Array.from({ length: 50 }, (_, i) => `device=bench-${i}`).join("&");
const queries = {
  "all points, JSON": "devices/bench-1/series?metric=temperature&from=-1d&limit=1000000",
  "p95 by the second": "devices/bench-1/series?metric=temperature&from=-1d&window=1s&aggregate=p95",
  "across the fleet": `telemetry/series?${fleet}&metric=temperature&from=-1d&window=1s&aggregate=p95&across=mean`,
  "latest of the fleet": `telemetry/latest?${fleet}&limit=1000`,
  "states of a metric": "devices/bench-1/states?metric=temperature&from=-1d&limit=10000",
} as const;

const running = await startAllInOne(join(import.meta.dirname, ".."));
try {
  const { mqtt, http, token } = running;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const load = await loadOnce(mqtt, "", { connections: 50, inFlight: 50, seconds: Number(values.fill) });
  await sleep(2_000);
  console.log(`filled with ${load.acked.toLocaleString("en")} messages of three fields from 50 devices`);
  console.log("PUBACK beside            p50 ms   p99 ms   max ms   answers   MiB");
  line("nothing", await probe(mqtt, async () => ({ answers: 0, bytes: 0 })));
  for (const [name, path] of Object.entries(queries)) {
    line(name, await probe(mqtt, (until) => readers(`http://127.0.0.1:${http}/api/v1/${path}`, token, until)));
  }
  line("nothing", await probe(mqtt, async () => ({ answers: 0, bytes: 0 })));
} finally {
  await running.stop();
}

interface Read {
  readonly answers: number;
  readonly bytes: number;
}

function line(name: string, { waits, read }: { readonly waits: readonly number[]; readonly read: Read }): void {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1).padStart(8);
  const mib = (read.bytes / 1_048_576).toFixed(0);
  console.log(
    `${name.padEnd(23)} ${at(0.5)} ${at(0.99)} ${at(1)} ${String(read.answers).padStart(9)} ${mib.padStart(5)}`,
  );
}

/** Publishes at the rate beside `others`, and answers how long each PUBACK took from when it was due (ms). */
async function probe(port: number, others: (until: number) => Promise<Read>) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket({ clientId: "probe" }));
  await once(socket, "data");
  const until = performance.now() + Number(values.seconds) * 1_000;
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
  return { waits, read };
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
