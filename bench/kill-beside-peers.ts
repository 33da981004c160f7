/**
 * What kill -9 costs: Headwater's gateway beside Mosquitto + Telegraf and a gateway in Go, each killed in the middle of
 * the same load with all its processes, started again, its records on the log held against what it had acknowledged,
 * message by message. The devices do not send again what was acknowledged; nobody does.
 *
 *     npm run bench:kill -- [--rounds 3] [--connections 100] [--in-flight 30] [--json FILE]
 */
import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { randomToken, sleep } from "@headwater/core";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe } from "./conditions.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { landed, loadOnce } from "./load-round.ts";
import { firstNumber } from "./mqtt-load.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import { GoGateway, goGatewayVersions } from "./peers/go-gateway.ts";
import { MosquittoAndTelegraf, mosquittoAndTelegrafVersions } from "./peers/mosquitto-telegraf.ts";
import { lineOf, writeReport, type Figure } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "100" },
    "in-flight": { type: "string", default: "30" },
    json: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const shape = { connections: Number(values.connections), inFlight: Number(values["in-flight"]), seconds: 8 };
const partitions = 12;
const ours = "Headwater";

/** Whose message it was: the device, and which of its messages. */
type Numbered = readonly [device: string, number: number];

interface Victim {
  readonly port: number;
  readonly password: string;
  readonly topic: string;
  kill(): void | Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<unknown>;
  /** Undefined for a record that is no message of the load. */
  read(value: Uint8Array): Numbered | undefined;
}

const victims: Readonly<Record<string, (own: OwnKafka, name: string) => Promise<Victim>>> = {
  [ours]: startHeadwater,
  "Mosquitto + Telegraf": startMosquittoAndTelegraf,
  "Go, ack before Kafka": (own, name) => startGo(own, name, false),
  "Go, ack after Kafka": (own, name) => startGo(own, name, true),
};

const before = conditions();
await withOwnKafka("bench-kill", run);

async function run(own: OwnKafka): Promise<void> {
  const what =
    `${shape.connections} connections with ${shape.inFlight} messages in flight each, QoS 1; kill -9 between 2 and 4 s after the first, ` +
    `${rounds} rounds of each in turn, each with empty folders.`;
  console.log(`${describe(before)}\n${what}\n`);
  const lost: Record<string, number[]> = {};
  const share: Record<string, number[]> = {};
  let forgotten = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of Object.entries(victims)) {
      const victim = await start(own, `round-${round}-${name.replaceAll(/\W+/g, "-").toLowerCase()}`);
      try {
        const { acked, missing } = await killOnce(own.log, victim);
        (lost[name] ??= []).push(missing);
        (share[name] ??= []).push((missing / acked) * 100);
        if (name === ours) forgotten += missing;
        console.log(
          `${round + 1}  ${name.padEnd(22)} ${acked.toLocaleString("en").padStart(9)} acknowledged, ${missing.toLocaleString("en").padStart(8)} of them lost`,
        );
      } finally {
        await victim.stop();
      }
    }
  }
  const figures: Figure[] = [
    {
      ...{ what: "acknowledged and lost", unit: "messages a kill", digits: 0, samples: lost },
      ...{ budget: "0", within: forgotten === 0 },
    },
    { what: "of those acknowledged", unit: "%", digits: 2, samples: share },
  ];
  console.log("");
  for (const figure of figures) console.log(lineOf(figure));
  await writeReport(values.json, {
    title: "kill -9 in the middle of a load",
    command: `npm run bench:kill -- --rounds ${rounds}`,
    shape: `${what} ${mosquittoAndTelegrafVersions}; ${goGatewayVersions}.`,
    conditions: before,
    ours,
    figures,
    notes: [
      "Mosquitto writes its sessions and queues down each second here; by default it does so each half hour.",
      "Each message has its number in it, so what is counted are messages that were acknowledged and are nowhere.",
    ],
  });
  if (forgotten > 0) process.exitCode = 1;
}

