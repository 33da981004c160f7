import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { brokersFromEnvironment, KafkaGateway, kafkaPartitions } from "../../edge-gateway/test/kafka-gateway.ts";
import type { LedgerAnswer } from "../../ingest-service/src/ledger/ledger.ts";
import { startIngestProcess, type IngestProcess } from "../../ingest-service/test/process.ts";
import { token, untilLive } from "../../rules-service/test/support/harness.ts";
import { startReceiver, type Receiver } from "../../rules-service/test/support/receiver.ts";
import { RulesProcess } from "../../rules-service/test/support/rules-process.ts";
import { isFull, rounds, say } from "./rounds.ts";
import { DutifulDevices } from "./rules/dutiful-devices.ts";
import { Outcome, type Repeat } from "./rules/outcome.ts";
import { RulesGroup } from "./rules/rules-group.ts";
import { derivingRules, expectedOf, idleRules, scriptedRules } from "./rules/rules-under-faults.ts";
import { ScriptedLoad } from "./rules/scripted-load.ts";
import { Told } from "./rules/told.ts";

const deviceCount = isFull ? 4000 : 300;
const ruleCount = isFull ? 300 : 60;
const stepMs = isFull ? 2500 : 700;
/** Of whose episodes a webhook tells. */
const toldCount = isFull ? 240 : 60;
/** Devices that are there, over MQTT; the others only read. */
const presentCount = 20;
const longMs = 240_000;

const idOf = (device: number): string => `device-${String(device).padStart(4, "0")}`;
const devices = Array.from({ length: deviceCount }, (_, device) => idOf(device));
const told = new Set(Array.from({ length: toldCount }, (_, device) => device));

let folder: string;
let gateway: KafkaGateway;
let receiver: Receiver;
let outcome: Outcome;
let hooks: Told;
let group: RulesGroup;
let ingest: IngestProcess;
let load: ScriptedLoad;
const present = new DutifulDevices();
const starting: RulesProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headwater-rules-faults-"));
  await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
  gateway = await KafkaGateway.create(brokersFromEnvironment(), devices.slice(0, presentCount));
  await gateway.start();
  await present.connect(devices.slice(0, presentCount), gateway.frontPort, gateway.token);
  receiver = await startReceiver();
  outcome = await Outcome.follow(gateway.log, gateway.topics);
  hooks = new Told(receiver, kafkaPartitions);
  group = new RulesGroup({ size: 3, partitions: kafkaPartitions, outcome, told: hooks, start: startRules });
  const { log, topics } = gateway;
  load = new ScriptedLoad({ log, topics, partitions: kafkaPartitions }, devices, stepMs, () => group.toldTo);
}, 180_000);

afterAll(async () => {
  await load?.stop();
  present.close();
  await Promise.all(starting.map((each) => each.clear()));
  await ingest?.kill();
  await receiver?.close();
  await outcome?.close();
  await gateway?.close();
  await rm(folder, { recursive: true, force: true });
});

const kafka = (): Record<string, string> => ({
  HEADWATER_EVENT_LOG: "kafka",
  HEADWATER_KAFKA_BROKERS: gateway.brokers,
  HEADWATER_TOPIC_PREFIX: gateway.prefix,
  HEADWATER_PARTITIONS: String(kafkaPartitions),
  // Longer than a busy machine keeps a member waiting: without a fault no partition has another owner.
  HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "10000",
});

async function startRules(instance: number): Promise<RulesProcess> {
  const running = await RulesProcess.start({
    ...kafka(),
    HEADWATER_DATA_DIR: join(folder, `rules-${instance}`),
    HEADWATER_ADMIN_TOKEN_FILE: join(folder, "admin-token"),
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_METRICS_PUBLIC: "true",
    HEADWATER_RULES_CHECKPOINT_MS: "1000",
    HEADWATER_RULES_STALL_MS: "2000",
    HEADWATER_RULES_WRITE_TIMEOUT_MS: "60000",
    HEADWATER_ACTIONS_NETWORKS: "127.0.0.0/8",
    HEADWATER_ACTIONS_RETRY_MS: "100",
    // A receiver that a busy machine slows down is told once.
    HEADWATER_ACTIONS_ATTEMPT_MS: "60000",
  });
  starting.push(running);
  expect(running.url, running.output.join("\n")).not.toBe("");
  return running;
}

/** What befalls whom: each fault in turn, of whichever instance. */
async function fault(round: number, instance: number): Promise<void> {
  await delay(Math.random() * 2 * stepMs);
  if (round % 3 === 1) await group.standStill(instance);
  else if (round % 3 === 2) await group.restart(instance);
  else await group.kill(round % 6 === 3 ? [instance, (instance + 1) % 3] : [instance]);
}

/** Meanwhile somebody gives a rule another name, which changes nothing of what it tells. */
async function rename(rule: object & { readonly id: string }, round: number, over: RulesProcess): Promise<void> {
  await delay(Math.random() * 4 * stepMs);
  const { status, body } = await over.call("PUT", `/api/v1/rules/${rule.id}`, { ...rule, name: `Round ${round}` });
  expect(status, JSON.stringify(body)).toBe(200);
}

