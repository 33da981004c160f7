import { afterAll, beforeAll, expect, it } from "vitest";
import type { EventLog } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { Fleet } from "../support/fleet.ts";
import { hotRule, untilLive } from "../support/harness.ts";
import { kafkaInstances } from "../support/kafka-instances.ts";
import type { Receiver } from "../support/receiver.ts";
import { expectEachToldInOneGroup, isAllToldInGroups } from "../support/told-in-groups.ts";
import { steadyLoad } from "../support/waves.ts";

const partitions = 4;
const kafka = kafkaInstances("grouped-test", partitions);
const { topics, start } = kafka;
let log: EventLog;
let receiver: Receiver;

beforeAll(async () => {
  ({ log, receiver } = await kafka.open());
});

afterAll(() => kafka.close());

it("groups over the partitions of several instances, one killed, one come later: each is told by one message", async () => {
  let asked = 0;
  receiver.answer = (_request, response) => response.writeHead((asked += 1) % 5 === 0 ? 500 : 204).end();
  const a = await start();
  const b = await start();
  const on = { log, topics, partitions, fleet: new Fleet({ log, topics, partitions }) };
  const action = { webhook: { url: `${receiver.url}/hook` }, on: ["raised", "cleared"] };
  const grouping = { groupBy: ["device"], groupWait: "500ms", groupInterval: "0s" };
  expect(
    (await a.call("POST", "/api/v1/rules", hotRule("hot", { actions: [{ ...action, ...grouping }] }))).status,
  ).toBe(201);
  expect((await a.call("POST", "/api/v1/rules/hot/enable")).status).toBe(200);
  await untilLive(a, "hot");

  const load = steadyLoad(on, 50);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(20), 120_000);
  b.signal("SIGKILL");
  await b.ended();
  const seen = receiver.received.length;
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(seen + 20), 120_000);
  const c = await start();
  await load.stop();
  await eventually(async () => expect(await isAllToldInGroups(on)).toBe(true), 120_000);
  expect(await expectEachToldInOneGroup(on, receiver)).toBeGreaterThan(20);
  a.signal("SIGTERM");
  c.signal("SIGTERM");
  expect(await a.ended()).toEqual([0, null]);
  expect(await c.ended()).toEqual([0, null]);
});
