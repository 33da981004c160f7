import { afterAll, beforeAll, expect, it } from "vitest";
import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { Fleet } from "../support/fleet.ts";
import { hotRule, untilLive } from "../support/harness.ts";
import { kafkaInstances } from "../support/kafka-instances.ts";
import type { Receiver } from "../support/receiver.ts";
import { expectEachToldOnce } from "../support/told.ts";
import { steadyLoad } from "../support/waves.ts";

const partitions = 4;
const kafka = kafkaInstances("actions-test", partitions);
const { topics, start } = kafka;

let receiver: Receiver;
let log: EventLog;

beforeAll(async () => {
  ({ log, receiver } = await kafka.open());
});

afterAll(() => kafka.close());

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
