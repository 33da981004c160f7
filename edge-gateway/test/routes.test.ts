import sparkplugPayload from "sparkplug-payload";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const tahu = sparkplugPayload.get("spBv1.0")!;
type Payload = Parameters<typeof tahu.encodePayload>[0];
const encode = (payload: Payload) => Buffer.from(tahu.encodePayload(payload));

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

const routes = JSON.stringify([
  { topic: "{site}/{name}/telemetry", decoder: "json", device: "{site}:{name}" },
  { topic: "any/{device}", decoder: "json" },
  { profile: "shelly", prefix: "home" },
]);

describe("routes by configuration", () => {
  it("a device sends where the route makes it its own; elsewhere its connection is closed", async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_ROUTES: routes });
    const device = await gateway.connectDevice("north:boiler");
    await device.publishAsync("north/boiler/telemetry", '{"a":1}', { qos: 1 });
    expect(await gateway.events()).toMatchObject([{ device: "north:boiler", readings: [{ metric: "a", number: 1 }] }]);
    const closed = new Promise<void>((resolve) => device.once("close", () => resolve()));
    device.publish("south/boiler/telemetry", '{"a":2}', { qos: 1 });
    await closed;
    expect(await gateway.events()).toHaveLength(1);
  });

  it("anonymous clients send for every device that can be; a topic whose id would be too long is set aside", async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_ROUTES: routes, HEADWATER_MQTT_ANONYMOUS: "true" });
    const client = await gateway.connect();
    await client.publishAsync("any/pump", '{"a":1}', { qos: 1 });
    await client.publishAsync("any/ pump", '{"a":2}', { qos: 1 });
    await client.publishAsync(`any/${"x".repeat(200)}`, '{"a":3}', { qos: 1 });
    expect((await gateway.events()).map(({ device }) => device).toSorted()).toEqual(["%20pump", "pump"]);
    const reasons = (await gateway.quarantined()).map(({ reason, device }) => [device, reason]);
    expect(reasons).toEqual([["", expect.stringContaining("at most 128")]]);
  });

  it("a message may be presence alone, or nothing to keep; it is acknowledged once either way", async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_ROUTES: routes, HEADWATER_MQTT_ANONYMOUS: "true" });
    const raw = await RawDevice.connect(gateway.app.mqttPort, { clientId: "shelly" });
    raw.publish("home/shellies/plug/online", "true", { messageId: 1 });
    raw.publish("home/shellies/plug/relay/0/command", "on", { messageId: 2 });
    raw.publish("home/shellies/plug/online", "false", { messageId: 3, qos: 2 });
    raw.publish("home/shellies/plug/relay/0", "on", { messageId: 4 });
    await raw.until("puback", 3);
    await raw.until("pubrec");
    expect(await gateway.presence()).toMatchObject([
      { device: "plug", session: "shelly", connected: {} },
      { device: "plug", session: "shelly", disconnected: { reason: "last-will" } },
    ]);
    expect(await gateway.metric("headwater_gateway_ignored_total", "command-or-announcement")).toBe(1);
    expect(await gateway.events()).toHaveLength(1);
    expect(await gateway.quarantined()).toEqual([]);
    // A second acknowledgement would come with a later group commit.
    raw.publish("home/shellies/plug/relay/0", "off", { messageId: 5 });
    await raw.until("puback", 4);
    expect([raw.count("puback"), raw.count("pubrec")]).toEqual([4, 1]);
    raw.cut();
  });

  it("an entry says where the time is and what words stand for", async () => {
    const entry = {
      ...{ topic: "track/{device}", decoder: "json", time: { field: "tst", unit: "s" } },
      ...{ map: { ON: true, none: null }, flatten: true, numbersInText: true },
    };
    gateway = await GatewayUnderTest.start({ HEADWATER_ROUTES: JSON.stringify([entry]) });
    const device = await gateway.connectDevice("phone");
    const tst = Math.floor(Date.now() / 1000) - 60;
    const payload = JSON.stringify({ tst, relay: { on: "ON", last: "none" }, batt: "74" });
    await device.publishAsync("track/phone", payload, { qos: 1 });
    const [event] = await gateway.events();
    expect(event).toMatchObject({ device: "phone", eventTime: tst * 1_000_000 });
    expect(event!.readings).toMatchObject([
      { metric: "relay.on", boolean: true },
      { metric: "batt", number: 74 },
    ]);
  });

  it("an entry that cannot be ends the start with its number and what is wrong", async () => {
    gateway = await GatewayUnderTest.start();
    const broken = GatewayUnderTest.start({
      HEADWATER_ROUTES: '[{"profile":"tasmota"},{"topic":"a/b","decoder":"json"}]',
    });
    await expect(broken).rejects.toThrow("routes[1]: nothing says the device");
  });
});

