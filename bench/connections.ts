/**
 * Many connections: what 10,000 idle devices cost the gateway's process in memory, and whether it survives a storm of
 * 5,000 connects a second with tokens while others publish. The gateway is `headwater start gateway` with its spool on
 * disk, in front of a real Kafka that the bench starts.
 *
 *     npm run bench:connections -- [--idle 10000] [--per-second 5000] [--seconds 5] \
 *         [--hold-ms 1000] [--publishers 50] [--json FILE]
 */
import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { randomToken, sleep } from "@headwater/core";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditions, describe, quantile } from "./conditions.ts";
import { countEvents } from "./count-events.ts";
import { fleetDevice } from "./fleet/device.ts";
import type { IdleAnswer, IdleOrder } from "./fleet/idle.ts";
import type { PublishersAnswer, PublishersOrder } from "./fleet/publishers.ts";
import type { StormAnswer, StormOrder } from "./fleet/storm.ts";
import { FleetTask } from "./fleet/task.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { withOwnKafka, type OwnKafka } from "./own-kafka.ts";
import { cpuOf, mebibytes, memoryOf } from "./process-figures.ts";

const budgetBytes = 250 * 1024 * 1024;
const partitions = 12;
const stormDevices = 10_000;
const publishedPerSecond = 1000;
const quietSeconds = 3;

const { values } = parseArgs({
  options: {
    idle: { type: "string", default: "10000" },
    "per-second": { type: "string", default: "5000" },
    seconds: { type: "string", default: "5" },
    "hold-ms": { type: "string", default: "1000" },
    publishers: { type: "string", default: "50" },
    json: { type: "string" },
  },
});
const idle = Number(values.idle);
const perSecond = Number(values["per-second"]);
const seconds = Number(values.seconds);
const holdMs = Number(values["hold-ms"]);
const publishers = Number(values.publishers);

const before = conditions();
await withOwnKafka("bench-connections", run);

async function run({ folder, kafka, log, stops }: OwnKafka): Promise<void> {
  const secret = randomToken();
  const fleet = { idle, storm: stormDevices, publisher: publishers };
  const gateway = await GatewayProcess.start({
    log,
    brokers: kafka.brokers,
    prefix: "bench.",
    partitions,
    dataDir: join(folder, "gateway"),
    devices: Object.entries(fleet).flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => fleetDevice(secret, name, index)),
    ),
  });
  stops.push(() => gateway.stop());
  const { port, pid } = gateway;
  console.log(describe(before));
  console.log(
    `gateway in front of Kafka 4.3.0 with ${idle + stormDevices + publishers} registered devices, each with a token of its own\n`,
  );

  const idleFleet = part<IdleOrder, IdleAnswer>(stops, "idle.ts");
  await sleep(2000);
  const empty = memoryOf(pid).resident;
  const { connected, seconds: took } = await idleFleet.ask({ port, secret, name: "idle", count: idle, atOnce: 100 });
  const memory = await settled(pid);
  const within = memory.most <= budgetBytes;
  console.log(
    `idle         ${connected} of ${idle} connected and subscribed to their commands after ${took.toFixed(1)} s, keep-alive 60 s`,
  );
  console.log(
    `memory       ${mebibytes(memory.last)} resident now, ${mebibytes(memory.most)} at most in the ${memory.seconds} s after, ${mebibytes(memoryOf(pid).peak)} ever; ` +
      `${mebibytes(empty)} before, ${((memory.last - empty) / idle / 1024).toFixed(1)} KiB a connection; budget 250 MiB: ${within ? "within" : "SHORT OF IT"}`,
  );

  const busy = part<PublishersOrder, PublishersAnswer>(stops, "publishers.ts");
  const publish = { port, secret, name: "publisher", count: publishers, perSecond: publishedPerSecond };
  const calm = await busy.ask({ ...publish, seconds: quietSeconds });
  const storming = part<StormOrder, StormAnswer>(stops, "storm.ts");
  const [cpuBefore, stormAt] = [cpuOf(pid), performance.now()];
  const [storm, during] = await Promise.all([
    storming.ask({ port, secret, name: "storm", devices: stormDevices, perSecond, seconds, holdMs }),
    busy.ask({ ...publish, seconds: seconds + holdMs / 1000 }),
  ]);
  const stormSeconds = (performance.now() - stormAt) / 1000;
  const stormCpu = cpuOf(pid) - cpuBefore;
  const failed = Object.entries(storm.failures).map(([what, count]) => `${count} ${what}`);
  console.log(
    `storm        ${storm.attempted} connects in ${seconds} s (${perSecond} a second, ${holdMs} ms each, at most ${storm.late.toFixed(0)} ms behind its own clock): ` +
      `${storm.accepted} accepted, ${failed.length === 0 ? "none failed" : failed.join(", ")}; all over after ${stormSeconds.toFixed(1)} s`,
  );
  console.log(`             CONNACK after ${percentiles(storm.latencies)}`);
  console.log(
    `             gateway's CPU ${(stormCpu / storm.attempted).toFixed(0)} µs a session with all that goes on beside, ${mebibytes(memoryOf(pid).resident)} resident after it; the storm's own ${(storm.cpuMicros / storm.attempted).toFixed(0)} µs`,
  );
  for (const [when, { acked, sent, disconnected, latencies }] of [
    ["before it", calm],
    ["during it", during],
  ] as const) {
    console.log(
      `publishers   ${when}: ${acked} of ${sent} messages acknowledged, ${disconnected} of ${publishers} cut; PUBACK after ${percentiles(latencies)}`,
    );
  }

  const still = await idleFleet.ask({ port, secret, name: "idle", count: 0, atOnce: 1 });
  console.log(`idle         ${still.connected} of ${connected} still connected`);
  const presence = await presenceOnLog(log, gateway.topics.presence, storm.accepted);
  const presenceWhole = presence.begun >= storm.accepted && presence.ended >= storm.accepted;
  console.log(
    `presence     ${presence.begun} sessions of the storm began on the log and ${presence.ended} ended, of ${storm.accepted}: ${presenceWhole ? "all there" : "MISSING"}`,
  );
  const acked = calm.acked + during.acked;
  const onLog = await countEvents(log, gateway.topics.telemetry);
  console.log(
    `on the log   ${onLog.events} events for ${acked} acknowledged: ${onLog.events >= acked ? "nothing lost" : "LOST"}`,
  );

  if (values.json !== undefined) {
    const summary = ({ latencies, ...rest }: { readonly latencies: readonly number[] }): object => ({
      ...rest,
      ms: table(latencies),
    });
    const options = { idle, perSecond, seconds, holdMs, publishers };
    const report = {
      conditions: before,
      options,
      empty,
      memory,
      storm: { ...summary(storm), cpuMicros: stormCpu },
      calm: summary(calm),
      during: summary(during),
      presence,
    };
    await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  const survived = storm.accepted === storm.attempted && still.connected === connected && during.disconnected === 0;
  if (!survived || !presenceWhole || onLog.events < acked) process.exitCode = 1;
}

