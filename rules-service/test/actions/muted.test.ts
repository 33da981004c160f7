import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { events, telemetryHeaders } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { createService, enableRule, hotRule, platform, quickConfig } from "../support/harness.ts";
import type { Platform, Service } from "../support/harness.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";

let on: Platform;
let rules: Service;
let receiver: Receiver;

beforeEach(async () => {
  on = await platform();
  receiver = await startReceiver();
  await start();
});

afterEach(async () => {
  await rules.stop();
  await receiver.close();
  await on.close();
});

async function start(): Promise<void> {
  const quick = { networks: ["127.0.0.0/8"], retryMs: 20, maxRetryMs: 40, attemptMs: 60_000 };
  rules = await createService(on, quickConfig, silentLogger, quick);
  await rules.app.start();
}

/** What the receiver was told, in order. */
function told(): { type: string; device: string; value: unknown; transition: number }[] {
  return receiver.received.map(({ body: { type, data } }) => {
    const { device, value } = data.alert;
    return { type, device, value, transition: data.transition };
  });
}

it("webhooks are silent while an alert is snoozed, and tell once what is open then", async () => {
  const actions = [{ webhook: { url: `${receiver.url}/hook` }, on: ["raised", "cleared"] }];
  await enableRule(rules, hotRule("hot", { actions }));
  await on.fleet.send("boiler-1", [95]);
  await eventually(() => expect(told()).toHaveLength(1));
  const [{ id }] = (await rules.call("GET", "/api/v1/alerts")).body.items;
  await rules.call("POST", `/api/v1/alerts/${id}/snooze`, { for: "1h" });
  await eventually(async () => {
    expect((await rules.call("GET", `/api/v1/alerts/${id}`)).body.mutedBy).toEqual(["snooze"]);
  });
  // Whoever was told of the beginning is told of the end; the next beginning is held back.
  await on.fleet.send("boiler-1", [70, 96]);
  await eventually(() => expect(told().map(({ type }) => type)).toEqual(["alert.raised", "alert.cleared"]));
  await rules.stop();
  await start();
  const open = await eventually(async () => {
    const { items } = (await rules.call("GET", "/api/v1/alerts?state=open")).body;
    expect(items).toMatchObject([{ mutedBy: ["snooze"] }]);
    return items[0].id as string;
  });
  // One that is told after it, so that what is not told before never is.
  await on.fleet.send("boiler-2", [97]);
  await eventually(() => expect(told()).toHaveLength(3));
  expect((await rules.call("GET", `/api/v1/alerts/${open}/actions`)).body.items).toEqual([]);
  await rules.call("POST", `/api/v1/alerts/${open}/unsnooze`);
  await eventually(() => expect(told()).toHaveLength(4));
  expect(told().slice(2)).toEqual([
    { type: "alert.raised", device: "boiler-2", value: 97, transition: 1 },
    // The first transition was held back.
    { type: "alert.raised", device: "boiler-1", value: 96, transition: 2 },
  ]);
  await on.fleet.send("boiler-1", [70]);
  await eventually(() => expect(told()).toHaveLength(5));
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(5);
});

it("webhooks and answers show a text as the value that it is", async () => {
  const condition = { metric: "door", equals: "open" };
  await enableRule(rules, hotRule("door", { condition, actions: [{ webhook: { url: `${receiver.url}/hook` } }] }));
  const [at] = await on.fleet.send("lift-1", [0]);
  const value = events.telemetry.encode({
    ...{ gateway: "gateway-2", epoch: 1, n: 1, receivedAt: at! + 1, device: "lift-1", eventTime: at! + 1 },
    readings: [{ metric: "door", text: "open" }],
  });
  await on.fleet.append([{ key: "lift-1", value, headers: telemetryHeaders.event }]);
  await eventually(() => expect(told()).toMatchObject([{ type: "alert.raised", value: "open" }]));
  const [alert] = (await rules.call("GET", "/api/v1/alerts")).body.items;
  expect(alert).toMatchObject({ metric: "door", value: "open" });
  const path = `/api/v1/alerts/${alert.id}`;
  expect((await rules.call("GET", `${path}/history`)).body.items).toMatchObject([{ kind: "raised", value: "open" }]);
  const why = (await rules.call("GET", `${path}/why`)).body;
  expect(why.transitions).toMatchObject([{ value: "open", evidence: [{ value: "open" }] }]);
  expect(why.text).toContain('raised as critical: door was "open".');
});
