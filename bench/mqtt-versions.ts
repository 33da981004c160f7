/**
 * What a message and a connect cost the gateway in MQTT 3.1.1 and 5, in turns with the gateway of another checkout,
 * one whose broker knew 3.1.1 alone, say. Each is `headwater start gateway` with its spool on disk; in front of both
 * is one real Kafka that the bench starts. CPU of all threads of the gateway, as the kernel counts it.
 *
 *     git worktree add --detach /tmp/before 3ee4cb7c && (cd /tmp/before && npm ci)
 *     npm run bench:mqtt-versions -- [--beside /tmp/before] [--rounds 2] [--seconds 5] [--connects 3000]
 */
import { randomToken } from "@headwater/core";
import { execFile } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { conditions, describe } from "./conditions.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import type { LoadResult } from "./mqtt-load.ts";
import { cpuOf } from "./process-figures.ts";
import { connectPacket, disconnect, type Version } from "./raw-packets.ts";

const { values } = parseArgs({
  options: {
    beside: { type: "string" },
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "5" },
    connects: { type: "string", default: "3000" },
  },
});
const connections = 50;
const inFlight = 30;
const connectsAtOnce = 20;
const token = randomToken();
const devices = Array.from({ length: connections }, (_, index) => ({ id: `bench-${index}`, token }));
const run = promisify(execFile);

await withOwnKafka("bench-mqtt-versions", compare);

async function compare({ folder, kafka, log, stops }: OwnKafka): Promise<void> {
  console.log(describe(conditions()));
  const start = async (name: string, checkout?: string): Promise<GatewayProcess> => {
    const gateway = await GatewayProcess.start({
      ...{ log, brokers: kafka.brokers, prefix: `${name}.`, partitions: 12, devices },
      dataDir: join(folder, name),
      ...(checkout !== undefined && { checkout }),
    });
    stops.push(() => gateway.stop());
    return gateway;
  };
  const present = await start("present");
  const sides: [string, GatewayProcess, Version][] = [
    ["present, 3.1.1", present, 4],
    ["present, 5", present, 5],
  ];
  if (values.beside !== undefined) sides.unshift(["beside, 3.1.1", await start("beside", values.beside), 4]);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const [name, gateway, version] of round % 2 === 1 ? sides : sides.toReversed()) {
      const message = await messages(gateway, version);
      const login = await connects(gateway, version);
      console.log(
        `round ${round}, ${name}: ${message.cpu.toFixed(2)} µs a message at ${message.rate}/s, ${login.toFixed(0)} µs a connect and its end`,
      );
    }
  }
}

async function messages({ pid, port }: GatewayProcess, version: Version): Promise<{ cpu: number; rate: number }> {
  const cpu = cpuOf(pid);
  const load = [port, connections, inFlight, values.seconds, token, "", version].map(String);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "mqtt-load.ts"), ...load]);
  const { acked, seconds } = JSON.parse(stdout) as LoadResult;
  return { cpu: (cpuOf(pid) - cpu) / acked, rate: Math.round(acked / seconds) };
}

/** One after the other of so many at once, each with CONNECT, CONNACK and DISCONNECT; in microseconds. */
async function connects({ pid, port }: GatewayProcess, version: Version): Promise<number> {
  const count = Number(values.connects);
  const cpu = cpuOf(pid);
  let begun = 0;
  const each = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await visit(port, version, begun);
    }
  };
  await Promise.all(Array.from({ length: connectsAtOnce }, each));
  return (cpuOf(pid) - cpu) / count;
}

function visit(port: number, version: Version, index: number): Promise<void> {
  const login = { username: `bench-${index % connections}`, password: token };
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => socket.write(connectPacket({ clientId: `visit-${index}`, login, version })));
    socket.once("data", (chunk) => {
      if (chunk[3] !== 0) reject(new RangeError(`CONNACK ${chunk.toString("hex")}`));
      socket.end(disconnect);
    });
    socket.once("close", () => resolve());
  });
}
