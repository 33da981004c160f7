/**
 * Devices to Kafka, Headwater's gateway beside two peers: Mosquitto + Telegraf, and a gateway in a hundred lines of Go
 * that acknowledges before or after Kafka. The same load (QoS 1 from raw connections) against each in turn, A B C D,
 * D C B A, …, on one machine in one run, into the same real Kafka, which it starts. Counted is what is on the
 * log. Headwater acknowledges after fsync; the peers are durable nowhere before Kafka.
 *
 *     npm run bench:gateway -- [--pairs 4] [--seconds 6] [--connections 100] [--in-flight 30] [--alone]
 *         [--base ../base] [--json FILE]
 *
 * `--alone` leaves the peers out. BENCH_NODE_FLAGS (`--cpu-prof --cpu-prof-dir=…`) goes to the gateway's process;
 * BENCH_LASTING_SESSIONS=1 makes the devices' sessions last (clean session off).
 */
import { randomToken, sleep } from "@headwater/core";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe } from "./conditions.ts";
import { countEvents } from "./count-events.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { landed, loadOnce, measureRound, roundHeader, roundLine, type Round, type Subject } from "./load-round.ts";
import { payload } from "./mqtt-load.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import { GoGateway, goGatewayVersions } from "./peers/go-gateway.ts";
import { MosquittoAndTelegraf, mosquittoAndTelegrafVersions } from "./peers/mosquitto-telegraf.ts";
import { memoryOf } from "./process-figures.ts";
import { lineOf, ratioTo, writeReport, type Figure } from "./report.ts";

const partitions = 12;
const warmUpSeconds = 3;
const [ours, base] = ["Headwater", "Base"];
const peerVersions = `${mosquittoAndTelegrafVersions}; ${goGatewayVersions}`;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "4" },
    seconds: { type: "string", default: "6" },
    connections: { type: "string", default: "100" },
    "in-flight": { type: "string", default: "30" },
    alone: { type: "boolean", default: false },
    base: { type: "string" },
    json: { type: "string" },
  },
});
const pairs = Number(values.pairs);
const shape = {
  connections: Number(values.connections),
  inFlight: Number(values["in-flight"]),
  seconds: Number(values.seconds),
};

const before = conditions();
await withOwnKafka("bench-beside-peers", run);

async function run(own: OwnKafka): Promise<void> {
  const { folder, kafka, log, stops } = own;
  const token = randomToken();
  const devices = Array.from({ length: shape.connections }, (_, index) => ({ id: `bench-${index}`, token }));
  const start = async (name: string, checkout?: string): Promise<[GatewayProcess, Subject]> => {
    const dataDir = join(folder, name);
    const where = { prefix: `bench.${name.toLowerCase()}.`, dataDir, ...(checkout !== undefined && { checkout }) };
    const gateway = await GatewayProcess.start({ log, brokers: kafka.brokers, partitions, devices, ...where });
    stops.push(() => gateway.stop());
    const { port, pid, topics } = gateway;
    return [gateway, { name, port, password: token, pids: { gateway: pid }, topic: topics.telemetry }];
  };
  const [gateway, subject] = await start(ours);
  const subjects: Subject[] = [
    subject,
    ...(values.base === undefined ? [] : [(await start(base, values.base))[1]]),
    ...(values.alone ? [] : await startPeers(own)),
  ];
  const acked: Record<string, number> = {};
  // What the peers' probes left; Headwater's own marks are no messages.
  for (const { name, topic } of subjects) acked[name] = name === ours ? 0 : await landed(log, topic);

  const what =
    `Into Kafka 4.3.0 with acks=all; ${shape.connections} connections, ${shape.inFlight} in flight each, QoS 1, ` +
    `${payload.length} bytes of JSON with three numbers, ${shape.seconds} s a round, ${pairs} rounds of each in turn after a warm-up.`;
  console.log(`${describe(before)}\n${peerVersions}\n${what}\n\n${roundHeader}`);
  const rounds: Record<string, Round[]> = Object.fromEntries(subjects.map(({ name }) => [name, []]));
  for (let pair = 0; pair <= pairs; pair += 1) {
    // What changes with time (a disk that fills, others at work) meets each of them first as often as last.
    for (const subject of pair % 2 === 0 ? subjects : subjects.toReversed()) {
      const seconds = pair === 0 ? warmUpSeconds : shape.seconds;
      const round = await measureRound(log, subject, { ...shape, seconds }, kafka.pids);
      acked[subject.name]! += round.acked;
      if (pair > 0) {
        rounds[subject.name]!.push(round);
        console.log(roundLine(pair, subject.name, round));
      }
      // Garbage and segments of the one must not be the other's.
      await sleep(500);
    }
  }

  const memory = Object.fromEntries(
    subjects.map(({ name, pids }) => [
      name,
      [Object.values(pids).reduce((sum, pid) => sum + memoryOf(pid).peak, 0) / 1024 / 1024],
    ]),
  );
  const figures = figuresOf(rounds, memory);
  console.log("");
  for (const figure of figures) console.log(lineOf(figure));
  const onLog = await countEvents(log, gateway.topics.telemetry);
  const lost = onLog.events < acked[ours]! || onLog.missing > 0;
  const notes = [
    `Headwater: ${onLog.events} events on the log, each identity once, for ${acked[ours]} acknowledged, ` +
      `${onLog.missing} identities missing, ${onLog.repeated} records repeated: ${lost ? "LOST" : "nothing lost"}.`,
  ];
  for (const { name, topic } of subjects.filter((each) => each.name !== ours && each.name !== base)) {
    notes.push(`${name}: ${await landed(log, topic)} records for ${acked[name]} acknowledged (nobody was killed).`);
  }
  for (const note of notes) console.log(note);
  await writeReport(values.json, {
    title: "MQTT to Kafka",
    command: `npm run bench:gateway -- --pairs ${pairs} --seconds ${shape.seconds}`,
    shape: `${what} ${peerVersions}. CPU is that of all threads of all processes of a gateway, the machine shared with load and Kafka.`,
    conditions: before,
    ours,
    figures,
    notes,
  });
  // Speed is for whoever reads to judge; something lost is not.
  if (lost) process.exitCode = 1;
}

