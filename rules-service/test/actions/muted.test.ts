import { expect, it } from "vitest";
import { events, telemetryHeaders } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { enableRule, hotRule } from "../support/harness.ts";
import { stage } from "../support/stage.ts";

const here = stage();

/** What the receiver was told, in order. */
function told(): { type: string; device: string; value: unknown; transition: number }[] {
  return here.receiver.received.map(({ body: { type, data } }) => {
    const { device, value } = data.alert;
    return { type, device, value, transition: data.transition };
  });
}

it("webhooks are silent while an alert is snoozed, and tell once what is open then", async () => {
  const actions = [{ webhook: { url: `${here.receiver.url}/hook` }, on: ["raised", "cleared"] }];
  await enableRule(here.rules, hotRule("hot", { actions }));
  await here.on.fleet.send("boiler-1", [95]);
  await eventually(() => expect(told()).toHaveLength(1));
  const [{ id }] = (await here.rules.call("GET", "/api/v1/alerts")).body.items;
  await here.rules.call("POST", `/api/v1/alerts/${id}/snooze`, { for: "1h" });
  await eventually(async () => {
    expect((await here.rules.call("GET", `/api/v1/alerts/${id}`)).body.mutedBy).toEqual(["snooze"]);
  });
  // Whoever was told of the beginning is told of the end; the next beginning is held back.
  await here.on.fleet.send("boiler-1", [70, 96]);
  await eventually(() => expect(told().map(({ type }) => type)).toEqual(["alert.raised", "alert.cleared"]));
  // What has no outcome on record yet would be sent again.
  await eventually(async () => {
    const { items } = (await here.rules.call("GET", `/api/v1/alerts/${id}/actions`)).body;
    expect(items).toMatchObject([{ state: "succeeded" }, { state: "succeeded" }]);
  });
  await here.restart();
  const open = await eventually(async () => {
    const { items } = (await here.rules.call("GET", "/api/v1/alerts?state=open")).body;
    expect(items).toMatchObject([{ mutedBy: ["snooze"] }]);
    return items[0].id as string;
  });
  // One that is told after it, so that what is not told before never is.
  await here.on.fleet.send("boiler-2", [97]);
  await eventually(() => expect(told()).toHaveLength(3));
  expect((await here.rules.call("GET", `/api/v1/alerts/${open}/actions`)).body.items).toEqual([]);
  await here.rules.call("POST", `/api/v1/alerts/${open}/unsnooze`);
  await eventually(() => expect(told()).toHaveLength(4));
  expect(told().slice(2)).toEqual([
    { type: "alert.raised", device: "boiler-2", value: 97, transition: 1 },
    // The first transition was held back.
    { type: "alert.raised", device: "boiler-1", value: 96, transition: 2 },
  ]);
  await here.on.fleet.send("boiler-1", [70]);
  await eventually(() => expect(told()).toHaveLength(5));
  expect(new Set(here.receiver.received.map(({ id }) => id)).size).toBe(5);
});

it("webhooks and answers show a text as the value that it is", async () => {
  const condition = { metric: "door", equals: "open" };
  await enableRule(
    here.rules,
    hotRule("door", { condition, actions: [{ webhook: { url: `${here.receiver.url}/hook` } }] }),
  );
  const [at] = await here.on.fleet.send("lift-1", [0]);
  const value = events.telemetry.encode({
    ...{ gateway: "gateway-2", epoch: 1, n: 1, receivedAt: at! + 1, device: "lift-1", eventTime: at! + 1 },
    readings: [{ metric: "door", text: "open" }],
  });
  await here.on.fleet.append([{ key: "lift-1", value, headers: telemetryHeaders.event }]);
  await eventually(() => expect(told()).toMatchObject([{ type: "alert.raised", value: "open" }]));
  const [alert] = (await here.rules.call("GET", "/api/v1/alerts")).body.items;
  expect(alert).toMatchObject({ metric: "door", value: "open" });
  const path = `/api/v1/alerts/${alert.id}`;
  expect((await here.rules.call("GET", `${path}/history`)).body.items).toMatchObject([
    { kind: "raised", value: "open" },
  ]);
  const why = (await here.rules.call("GET", `${path}/why`)).body;
  expect(why.transitions).toMatchObject([{ value: "open", evidence: [{ value: "open" }] }]);
  expect(why.text).toContain('raised as critical: door was "open".');
});