describe("a Sparkplug edge node that logs in as a device", () => {
  const timestamp = Date.now();
  const bdSeq = { name: "bdSeq", type: "UInt64", value: 3 } as const;
  const birth = encode({
    timestamp,
    seq: 0,
    metrics: [bdSeq, { name: "Temperature", type: "Double", value: 21.5, alias: 2 }],
  });
  const data = (seq: number, value: number) =>
    encode({ timestamp, seq, metrics: [{ name: "Temperature", type: "Double", value, alias: 2 }] });

  it("is asked for its birth, heard, and seen to die by its last will", async () => {
    gateway = await GatewayUnderTest.start();
    const will = {
      topic: "spBv1.0/plant/NDEATH/line1",
      payload: encode({ timestamp, metrics: [bdSeq] }),
      qos: 1 as const,
    };
    const node = await gateway.connectDevice("plant:line1", { will: { ...will, retain: false } });
    const asked: string[] = [];
    node.on("message", (topic, payload) => {
      const [metric] = tahu.decodePayload(payload).metrics!;
      asked.push(`${topic} ${metric!.name} ${String(metric!.value)}`);
    });
    await node.subscribeAsync({ "spBv1.0/plant/NCMD/line1": { qos: 0 }, "spBv1.0/plant/DCMD/line1/#": { qos: 0 } });

    await node.publishAsync("spBv1.0/plant/NDATA/line1", data(7, 20), { qos: 1 });
    await eventually(
      () => asked.length,
      (count) => count > 0,
    );
    expect(asked).toEqual(["spBv1.0/plant/NCMD/line1 Node Control/Rebirth true"]);

    await node.publishAsync("spBv1.0/plant/NBIRTH/line1", birth, { qos: 1 });
    await node.publishAsync(
      "spBv1.0/plant/DBIRTH/line1/motor",
      encode({ timestamp, seq: 1, metrics: [{ name: "Speed", type: "Float", value: 1.5 }] }),
      { qos: 1 },
    );
    // Two and three are lost.
    await node.publishAsync("spBv1.0/plant/NDATA/line1", data(4, 22), { qos: 2 });
    const events = (await gateway.events()).map(({ device, readings }) => [
      device,
      readings[0]!.metric,
      readings[0]!.number,
    ]);
    expect(events.toSorted()).toEqual([
      ["plant:line1", "Temperature", 20],
      ["plant:line1", "Temperature", 21.5],
      ["plant:line1", "Temperature", 22],
      ["plant:line1:motor", "Speed", 1.5],
    ]);
    expect(await gateway.metric("headwater_gateway_lost_before_total")).toBe(2);
    // The second request would come too soon after the first.
    expect(await gateway.metric("headwater_gateway_asked_back_total")).toBe(1);

    node.stream.destroy();
    const reports = await eventually(
      async () => (await gateway.presence()).filter(({ session }) => session.startsWith("sparkplug:")),
      (all) => all.length === 4,
    );
    expect(reports.map(({ device, disconnected }) => [device, disconnected?.reason ?? "alive"]).toSorted()).toEqual([
      ["plant:line1", "alive"],
      ["plant:line1", "death"],
      ["plant:line1:motor", "alive"],
      ["plant:line1:motor", "death"],
    ]);
  });

  it.each(["spBv1.0/plant/NDATA/line2", "spBv1.0/other/NDATA/line1", "spBv1.0/plant/DDATA/line2/motor"])(
    "may not speak on %s",
    async (topic) => {
      gateway = await GatewayUnderTest.start();
      const node = await gateway.connectDevice("plant:line1");
      const closed = new Promise<void>((resolve) => node.once("close", () => resolve()));
      node.publish(topic, data(1, 1), { qos: 1 });
      await closed;
      expect([await gateway.events(), await gateway.quarantined()]).toEqual([[], []]);
    },
  );

  it("may not listen to what others are told", async () => {
    gateway = await GatewayUnderTest.start();
    const node = await gateway.connectDevice("plant:line1");
    for (const filter of ["spBv1.0/plant/NCMD/line2", "spBv1.0/plant/NCMD/+", "spBv1.0/#"])
      await expect(node.subscribeAsync(filter)).rejects.toThrow();
  });
});