/** As sets; names what differs and not all that there is. */
function expectSame(found: ReadonlySet<string>, expected: ReadonlySet<string>): void {
  const missing = [...expected].filter((each) => !found.has(each));
  const unexpected = [...found].filter((each) => !expected.has(each));
  expect([missing.slice(0, 10), unexpected.slice(0, 10)], `${missing.length}, ${unexpected.length}`).toEqual([[], []]);
}

/** Each transition under one id, and none under another. */
async function expectAllTold(): Promise<void> {
  const alerts = [...outcome.alerts.values()].filter(({ rule }) => rule === "told");
  const expected = alerts.flatMap(({ id }) => [`alert.raised ${id} 1`, `alert.cleared ${id} 2`]);
  await eventually(() => expect(hooks.byId.size).toBeGreaterThanOrEqual(expected.length), longMs);
  expectSame(new Set(hooks.byId.values()), new Set(expected));
  expect(hooks.byId.size).toBe(expected.length);
  expect(hooks.faults).toEqual([]);
}

/** The devices that are there have done each of their commands, and no other. */
async function expectAllDone(): Promise<void> {
  const expected = Map.groupBy(outcome.commands, ([, cause]) => cause.split("/")[0]!);
  for (const [device, done] of present.done) {
    const ids = new Set(expected.get(device)!.map(([id]) => id));
    await eventually(() => expect(done.size, device).toBeGreaterThanOrEqual(ids.size), longMs);
    expectSame(done, ids);
  }
}

/** Nothing is missing in the store, and nothing derived is counted twice. */
async function expectStored(derived: number): Promise<void> {
  const stored = load.steps.length * devices.length;
  await eventually(async () => {
    const { totals } = await ingest.request<LedgerAnswer>("/api/v1/ledger");
    expect(totals.derived).toBeGreaterThanOrEqual(derived);
    expect(totals.stored).toBeGreaterThanOrEqual(stored);
  }, longMs);
  const answer = await ingest.request<LedgerAnswer>("/api/v1/ledger?verify=true");
  expect(answer, JSON.stringify(answer.totals)).toMatchObject({
    balanced: true,
    totals: { derived, stored },
    verified: { mismatched: 0 },
  });
}

function expectRepeatsWithinFaults(): void {
  const isWithin = ({ appendTime }: Repeat): boolean =>
    // Kafka's time of an append ends at the millisecond, and what is told at once lands one after the other.
    group.windows.some(({ from, to }) => appendTime >= from - 1000 && appendTime <= to + 2_000_000);
  const outside = [...outcome.repeats, ...hooks.repeats].filter((repeat) => !isWithin(repeat));
  expect(outside.slice(0, 10), `${outside.length} of ${outcome.repeats.length}`).toEqual([]);
}

it(
  `${ruleCount} rules on ${deviceCount} devices, three instances, a fault ${rounds} times: all is told as without it`,
  async () => {
    const scripted = scriptedRules(`${receiver.url}/told`, told, idOf);
    const rules = [...scripted.map(({ rule }) => rule), ...derivingRules];
    await group.start();
    const entries = [...rules, ...idleRules(ruleCount - rules.length)].map((rule) => ({ state: "live", rule }));
    const first = group.member(0);
    const imported = await first.call("POST", "/api/v1/rules/import", entries);
    expect(imported.status, JSON.stringify(imported.body)).toBe(200);
    for (const { rule } of entries) await untilLive(first, rule.id);
    ingest = await startIngestProcess({ ...kafka(), HEADWATER_TIME_SERIES: "embedded" });

    load.start();
    for (let round = 0; round < rounds; round += 1) {
      const instance = Math.floor(Math.random() * 3);
      const renamed = rename(scripted[round % scripted.length]!.rule, round, group.member((instance + 2) % 3));
      await Promise.all([fault(round, instance), renamed]);
    }
    await load.stop();

    const expected = expectedOf(load, scripted);
    await eventually(() => {
      expect(outcome.derived.size).toBeGreaterThanOrEqual(expected.derived.size);
      expect(outcome.commands.size).toBeGreaterThanOrEqual(expected.commands.size);
      const ended = [...outcome.alerts.values()].filter(({ clearedAt }) => clearedAt !== undefined);
      expect(ended.length).toBeGreaterThanOrEqual(expected.episodes.size);
    }, longMs);
    expectSame(outcome.episodes(), expected.episodes);
    expect(outcome.alerts.size).toBe(expected.episodes.size);
    expectSame(new Set(outcome.commands.values()), expected.commands);
    expect(outcome.commands.size).toBe(expected.commands.size);
    expectSame(outcome.derived, expected.derived);
    expect(outcome.faults).toEqual([]);
    await expectAllTold();
    await expectAllDone();
    await expectStored(expected.derived.size);
    expectRepeatsWithinFaults();
    say(
      `rules under ${rounds} faults: ${expected.episodes.size} episodes, ${expected.commands.size} commands, ` +
        `${hooks.byId.size} webhooks and ${expected.derived.size} derived readings as without them; repeated ` +
        `${outcome.repeats.length} events and ${hooks.repeats.length} webhooks`,
    );
  },
  rounds * 180_000 + 600_000,
);
