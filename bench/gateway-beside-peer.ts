/**
 * Devices to Kafka, Headwater's gateway beside Mosquitto + Telegraf: the same load (QoS 1 from raw connections) against
 * each in turn, A B B A …, on one machine in one run, into the same real Kafka, which it starts for itself. Counted is
 * what is on the log. The gateway acknowledges after fsync; the peer is durable nowhere before Kafka.
 *
 *     npm run bench:gateway -- [--pairs 4] [--seconds 6] [--connections 100] [--in-flight 30] [--alone] [--json FILE]
 *
 * `--alone` leaves the peer out. BENCH_NODE_FLAGS (`--cpu-prof --cpu-prof-dir=…`) goes to the gateway's process;
 * BENCH_LASTING_SESSIONS=1 makes the devices' sessions last (clean session off).
 */
import { randomToken, sleep } from "@headwater/core";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe, median } from "./conditions.ts";
import { countEvents } from "./count-events.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { landed, loadOnce, measureRound, roundHeader, roundLine, type Round, type Subject } from "./load-round.ts";
import { payload } from "./mqtt-load.ts";
import { PeerProcesses, peerVersions } from "./peer-process.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import { mebibytes, memoryOf } from "./process-figures.ts";

const budget = { cpu: 0.6, throughput: 1.3 };
const partitions = 12;
const warmUpSeconds = 3;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "4" },
    seconds: { type: "string", default: "6" },
    connections: { type: "string", default: "100" },
    "in-flight": { type: "string", default: "30" },
    alone: { type: "boolean", default: false },
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
await withOwnKafka("bench-beside-peer", run);

async function run({ folder, kafka, log, stops }: OwnKafka): Promise<void> {
  const token = randomToken();
  const gateway = await GatewayProcess.start({
    log,
    brokers: kafka.brokers,
    prefix: "bench.",
    partitions,
    dataDir: join(folder, "gateway"),
    devices: Array.from({ length: shape.connections }, (_, index) => ({ id: `bench-${index}`, token })),
  });
  stops.push(() => gateway.stop());
  const subjects: Subject[] = [
    {
      name: "gateway",
      port: gateway.port,
      password: token,
      pids: { gateway: gateway.pid },
      topic: gateway.topics.telemetry,
    },
  ];
  const acked: Record<string, number> = { gateway: 0 };
  if (!values.alone) {
    const topic = "bench.peer";
    await log.ensureTopics([{ name: topic, partitions, cleanup: "delete" }]);
    const peer = await PeerProcesses.start({
      brokers: kafka.brokers,
      topic,
      dataDir: join(folder, "peer"),
      probe: async (port) => void (await loadOnce(port, "", { connections: 1, inFlight: 1, seconds: 0 })),
      landed: () => landed(log, topic),
    });
    stops.push(() => peer.stop());
    subjects.push({ name: "peer", port: peer.port, password: "", pids: peer.pids, topic });
    acked["peer"] = await landed(log, topic);
  }

  console.log(describe(before));
  console.log(
    `${peerVersions}, Kafka 4.3.0 with acks=all; ${shape.connections} connections, ${shape.inFlight} in flight each, QoS 1, ` +
      `${payload.length} bytes of JSON with three numbers, ${shape.seconds} s a round, ${pairs} rounds of each after a warm-up\n`,
  );
  console.log(roundHeader);
  const rounds: Record<string, Round[]> = { gateway: [], peer: [] };
  for (let pair = 0; pair <= pairs; pair += 1) {
    // What changes with time (a disk that fills, others at work) meets each of them first as often as second.
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

  console.log("");
  const ratios = values.alone ? undefined : compare(rounds["gateway"]!, rounds["peer"]!);
  const memory = Object.fromEntries(
    subjects.flatMap(({ pids }) => Object.entries(pids).map(([name, pid]) => [name, memoryOf(pid)])),
  );
  console.log(
    `resident     ${Object.entries(memory)
      .map(([name, { resident, peak }]) => `${name} ${mebibytes(resident)} (at most ${mebibytes(peak)})`)
      .join(", ")}`,
  );
  const onLog = await countEvents(log, gateway.topics.telemetry);
  const lost = onLog.events < acked["gateway"]! || onLog.missing > 0;
  console.log(
    `on the log   gateway: ${onLog.events} events, each identity once, for ${acked["gateway"]} acknowledged, ` +
      `${onLog.missing} identities missing, ${onLog.repeated} records repeated: ${lost ? "LOST" : "nothing lost"}`,
  );
  if (!values.alone) {
    console.log(
      `             peer: ${await landed(log, subjects[1]!.topic)} records for ${acked["peer"]} acknowledged (nobody was killed)`,
    );
  }
  if (values.json !== undefined) {
    const options = { pairs, ...shape, payloadBytes: payload.length, peer: peerVersions };
    const report = { conditions: before, options, rounds, ratios, budget, memory, onLog, acked };
    await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  // Speed is for whoever reads to judge; something lost is not.
  if (lost) process.exitCode = 1;
}

function compare(ours: readonly Round[], theirs: readonly Round[]): { cpu: number; throughput: number } {
  const ratio = (of: (round: Round) => number): number =>
    median(ours.map((round, pair) => of(round) / of(theirs[pair]!)));
  const cpu = ratio((round) => round.cpuTotal);
  const throughput = ratio((round) => round.throughput);
  const within = (holds: boolean): string => (holds ? "within" : "SHORT OF IT");
  console.log(
    `CPU          ${cpu.toFixed(2)} of the peer's a message, median of the pairs; budget at most ${budget.cpu}: ${within(cpu <= budget.cpu)}`,
  );
  console.log(
    `throughput   ${throughput.toFixed(2)} of the peer's, median of the pairs; budget at least ${budget.throughput}: ${within(throughput >= budget.throughput)}`,
  );
  return { cpu, throughput };
}