async function killOnce(log: EventLog, victim: Victim): Promise<{ acked: number; missing: number }> {
  const load = loadOnce(victim.port, victim.password, { ...shape, numbered: true });
  await sleep(2000 + Math.random() * 2000);
  await victim.kill();
  const { acked, ackedBy } = await load;
  await victim.restart();
  await untilStill(log, victim.topic);
  const found = new Map<string, Set<number>>();
  for (const { partition } of await log.positions(victim.topic)) {
    for await (const { records } of log.read(victim.topic, partition)) {
      for (const { value } of records) {
        const message = value === null ? undefined : victim.read(value);
        if (message === undefined) continue;
        const numbers = found.get(message[0]) ?? new Set();
        found.set(message[0], numbers.add(message[1]));
      }
    }
  }
  let missing = 0;
  for (const [index, count] of ackedBy.entries()) {
    const numbers = found.get(`bench-${index}`);
    for (let number = 1; number <= count; number += 1) if (numbers?.has(firstNumber + number) !== true) missing += 1;
  }
  return { acked, missing };
}

/** Waits until nothing more comes for five seconds. */
async function untilStill(log: EventLog, topic: string): Promise<void> {
  for (let last = -1, at = performance.now(); performance.now() - at < 5000; await sleep(200)) {
    const now = await landed(log, topic);
    if (now !== last) [last, at] = [now, performance.now()];
  }
}

async function startHeadwater({ folder, kafka, log }: OwnKafka, name: string): Promise<Victim> {
  const token = randomToken();
  const gateway = await GatewayProcess.start({
    ...{ log, brokers: kafka.brokers, prefix: `${name}.`, partitions, dataDir: join(folder, name) },
    devices: Array.from({ length: shape.connections }, (_, index) => ({ id: `bench-${index}`, token })),
  });
  return {
    ...{ port: gateway.port, password: token, topic: gateway.topics.telemetry },
    kill: () => gateway.kill(),
    restart: () => gateway.restart(),
    stop: () => gateway.stop(),
    read(value) {
      const { device, readings } = events.telemetry.decode(value);
      const number = readings.find(({ metric }) => metric === "seq")?.number;
      return number == null ? undefined : [device, number];
    },
  };
}

async function startMosquittoAndTelegraf({ folder, kafka, log }: OwnKafka, topic: string): Promise<Victim> {
  await log.ensureTopics([{ name: topic, partitions, cleanup: "delete" }]);
  const pair = await MosquittoAndTelegraf.start({
    ...{ brokers: kafka.brokers, topic, dataDir: join(folder, topic), persistent: true },
    probe: async (port) => void (await loadOnce(port, "", { connections: 1, inFlight: 1, seconds: 0 })),
    landed: () => landed(log, topic),
  });
  return {
    ...{ port: pair.port, password: "", topic },
    kill: () => pair.kill(),
    restart: () => pair.restart(),
    stop: () => pair.stop(),
    read(value) {
      const line = Buffer.from(value).toString();
      const [, device] = /topic=devices\/([^/]+)\//.exec(line) ?? [];
      const [, number] = /[ ,]seq=([\d.e+]+)/.exec(line) ?? [];
      return device === undefined || number === undefined ? undefined : [device, Number(number)];
    },
  };
}

async function startGo({ folder, kafka, log }: OwnKafka, topic: string, ackAfterKafka: boolean): Promise<Victim> {
  await log.ensureTopics([{ name: topic, partitions, cleanup: "delete" }]);
  const gateway = await GoGateway.start({ brokers: kafka.brokers, topic, dataDir: join(folder, topic), ackAfterKafka });
  return {
    ...{ port: gateway.port, password: "", topic },
    kill: () => gateway.kill(),
    restart: () => gateway.restart(),
    stop: () => gateway.stop(),
    read(value) {
      // The device with its length before it; each reading is a name with its length and a double. Both are short.
      const bytes = Buffer.from(value);
      const device = bytes.toString("utf8", 1, 1 + bytes[0]!);
      const at = bytes.indexOf("\u0003seq");
      return at < 0 ? undefined : [device, bytes.readDoubleLE(at + 4)];
    },
  };
}