function part<Order, Answer>(stops: OwnKafka["stops"], file: string): FleetTask<Order, Answer> {
  const task = new FleetTask<Order, Answer>(file);
  stops.push(() => task.end());
  return task;
}

/** What stays once the connecting is over: looked at each second, since the garbage of it goes when it likes. */
async function settled(pid: number): Promise<{ last: number; most: number; seconds: number }> {
  const looks: number[] = [];
  for (let second = 0; second < 10; second += 1) {
    await sleep(1000);
    looks.push(memoryOf(pid).resident);
  }
  return { last: looks.at(-1)!, most: Math.max(...looks), seconds: looks.length };
}

/** Sessions of the storm as presence.v1 has them; waits for the last ones for a while. */
async function presenceOnLog(
  log: EventLog,
  topic: string,
  sessions: number,
): Promise<{ begun: number; ended: number }> {
  const begun = new Set<string>();
  const ended = new Set<string>();
  const next = new Map<number, number>();
  for (const deadline = performance.now() + 20_000; performance.now() < deadline;) {
    for (const { partition } of await log.positions(topic)) {
      for await (const { records } of log.read(topic, partition, { fromOffset: next.get(partition) ?? 0 })) {
        for (const { value, offset } of records) {
          next.set(partition, offset + 1);
          const event = events.presence.decode(value!);
          if (!event.device.startsWith("storm-")) continue;
          if (event.connected != null) begun.add(event.session);
          if (event.disconnected != null) ended.add(event.session);
        }
      }
    }
    if (ended.size >= sessions) break;
    await sleep(250);
  }
  return { begun: begun.size, ended: ended.size };
}

function table(latencies: readonly number[]): Record<string, number> {
  return {
    p50: quantile(latencies, 0.5),
    p90: quantile(latencies, 0.9),
    p99: quantile(latencies, 0.99),
    most: quantile(latencies, 1),
  };
}

function percentiles(latencies: readonly number[]): string {
  const { p50, p90, p99, most } = table(latencies) as Record<"p50" | "p90" | "p99" | "most", number>;
  return `${p50.toFixed(1)} ms (p50), ${p90.toFixed(1)} (p90), ${p99.toFixed(1)} (p99), ${most.toFixed(0)} at most`;
}
