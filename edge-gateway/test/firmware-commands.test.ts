import { eventually } from "@headwater/testkit/eventually";
import { afterEach, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

const kinds = ["requested", "claimed", "delivered", "succeeded", "failed", "rejected"] as const;

/** What became of a command, in its order. */
async function story(commandId: string): Promise<string[]> {
  return (await gateway.commands())
    .filter((event) => event.commandId === commandId)
    .map((event) => kinds.filter((kind) => event[kind] !== null && event[kind] !== undefined).join());
}

async function outcome(commandId: string): Promise<{ kind: string; result: unknown }> {
  const event = await eventually(
    async () =>
      (await gateway.commands()).find(
        (all) => all.commandId === commandId && (all.succeeded ?? all.failed ?? all.rejected),
      ),
    (found) => found !== undefined,
  );
  const kind = kinds.find((name) => event![name] !== null && event![name] !== undefined)!;
  const { result } = event![kind] as { result: string };
  return { kind, result: result === "" ? undefined : JSON.parse(result) };
}

async function start(profile: object, id: string, filters: readonly string[], qos: 0 | 1): Promise<RawDevice> {
  gateway = await GatewayUnderTest.start({
    HEADWATER_ROUTES: JSON.stringify([profile]),
    HEADWATER_COMMANDS_IN_FLIGHT: "4",
  });
  const device = await RawDevice.connect(gateway.app.mqttPort, {
    ...{ clientId: "c", username: id, password: await gateway.register(id) },
  });
  for (const [index, topic] of filters.entries())
    device.send({ cmd: "subscribe", messageId: 100 + index, subscriptions: [{ topic, qos }] } as never);
  await device.until("suback", filters.length);
  return device;
}

async function told(device: RawDevice, count: number): Promise<{ topic: string; payload: string }> {
  const packet = (await device.until("publish", count)) as {
    topic: string;
    payload: Buffer;
    qos: number;
    messageId?: number;
  };
  if (packet.qos === 1) device.send({ cmd: "puback", messageId: packet.messageId! });
  return { topic: packet.topic, payload: packet.payload.toString() };
}

describe("a command to a Tasmota", () => {
  it("is cmnd/{device}/{name} with the parameter as plain text, and its RESULT is the reply and a reading", async () => {
    const device = await start({ profile: "tasmota" }, "plug", ["cmnd/plug/#", "cmnd/tasmotas/#"], 0);
    await gateway.requestCommand("plug", "c1", { name: "Power1", params: '"ON"' });
    expect(await told(device, 1)).toEqual({ topic: "cmnd/plug/Power1", payload: "ON" });
    device.publish("tele/plug/STATE", '{"POWER":"OFF"}', { messageId: 1 });
    device.publish("stat/plug/RESULT", '{"POWER":"ON"}', { messageId: 2 });
    device.publish("stat/plug/POWER", "ON", { messageId: 3 });
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: { POWER: "ON" } });
    // Its subscription is of QoS 0: there is no acknowledgement.
    expect(await story("c1")).toEqual(["requested", "claimed", "succeeded"]);
    const states = (await gateway.events()).map(({ readings }) => readings[0]!.boolean);
    expect(states).toEqual([false, true]);
  });

  it.each([
    ["Status", "10", "10", "STATUS10", '{"StatusSNS":{"A":1}}', "succeeded"],
    ["TelePeriod", "", "", "RESULT", '{"TelePeriod":300}', "succeeded"],
    ["Backup", '{"a":1}', '{"a":1}', "RESULT", '{"Command":"Unknown"}', "rejected"],
    ["Dimmer", "400", "400", "RESULT", '{"Command":"Error"}', "failed"],
    // SetOption4: under the name of the command.
    ["POWER", "true", "true", "POWER", '{"POWER":"ON"}', "succeeded"],
  ])("%s %s", async (name, params, payload, topic, answer, kind) => {
    const device = await start({ profile: "tasmota" }, "plug", ["cmnd/plug/#"], 0);
    await gateway.requestCommand("plug", "c1", { name, params });
    expect(await told(device, 1)).toEqual({ topic: `cmnd/plug/${name}`, payload });
    device.publish(`stat/plug/${topic}`, answer);
    expect(await outcome("c1")).toEqual({ kind, result: JSON.parse(answer) as unknown });
  });

  it("that can be none is rejected; the answers to several are told apart by their names and order", async () => {
    const device = await start({ profile: "tasmota" }, "plug", ["cmnd/plug/#"], 0);
    await gateway.requestCommand("plug", "wrong", { name: "a/#" });
    expect((await outcome("wrong")).kind).toBe("rejected");
    for (const [id, name] of [
      ["one", "Power"],
      ["two", "Dimmer"],
      ["three", "Power"],
    ] as const)
      await gateway.requestCommand("plug", id, { name });
    await device.until("publish", 3);
    device.publish("stat/plug/RESULT", '{"Dimmer":4}', { messageId: 1 });
    device.publish("stat/plug/RESULT", '{"POWER":"ON"}', { messageId: 2 });
    device.publish("stat/plug/RESULT", '{"POWER":"OFF"}', { messageId: 3 });
    expect(await Promise.all(["one", "two", "three"].map(async (id) => (await outcome(id)).result))).toEqual([
      { POWER: "ON" },
      { Dimmer: 4 },
      { POWER: "OFF" },
    ]);
  });

  it("may have parameters and answers of any kind, and ends nothing by them", async () => {
    const device = await start({ profile: "tasmota" }, "plug", ["cmnd/plug/#"], 0);
    await gateway.requestCommand("plug", "c1", { name: "Power", params: "no {JSON" });
    expect(await told(device, 1)).toEqual({ topic: "cmnd/plug/Power", payload: "no {JSON" });
    const deep = `{"POWER":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    for (const [index, payload] of [deep, '{"POWER":', "\u0001", `{"POWER":"${"x".repeat(100_000)}"}`].entries())
      device.publish("stat/plug/RESULT", payload, { messageId: index + 1 });
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: undefined });
    expect(device.isClosed).toBe(false);
  });

  it("reaches it below the prefix of the configuration", async () => {
    const profile = { profile: "tasmota", prefix: "{site}", device: "{site}:{device}" };
    const device = await start(profile, "north:plug", ["north/cmnd/plug/#"], 1);
    await gateway.requestCommand("north:plug", "c1", { name: "Power" });
    expect((await told(device, 1)).topic).toBe("north/cmnd/plug/Power");
    device.publish("north/stat/plug/RESULT", '{"POWER":"ON"}');
    expect((await outcome("c1")).kind).toBe("succeeded");
    expect(await story("c1")).toEqual(["requested", "claimed", "delivered", "succeeded"]);
  });
});

describe("a command to a Shelly of generation 2", () => {
  const id = "shellyplus1-a8032abe54dc";

  it("is a call over JSON RPC, and the answer to headwater/rpc is the reply", async () => {
    const device = await start({ profile: "shelly" }, id, [`${id}/rpc`], 1);
    await gateway.requestCommand(id, "c1", { name: "Switch.Set", params: '{"id":0,"on":true}' });
    const { topic, payload } = await told(device, 1);
    const call = JSON.parse(payload) as { id: number };
    expect([topic, call]).toEqual([
      `${id}/rpc`,
      { id: expect.any(Number), src: "headwater", method: "Switch.Set", params: { id: 0, on: true } },
    ]);
    const frame = (more: object) => JSON.stringify({ src: id, dst: "headwater", ...more });
    device.publish("headwater/rpc", frame({ id: call.id + 1, result: {} }), { messageId: 1 });
    device.publish("other/rpc", frame({ id: call.id, result: {} }), { messageId: 2 });
    device.publish("headwater/rpc", frame({ id: call.id, result: { was_on: false } }), { messageId: 3 });
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: { was_on: false } });

    await gateway.requestCommand(id, "c2", { name: "Foo" });
    const second = JSON.parse((await told(device, 2)).payload) as { id: number };
    const error = { code: 404, message: "No handler for Foo" };
    device.publish("headwater/rpc", frame({ id: second.id, error }), { messageId: 4 });
    expect(await outcome("c2")).toEqual({ kind: "failed", result: error });
  });

  it("is answered by nobody else", async () => {
    const device = await start({ profile: "shelly" }, id, [`${id}/rpc`], 1);
    const other = await RawDevice.connect(gateway.app.mqttPort, {
      ...{ clientId: "o", username: "other", password: await gateway.register("other") },
    });
    await gateway.requestCommand(id, "c1", { name: "Switch.Toggle" });
    const call = JSON.parse((await told(device, 1)).payload) as { id: number };
    other.publish("headwater/rpc", JSON.stringify({ id: call.id, src: id, result: { forged: true } }));
    await other.until("puback");
    device.publish("headwater/rpc", JSON.stringify({ id: call.id, src: id, result: { forged: false } }));
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: { forged: false } });
    other.cut();
  });
});

describe("a command to a Shelly of generation 1", () => {
  const id = "shelly1-AABBCC";
  const filters = [`shellies/${id}/command`, `shellies/${id}/relay/0/command`, `shellies/${id}/roller/0/command/pos`];

  it.each([
    ["relay/0", '"on"', "relay/0/command", "on", "relay/0", "on"],
    ["roller/0/command/pos", "40", "roller/0/command/pos", "40", "roller/0/pos", "40"],
  ])("%s %s", async (name, params, topic, payload, state, value) => {
    const device = await start({ profile: "shelly" }, id, filters, 0);
    await gateway.requestCommand(id, "c1", { name, params });
    expect(await told(device, 1)).toEqual({ topic: `shellies/${id}/${topic}`, payload });
    // What it reports every half minute is not the state that was asked for.
    device.publish(`shellies/${id}/relay/0`, "off", { messageId: 1 });
    device.publish(`shellies/${id}/${state}`, value, { messageId: 2 });
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: value });
  });
});

describe("a command to zigbee2mqtt", () => {
  it.each([
    ["lamp/set", '{"state":"ON"}', "lamp", '{"state":"ON","brightness":254}', "succeeded"],
    ["attic/lamp/set/brightness", "100", "attic/lamp", '{"brightness":100}', "succeeded"],
    [
      "bridge/request/permit_join",
      '{"time":60}',
      "bridge/response/permit_join",
      '{"status":"ok","data":{}}',
      "succeeded",
    ],
    [
      "bridge/request/device/remove",
      '"x"',
      "bridge/response/device/remove",
      '{"status":"error","error":"x"}',
      "failed",
    ],
  ])("%s", async (name, params, answer, payload, kind) => {
    const bridge = await start({ profile: "zigbee2mqtt" }, "zigbee2mqtt", ["zigbee2mqtt/#"], 0);
    await gateway.requestCommand("zigbee2mqtt", "wrong", { name: "lamp" });
    expect((await outcome("wrong")).kind).toBe("rejected");
    await gateway.requestCommand("zigbee2mqtt", "c1", { name, params });
    const plain = params === '"x"' ? "x" : params;
    expect(await told(bridge, 1)).toEqual({ topic: `zigbee2mqtt/${name}`, payload: plain });
    bridge.publish("zigbee2mqtt/other", '{"state":"OFF"}', { messageId: 1 });
    bridge.publish(`zigbee2mqtt/${answer}`, payload, { messageId: 2 });
    expect(await outcome("c1")).toEqual({ kind, result: JSON.parse(payload) as unknown });
  });
});

describe("a command to a device on ThingsBoard's topics", () => {
  it("is a call of the server, and its response is the reply", async () => {
    const device = await start({ profile: "tasmota" }, "tb", ["v1/devices/me/rpc/request/+"], 1);
    await gateway.requestCommand("tb", "c1", { name: "setValue", params: "true" });
    const { topic, payload } = await told(device, 1);
    const n = /^v1\/devices\/me\/rpc\/request\/(\d+)$/.exec(topic)![1]!;
    expect(JSON.parse(payload)).toEqual({ method: "setValue", params: true });
    device.publish(`v1/devices/me/rpc/response/${n}`, '{"on":true}');
    expect(await outcome("c1")).toEqual({ kind: "succeeded", result: { on: true } });
    expect(await gateway.quarantined()).toEqual([]);
  });

  it("comes on Headwater's own topic where the device listens there, too", async () => {
    const device = await start(
      { profile: "tasmota" },
      "tb",
      ["v1/devices/me/rpc/request/+", "devices/tb/commands/+", "cmnd/tb/#"],
      1,
    );
    await gateway.requestCommand("tb", "c1", { name: "x" });
    expect((await told(device, 1)).topic).toBe("devices/tb/commands/c1");
  });
});
