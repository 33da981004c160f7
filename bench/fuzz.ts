/**
 * A gateway in a process of its own, on its embedded log, beside peers in another process that send mutated packets of
 * MQTT 3.1.1 and 5 over real sockets: the longest that its event loop was held (its own metric, read each second), its
 * memory, and how long an honest client waited for a PUBACK. On a busy machine the processor time of a turn tells more
 * than its length.
 *
 *     node bench/fuzz.ts [--packets 1000000] [--at-once 200] [--transports tcp,tls,ws,wss] [--seed N]
 *
 * BENCH_NODE_FLAGS (`--cpu-prof --cpu-prof-dir=…`) goes to the gateway's process. Exit code 1: the gateway ended, kept
 * a connection that its peer had ended, grew without end, or left a message of the honest client unacknowledged; never
 * that something was slow.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { FuzzAnswer, FuzzOrder } from "../edge-gateway/test/guard/fuzz-peers.ts";
import {
  countersOf,
  everyListener,
  listenersOf,
  metricOf,
  startFuzzedGateway,
} from "../edge-gateway/test/guard/fuzzed-gateway.ts";
import { HonestClient } from "../edge-gateway/test/guard/honest-client.ts";
import { bytesOf } from "../tests/conformance/notation.ts";
import { readVectors } from "../tests/conformance/vectors.ts";
import { conditions, describe } from "./conditions.ts";
import { FleetTask } from "./fleet/task.ts";
import { mebibytes, memoryOf } from "./process-figures.ts";
import type { Turn } from "./turn-watch.ts";

const { values } = parseArgs({
  options: {
    packets: { type: "string", default: "1000000" },
    "at-once": { type: "string", default: "200" },
    transports: { type: "string", default: "tcp" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
  },
});
const packets = Number(values.packets);
const atOnce = Number(values["at-once"]);
const seed = Number(values.seed);
const transports = values.transports.split(",");
const rounds = 10;
const goalMs = 50;
/** Queues, retained messages and sessions fill up to their bounds in the first half; after it nothing grows. */
const settledAfter = rounds / 2;
const mayGrowBytes = 64 * 1024 * 1024;
const device = "honest";

/** The longest turn in one second, and how long the gateway's first thread waited for a core in it (milliseconds). */
interface Stall {
  readonly heldMs: number;
  readonly waitedMs: number;
}

console.log(describe(conditions()));
const dataDir = await mkdtemp(join(tmpdir(), "bench-fuzz-"));
const flags = process.env["BENCH_NODE_FLAGS"] ?? "";
const turnsFile = join(dataDir, "turns.json");
const gateway = await startFuzzedGateway(dataDir, {
  // The young generation is as small as `headwater start` makes it.
  NODE_OPTIONS: `--max-semi-space-size=8 --import ${join(import.meta.dirname, "turn-watch.ts")} ${flags}`,
  BENCH_TURNS: turnsFile,
  ...(await everyListener(dataDir)),
});
const listeners = listenersOf(gateway).filter(({ transport }) => transports.includes(transport));
const peers = new FleetTask<FuzzOrder, FuzzAnswer>("fuzz.ts");
const watching = new AbortController();
const stalls: Stall[] = [];
const resident: number[] = [];
const heaps: number[] = [];
const total = { packets: 0, connections: 0, accepted: 0, heard: 0, left: 0 };
const problems: string[] = [];
const extra = readVectors()
  .flatMap(({ messages }) => messages.flatMap((message) => (message.type === "send" ? [bytesOf(message.payload)] : [])))
  .flatMap((bytes) => (bytes.length === 0 ? [] : [bytes.toString("hex")]));
