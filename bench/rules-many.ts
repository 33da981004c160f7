import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { nowMicros } from "@headwater/core";
import { partitionFor, topicNames, topicSpecs, type EventLog } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events, telemetryHeaders } from "@headwater/proto";
import { rulesConfig } from "../rules-service/src/config.ts";
import { conditions, describe } from "./conditions.ts";
import { openRules } from "./start-rules.ts";

// What a great number of rules costs a service that few of them concern: made, switched on, listed, restarted.
//
//   node bench/rules-many.ts                     10,000 rules, a tenth of them for one device, the others for none
//   node bench/rules-many.ts --rules 1000
//
// The real rules service on the embedded log, each phase in a process of its own; by hand `--phase enable` or `restart`
// with `--folder`, as for a profile. `heldMs` is the most CPU that the main thread took between two turns of a timer.

const { values } = parseArgs({
  options: { rules: { type: "string", default: "10000" }, phase: { type: "string" }, folder: { type: "string" } },
});
const rules = Number(values.rules);
const partitions = 4;
const topics = topicNames();
const atOnce = 500;

/** Every tenth is for the device that sends; some of each kind that people write. */
function rule(index: number): Record<string, unknown> {
  const ids = [index % 10 === 0 ? "device-0" : `none-${index}`];
  const condition = [
    { metric: "t", above: 60 + index / 500, clearBelow: 40 },
    { metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 + index / 500 },
    {
      all: [
        { metric: "t", above: 70 },
        { metric: "u", below: index },
      ],
    },
    { expression: `metrics.t > ${60 + index / 500}` },
  ][Math.floor(index / 10) % 5];
  const derive = { metric: `d-${index}`, expression: "metrics.t + 1.0", from: "t" };
  return { id: `rule-${index}`, selector: { ids }, ...(condition === undefined ? { derive } : { condition }) };
}

function service(log: EventLog, dataDir: string) {
  return openRules({ log, topics, partitions, config: { rules: rulesConfig({}) }, dataDir });
}

type Call = Awaited<ReturnType<typeof service>>["call"];

/** Of the main thread, milliseconds. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Prints what a step took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  let [held, before] = [0, threadCpu()];
  const sampling = setInterval(() => {
    const now = threadCpu();
    held = Math.max(held, now - before);
    before = now;
  }, 1);
  try {
    return await work();
  } finally {
    held = Math.max(held, threadCpu() - before);
    clearInterval(sampling);
    const { user, system } = process.cpuUsage(cpu);
    const figures = `${((user + system) / 1e6).toFixed(2)} s CPU, ${((performance.now() - began) / 1000).toFixed(1)} s`;
    const mib = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
    console.log(`${name.padEnd(44)} ${figures}, held ${held.toFixed(0)} ms, ${mib} MiB`);
  }
}

async function list(call: Call, query: string): Promise<{ id: string; state: string }[]> {
  const found: { id: string; state: string }[] = [];
  for (let rest = ""; ;) {
    const page = await call("GET", `/api/v1/rules?limit=1000${query}${rest}`);
    found.push(...(page["items"] as typeof found));
    if (page["next"] === undefined || page["next"] === null) return found;
    rest = `&cursor=${page["next"] as string}`;
    // Over a socket each request has a turn of its own.
    await sleep(1);
  }
}

async function untilLive(call: Call): Promise<void> {
  while ((await list(call, "&state=live")).length < rules) await sleep(200);
}

async function alertsOf(log: EventLog): Promise<number> {
  return (await log.positions(topics.alerts)).reduce((sum, { end }) => sum + end, 0);
}

async function send(log: EventLog, n: number, value: number): Promise<void> {
  const partition = partitionFor("device-0", partitions);
  const now = nowMicros();
  const identity = { gateway: "gateway", epoch: 1, n, receivedAt: now, eventTime: now, device: "device-0" };
  const reading = events.telemetry.encode({ ...identity, readings: [{ metric: "t", number: value }] });
  await log.append(topics.telemetry, [{ key: "device-0", partition, value: reading, headers: telemetryHeaders.event }]);
}

async function phase(name: string, folder: string): Promise<void> {
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const { app, http, call } = await service(log, join(folder, "data"));
  // The schemas of all routes are compiled with the first request.
  await http.inject({ method: "GET", url: "/health/live" });
  if (name === "enable") {
    await app.start();
    await step("made, 32 at a time", async () => {
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < rules) await call("POST", "/api/v1/rules", rule(next++));
      };
      await Promise.all(Array.from({ length: 32 }, worker));
    });
    await step("switched on, 500 at a time", async () => {
      for (let from = 0; from < rules; from += atOnce) {
        const ids = Array.from({ length: Math.min(atOnce, rules - from) }, (_, each) => `rule-${from + each}`);
        const answer = await call("POST", "/api/v1/rules/enable", { ids });
        if (answer["refused"] !== 0) throw new TypeError(JSON.stringify(answer));
      }
    });
    await step("until all are live", () => untilLive(call));
    await send(log, 1, 50);
  } else {
    await step("started, all live", async () => {
      await app.start();
      await untilLive(call);
    });
  }
  const before = await alertsOf(log);
  await step("one message, until its alerts are told", async () => {
    await send(log, name === "enable" ? 2 : 3, name === "enable" ? 99 : 10);
    for (let seen = before; ;) {
      await sleep(300);
      const now = await alertsOf(log);
      if (now > before && now === seen) break;
      seen = now;
    }
  });
  console.log(`${" ".repeat(44)} ${(await alertsOf(log)) - before} alert records`);
  await step("all listed, 1000 at a time", () => list(call, ""));
  await step("one asked for", () => call("GET", `/api/v1/rules/rule-${rules - 1}`));
  await step("one more made", () => call("POST", "/api/v1/rules", { ...rule(rules), id: `more-${name}` }));
  await step("stopped", () => app.stop());
  await http.close();
  await log.close();
}

async function child(name: string, folder: string): Promise<void> {
  console.log(`\n${name}`);
  const forked = fork(import.meta.filename, ["--rules", values.rules, "--phase", name, "--folder", folder], {
    // As `headwater` starts itself.
    execArgv: ["--max-semi-space-size=8", "--no-memory-protection-keys", ...process.execArgv],
  });
  const code = await new Promise<number | null>((resolve) => void forked.on("exit", resolve));
  if (code !== 0) throw new TypeError(`${name} ended with ${code}`);
}

if (values.phase !== undefined) {
  await phase(values.phase, values.folder!);
} else {
  const folder = await mkdtemp(join(tmpdir(), "headwater-rules-many-"));
  try {
    console.log(describe(conditions()));
    console.log(`${rules} rules, ${partitions} partitions, embedded log`);
    for (const name of ["enable", "restart"]) await child(name, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