async function startPeers({ folder, kafka, log, stops }: OwnKafka): Promise<Subject[]> {
  const topics = { telegraf: "bench.telegraf", go: "bench.go", goDurable: "bench.go-durable" };
  await log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions, cleanup: "delete" })));
  const pair = await MosquittoAndTelegraf.start({
    brokers: kafka.brokers,
    topic: topics.telegraf,
    dataDir: join(folder, "telegraf"),
    probe: async (port) => void (await loadOnce(port, "", { connections: 1, inFlight: 1, seconds: 0 })),
    landed: () => landed(log, topics.telegraf),
  });
  stops.push(() => pair.stop());
  const subjects: Subject[] = [
    { name: "Mosquitto + Telegraf", port: pair.port, password: "", pids: pair.pids, topic: topics.telegraf },
  ];
  for (const [name, topic, ackAfterKafka] of [
    ["Go, ack before Kafka", topics.go, false],
    ["Go, ack after Kafka", topics.goDurable, true],
  ] as const) {
    const dataDir = join(folder, topic);
    const gateway = await GoGateway.start({ brokers: kafka.brokers, topic, dataDir, ackAfterKafka });
    stops.push(() => gateway.stop());
    subjects.push({ name, port: gateway.port, password: "", pids: { go: gateway.pid }, topic });
  }
  return subjects;
}

function figuresOf(rounds: Record<string, Round[]>, memory: Record<string, number[]>): Figure[] {
  const samples = (of: (round: Round) => number): Record<string, number[]> =>
    Object.fromEntries(Object.entries(rounds).map(([name, each]) => [name, each.map(of)]));
  const cpu = { what: "CPU a message", unit: "µs", digits: 1, samples: samples((round) => round.cpuTotal) };
  const rate = {
    what: "acknowledged and on the log",
    unit: "messages/s",
    digits: 0,
    samples: samples((round) => round.throughput),
  };
  const against = "Go, ack before Kafka";
  const compared = rounds[against] !== undefined;
  return [
    {
      ...cpu,
      budget: "0.55 of Go before Kafka",
      ...(compared && { within: ratioTo(cpu, ours, against) <= 0.55 }),
    },
    {
      ...rate,
      budget: "1.2 of Go before Kafka",
      ...(compared && { within: ratioTo(rate, ours, against) >= 1.2 }),
    },
    {
      what: "memory, at most",
      unit: "MiB",
      digits: 0,
      samples: memory,
      budget: "at most 238 (250 MB)",
      within: memory[ours]![0]! <= 250e6 / 1024 / 1024,
    },
  ];
}