try {
  const honest = await HonestClient.start(gateway.url("mqtt"), device);
  const watched = watch();
  const [began, beganAt] = [performance.now(), Date.now()];
  for (let round = 0; round < rounds; round += 1) {
    const order = { listeners, packets: Math.ceil(packets / rounds), atOnce, extra };
    const answer = await peers.ask({ ...order, seed: seed + round * atOnce });
    for (const key of Object.keys(total) as (keyof FuzzAnswer)[]) total[key] += answer[key];
    resident.push(memoryOf(gateway.pid).resident);
    heaps.push(await metricOf(gateway, "nodejs_heap_size_used_bytes"));
  }
  const [seconds, endedAt] = [(performance.now() - began) / 1000, Date.now()];
  watching.abort();
  await watched;
  await honest.stop();
  if (honest.failure !== undefined) problems.push(`the honest client: ${honest.failure.message}`);
  const { code, signal } = await gateway.end("SIGTERM");
  if (code !== 0) problems.push(`the gateway ended with ${code ?? signal}`);
  const logged = (await countersOf(device, dataDir)).length;
  if (logged !== honest.acked) problems.push(`${honest.acked} acknowledged, ${logged} on the log`);
  const turns = (JSON.parse(readFileSync(`${turnsFile}.${gateway.pid}`, "utf8")) as Turn[]).filter(
    ({ at }) => at >= beganAt && at <= endedAt,
  );
  report(seconds, honest, turns);
} catch (error) {
  problems.push(`${(error as Error).message}; the gateway said:\n${gateway.output()}`);
} finally {
  watching.abort();
  await peers.end();
  await gateway.end("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
}
for (const problem of problems) console.error(`seed ${seed}: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Each answer of the gateway tells the longest turn since the one before. */
async function watch(): Promise<void> {
  await metricOf(gateway, "nodejs_eventloop_lag_max_seconds");
  let waitedBefore = waitedFor(gateway.pid);
  while (!watching.signal.aborted) {
    await sleep(1000, undefined, { signal: watching.signal }).catch(() => {});
    const heldMs = (await metricOf(gateway, "nodejs_eventloop_lag_max_seconds")) * 1000;
    const waited = waitedFor(gateway.pid);
    stalls.push({ heldMs, waitedMs: waited - waitedBefore });
    waitedBefore = waited;
  }
}

/** How long the first thread of a process was ready and had no core (milliseconds), as Linux counts it. */
function waitedFor(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
}

function report(seconds: number, honest: HonestClient, turns: readonly Turn[]): void {
  const worst = stalls.toSorted((a, b) => b.heldMs - a.heldMs);
  const above = worst.filter(({ heldMs }) => heldMs > goalMs);
  const settled = Math.max(...resident.slice(0, settledAfter));
  if (resident.at(-1)! > settled + mayGrowBytes) problems.push("the gateway's memory grows and grows");
  if (total.left > 0) problems.push(`${total.left} connections were left open`);
  console.log(
    `sent         ${total.packets} packets on ${total.connections} connections (${transports.join(", ")}) in ${seconds.toFixed(0)} s, seed ${seed}; ${total.accepted} let in, ${mebibytes(total.heard)} answered`,
  );
  console.log(
    `event loop   held ${worst[0]?.heldMs.toFixed(0)} ms at most (goal ${goalMs}), longer than that in ${above.length} of ${stalls.length} seconds; the five worst: ` +
      worst.slice(0, 5).map(shown).join(", "),
  );
  const used = turns.map(({ cpuMs }) => cpuMs).toSorted((a, b) => b - a);
  console.log(
    `             by processor time alone ${used
      .slice(0, 5)
      .map((ms) => ms.toFixed(0))
      .join(", ")} ms; above the goal ${used.filter((ms) => ms > goalMs).length} times`,
  );
  console.log(
    `memory       ${resident.map(mebibytes).join(", ")} resident after each tenth; ${heaps.map(mebibytes).join(", ")} of its heap in use`,
  );
  console.log(
    `honest       ${honest.acked} messages acknowledged and on the log, the longest PUBACK after ${honest.longestWait.toFixed(0)} ms`,
  );
}

function shown({ heldMs, waitedMs }: Stall): string {
  return `${heldMs.toFixed(0)} ms (${waitedMs.toFixed(0)} ms of that second without a core)`;
}
