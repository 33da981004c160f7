import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventLogSettings, openEventLog, topicNames, type EventLog } from "@headwater/event-log";
import { loadConfig } from "@headwater/service";
import { Fleet } from "./support/fleet.ts";
import { eventually } from "@headwater/testkit/eventually";
import { alertEvents, derivingRules, enableRule, hotRule, token, untilLive, type Platform } from "./support/harness.ts";
import { emitted, expectExactlyTheOracle } from "./support/oracle.ts";
import { RulesProcess } from "./support/rules-process.ts";
import { sendWaves, steadyLoad } from "./support/waves.ts";

const partitions = 8;
const prefix = `rules-test-${Date.now().toString(36)}.`;
const topics = topicNames(prefix);
const sessionTimeoutMs = 6000;
/** For what has to come, on a busy machine (milliseconds). */
const patienceMs = 120_000;

type On = Pick<Platform, "log" | "topics" | "partitions">;

let folder: string;
let log: EventLog;
let env: Record<string, string>;
const started: RulesProcess[] = [];

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  expect(brokers, "HEADWATER_KAFKA_BROKERS names the Kafka to test against: npm run servers -- start").toBeTruthy();
  folder = await mkdtemp(join(tmpdir(), "headwater-rules-servers-"));
  await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
  env = {
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: brokers!,
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
  };
  log = await openEventLog(loadConfig(eventLogSettings, { env }), { dataDir: folder, clientId: "rules-test" });
});

afterAll(async () => {
  await Promise.all(started.map((each) => each.clear()));
  await log?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<RulesProcess> {
  const running = await RulesProcess.start({
    ...env,
    HEADWATER_DATA_DIR: join(folder, `instance-${started.length}`),
    HEADWATER_ADMIN_TOKEN_FILE: join(folder, "admin-token"),
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_RULES_TICK_MS: "200",
    HEADWATER_RULES_IDLE_TICK_MS: "500",
    HEADWATER_RULES_CHECKPOINT_MS: "300",
    HEADWATER_RULES_STALL_MS: "2000",
  });
  started.push(running);
  expect(running.url, running.output.join("\n")).not.toBe("");
  return running;
}

async function untilReady(running: RulesProcess): Promise<void> {
  await eventually(async () => {
    const { status, body } = await running.call("GET", "/health/ready");
    expect(status, JSON.stringify(body)).toBe(200);
  }, patienceMs);
}

/** How many alerts each device has in the log. */
async function alertsByDevice(on: On): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { device } of await alertEvents(on)) counts.set(device, (counts.get(device) ?? 0) + 1);
  return counts;
}

/** Until every device has more alerts than it has now: every partition with a device is worked on. */
async function untilAllGoOn(on: On): Promise<void> {
  const before = await alertsByDevice(on);
  await eventually(async () => {
    const now = await alertsByDevice(on);
    for (const [device, count] of before) expect(now.get(device), device).toBeGreaterThan(count);
  }, patienceMs);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("two instances on eight partitions: one killed, one stopped and woken as a zombie; the log says what one pass over it says", async () => {
  const a = await start();
  const b = await start();
  await untilReady(a);
  await untilReady(b);
  const on = { log, topics, partitions, fleet: new Fleet({ log, topics, partitions }) };

  expect((await a.call("POST", "/api/v1/rules", hotRule("hot"))).status).toBe(201);
  const enabled = await a.call("POST", "/api/v1/rules/hot/enable");
  expect(enabled.status).toBe(200);
  for (const rule of derivingRules) await enableRule(a, rule);
  await untilLive(a, "hot");
  await untilLive(b, "hot");
  await sendWaves(on, 0, 5);
  await expectExactlyTheOracle(on, patienceMs);

  // It holds for some of the devices, over the kill and the zombie.
  const window = { id: "some", selector: { ids: ["*1", "*3", "*5"] }, to: "2099-01-01T00:00:00Z" };
  expect((await b.call("POST", "/api/v1/maintenance", window)).status).toBe(201);
  const load = steadyLoad(on, 20);
  await untilAllGoOn(on);
  a.signal("SIGKILL");
  expect(await a.ended()).toEqual([null, "SIGKILL"]);
  const c = await start();
  await untilReady(c);
  await untilAllGoOn(on);

  b.signal("SIGSTOP");
  // What it had sent is in the log.
  await pause(1000);
  // The group gives its partitions away, and their new owner goes on.
  await untilAllGoOn(on);
  const revised = await c.call("PUT", "/api/v1/rules/hot", hotRule("hot", { severity: "warning" }));
  expect(revised.status).toBe(200);
  await untilLive(c, "hot");
  expect((await c.call("DELETE", "/api/v1/maintenance/some")).status).toBe(200);
  b.signal("SIGCONT");
  await Promise.all([pause(3000), untilAllGoOn(on)]);
  await eventually(async () => {
    const { alerts, commands, derived } = await emitted(on);
    expect(alerts.size).toBeGreaterThan(50);
    expect(commands.size).toBeGreaterThan(20);
    expect(derived.size).toBeGreaterThan(50);
    const told = (await alertEvents(on)).map((event) => event.mutedBy.join());
    expect(new Set(told)).toEqual(new Set(["", "maintenance/some"]));
  }, patienceMs);
  await load.stop();
  await expectExactlyTheOracle(on, patienceMs);
  await untilReady(b);
  await untilReady(c);

  b.signal("SIGTERM");
  expect(await b.ended(), b.output.join("\n")).toEqual([0, null]);
});

it("an event has its command within milliseconds", async () => {
  const running = started.at(-1)!;
  await untilReady(running);
  const on = { log, topics, partitions, fleet: new Fleet({ log, topics, partitions, gateway: "gateway-2" }) };
  await untilLive(running, "hot");
  const [toCommand, toReader]: [number[], number[]] = [[], []];
  let seen = Promise.withResolvers<number>();
  let read = Promise.withResolvers<number>();
  const following = await log.follow({
    topics: [topics.commands, topics.telemetry],
    otherwise: "latest",
    onBatch: ({ topic, records }) => {
      if (topic === topics.commands) seen.resolve(performance.now());
      else if (records.some(({ key }) => key !== null)) read.resolve(performance.now());
    },
  });
  for (let round = 0; round < 15; round += 1) {
    seen = Promise.withResolvers<number>();
    read = Promise.withResolvers<number>();
    const began = performance.now();
    await on.fleet.send(`quick-${round}`, [95]);
    toCommand.push((await seen.promise) - began);
    toReader.push((await read.promise) - began);
    await pause(50);
  }
  await following.close();
  for (const times of [toCommand, toReader]) times.sort((a, b) => a - b);
  const shown = (times: readonly number[]) => times.map((time) => time.toFixed(1)).join(" ");
  process.stdout.write(`on Kafka, ms: event to command ${shown(toCommand)}; event to a reader ${shown(toReader)}\n`);
  // Against what the log alone takes on a machine as busy as it is.
  expect(toCommand[7]).toBeLessThan(150 + 10 * toReader[7]!);
});

it("a process of its own refuses the embedded log in one line", async () => {
  const refused = await RulesProcess.start({ HEADWATER_DATA_DIR: join(folder, "alone") });
  expect(await refused.ended()).toEqual([1, null]);
  expect(refused.output).toEqual([expect.stringContaining("HEADWATER_EVENT_LOG=kafka")]);
});
