import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventLogSettings, openEventLog, topicNames, type EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { loadConfig } from "@headwater/service";
import { eventually } from "@headwater/testkit/eventually";
import { Fleet } from "../support/fleet.ts";
import { hotRule, token, untilLive } from "../support/harness.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { RulesProcess } from "../support/rules-process.ts";
import { expectEachToldOnce } from "../support/told.ts";
import { steadyLoad } from "../support/waves.ts";

const partitions = 4;
const prefix = `actions-test-${Date.now().toString(36)}.`;
const topics = topicNames(prefix);

let folder: string;
let log: EventLog;
let receiver: Receiver;
let env: Record<string, string>;
const started: RulesProcess[] = [];

beforeAll(async () => {
  const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
  expect(brokers, "HEADWATER_KAFKA_BROKERS names the Kafka to test against: npm run servers -- start").toBeTruthy();
  folder = await mkdtemp(join(tmpdir(), "headwater-actions-servers-"));
  await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
  env = {
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: brokers!,
    HEADWATER_TOPIC_PREFIX: prefix,
    HEADWATER_PARTITIONS: String(partitions),
    HEADWATER_KAFKA_SESSION_TIMEOUT_MS: "6000",
  };
  log = await openEventLog(loadConfig(eventLogSettings, { env }), { dataDir: folder, clientId: "actions-test" });
  receiver = await startReceiver();
});

afterAll(async () => {
  await Promise.all(started.map((each) => each.clear()));
  await receiver?.close();
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
    HEADWATER_ACTIONS_NETWORKS: "127.0.0.0/8",
    HEADWATER_ACTIONS_RETRY_MS: "50",
    HEADWATER_ACTIONS_MAX_RETRY_MS: "200",
    HEADWATER_ACTIONS_BREAKER_MS: "100",
  });
  started.push(running);
  expect(running.url, running.output.join("\n")).not.toBe("");
  await eventually(async () => {
    const { status, body } = await running.call("GET", "/health/ready");
    expect(status, JSON.stringify(body)).toBe(200);
  }, 120_000);
  return running;
}

it("two instances on Kafka, one killed in the middle: every transition is told, each under one id", async () => {
  let asked = 0;
  receiver.answer = (_request, response) => response.writeHead((asked += 1) % 5 === 0 ? 500 : 204).end();
  const a = await start();
  const b = await start();
  const on = { log, topics, partitions, fleet: new Fleet({ log, topics, partitions }) };
  const rule = hotRule("hot", { actions: [{ webhook: { url: `${receiver.url}/hook` }, on: ["raised", "cleared"] }] });
  expect((await a.call("POST", "/api/v1/rules", rule)).status).toBe(201);
  expect((await a.call("POST", "/api/v1/rules/hot/enable")).status).toBe(200);
  await untilLive(a, "hot");

  const load = steadyLoad(on, 50);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(30), 120_000);
  b.signal("SIGKILL");
  await b.ended();
  const seen = receiver.received.length;
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(seen + 30), 120_000);
  const c = await start();
  await load.stop();
  await eventually(() => expectEachToldOnce(on, receiver), 120_000);
  a.signal("SIGTERM");
  c.signal("SIGTERM");
  expect(await a.ended()).toEqual([0, null]);
  expect(await c.ended()).toEqual([0, null]);
});

it("repeats on Kafka across kill -9: no repetition has two ids, and the device's commands have their numbers", async () => {
  receiver.answer = (_request, response) => response.writeHead(204).end();
  const a = await start();
  const on = { log, topics, partitions, fleet: new Fleet({ log, topics, partitions, gateway: "gateway-2", epoch: 9 }) };
  const rule = hotRule("siren", {
    condition: { metric: "gas", above: 50 },
    actions: [
      { webhook: { url: `${receiver.url}/siren` }, repeat: "1s" },
      { command: { name: "sound", ttl: "30s" }, repeat: "1s" },
    ],
  });
  expect((await a.call("POST", "/api/v1/rules", rule)).status).toBe(201);
  expect((await a.call("POST", "/api/v1/rules/siren/enable")).status).toBe(200);
  await untilLive(a, "siren");
  await on.fleet.send("tank-1", [80], "gas");
  const arrived = () =>
    new Map(receiver.of("/siren").map(({ id, body }) => [id, (body.data.repetition as number | undefined) ?? 0]));
  const until = (count: number): Promise<unknown> =>
    eventually(async () => {
      await on.fleet.mark();
      expect(arrived().size).toBeGreaterThanOrEqual(count);
    }, 120_000);
  await until(3);
  a.signal("SIGKILL");
  await a.ended();
  const before = arrived().size;
  const b = await start();
  await until(before + 3);
  const repetitions = [...arrived().values()];
  expect(repetitions).toEqual([...new Set(repetitions)].toSorted((x, y) => x - y));
  const ids = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const { records } of log.read(topics.commands, partition)) {
      for (const { value } of records) {
        const { commandId, requested } = events.command.decode(value!);
        if (requested?.name === "sound") ids.set(commandId, requested.cause!.repetition);
      }
    }
  }
  expect(ids.size).toBeGreaterThan(3);
  expect(new Set(ids.values()).size).toBe(ids.size);
  b.signal("SIGTERM");
  expect(await b.ended()).toEqual([0, null]);
});
