import { LogUnavailableError } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { sleep } from "@headwater/core";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { DeviceLog } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const commands = "devices/d/commands/+";

describe("a session that outlives its connection", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  afterEach(() => gateway.stop());

  const start = async (env: Record<string, string> = {}) => {
    gateway = await GatewayUnderTest.start(env);
    token = await gateway.register("d");
  };
  const connect = (clean = false, clientId = "c") =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId, clean });
  const subscribe = async (device: RawDevice, topic = commands) => {
    const before = device.count("suback");
    device.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 1 }] } as never);
    await device.until("suback", before + 1);
  };
  const isPresent = (device: RawDevice): boolean =>
    (device.heard[0] as unknown as { sessionPresent: boolean }).sessionPresent;

  it("is present after a restart, and its commands come without another SUBSCRIBE", async () => {
    await start();
    let device = await connect();
    expect(isPresent(device)).toBe(false);
    await subscribe(device);
    await subscribe(device, "devices/d/telemetry");
    device.cut();
    await gateway.restart();
    device = await connect();
    expect(isPresent(device)).toBe(true);
    await gateway.requestCommand("d", "c-1", { name: "shut" });
    expect(await device.until("publish")).toMatchObject({ topic: "devices/d/commands/c-1", qos: 1 });
    device.publish("devices/d/telemetry", '{"a":1}', { messageId: 3 });
    await device.until("publish", 2);
  });

  it("hears what it has not acknowledged again, with DUP, and what it never heard without (3.3.1.1)", async () => {
    await start();
    const other = await connect(true, "other");
    let device = await connect();
    device.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/d/x", qos: 2 }] } as never);
    await device.until("suback");
    other.publish("devices/d/x", "one", { qos: 1, messageId: 1 });
    other.publish("devices/d/x", "two", { qos: 2, messageId: 2 });
    other.send({ cmd: "pubrel", messageId: 2 } as never);
    await device.until("publish", 2);
    device.cut();
    await device.closed;
    await other.until("puback");
    // From then on a message waits for the session.
    await eventually(
      () => gateway.metric("headwater_gateway_connections"),
      (connections) => connections === 1,
    );
    other.publish("devices/d/x", "three", { qos: 1, messageId: 3 });
    await other.until("puback", 2);
    device = await connect();
    await device.until("publish", 3);
    const heard = device.heard.filter(({ cmd }) => cmd === "publish") as unknown as { payload: Buffer; dup: boolean }[];
    expect(heard.map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ["one", true],
      ["two", true],
      ["three", false],
    ]);
  });

  it("a publisher's DUP is not passed on to subscribers (3.3.1.1)", async () => {
    await start();
    const other = await connect(true, "other");
    const device = await connect();
    await subscribe(device, "devices/d/x");
    other.publish("devices/d/x", "one", { qos: 1, messageId: 1, dup: true });
    expect(await device.until("publish")).toMatchObject({ qos: 1, dup: false });
  });

  it("is present with nothing but a QoS 2 message that waits for its PUBREL, after a restart too", async () => {
    await start();
    let device = await connect();
    device.publish("devices/d/telemetry", '{"a":1}', { qos: 2, messageId: 5 });
    await device.until("pubrec");
    device.cut();
    device = await connect();
    expect(isPresent(device)).toBe(true);
    device.cut();
    await gateway.restart();
    device = await connect();
    expect(isPresent(device)).toBe(true);
    device.publish("devices/d/telemetry", '{"a":1}', { qos: 2, messageId: 5, dup: true });
    await device.until("pubrec");
    device.send({ cmd: "pubrel", messageId: 5 });
    await device.until("pubcomp");
    expect(await gateway.events()).toHaveLength(1);
  });

  it("is present although there is nothing in it, until it begins anew as a clean one", async () => {
    await start();
    expect(isPresent(await connect())).toBe(false);
    const device = await connect();
    expect(isPresent(device)).toBe(true);
    await subscribe(device);
    device.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [commands] } as never);
    await device.until("unsuback");
    expect(isPresent(await connect())).toBe(true);
    expect(isPresent(await connect(true))).toBe(false);
    expect(isPresent(await connect())).toBe(false);
  });

  it("without a subscription ends with its time, and with its device", async () => {
    await start({ HEADWATER_MQTT_SESSION_EXPIRY_MS: "1000" });
    (await connect(false, "leaves")).cut();
    await sleep(3000);
    expect(isPresent(await connect(false, "leaves"))).toBe(false);
    const devices = new DeviceLog(gateway.log, topics);
    token = await devices.registerWithToken("e");
    const connectOther = () =>
      RawDevice.connect(gateway.app.mqttPort, { username: "e", password: token, clientId: "c", clean: false });
    const device = await connectOther();
    device.publish("devices/e/telemetry", '{"a":1}', { qos: 2, messageId: 5 });
    await device.until("pubrec");
    await devices.delete("e");
    await device.closed;
    token = await devices.registerWithToken("e");
    const journal = join(gateway.dataDir, "gateway", "qos2.journal");
    await eventually(
      () => readFile(journal, "utf8"),
      (text) => text.includes('"forget"'),
    );
    expect(isPresent(await connectOther())).toBe(false);
  });

  it("that was unsubscribed, or began anew as a clean one, is not there after a restart", async () => {
    await start();
    let device = await connect();
    await subscribe(device);
    device.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [commands] } as never);
    await device.until("unsuback");
    const second = await connect(false, "second");
    await subscribe(second);
    second.cut();
    const clean = await connect(true, "second");
    await subscribe(clean);
    await gateway.restart();
    device = await connect();
    expect(isPresent(device)).toBe(false);
    expect(isPresent(await connect(false, "second"))).toBe(false);
    await gateway.requestCommand("d", "c-1", { name: "shut" });
    await sleep(200);
    expect(device.count("publish")).toBe(0);
  });

  it("is forgotten when its client was away for longer than a session lasts, also over a restart", async () => {
    await start({ HEADWATER_MQTT_SESSION_EXPIRY_MS: "1000" });
    const stays = await connect(false, "stays");
    await subscribe(stays);
    const leaves = await connect(false, "leaves");
    await subscribe(leaves);
    leaves.cut();
    await sleep(3000);
    expect(isPresent(await connect(false, "leaves"))).toBe(false);
    stays.publish("devices/d/telemetry", '{"a":1}');
    await stays.until("puback");
    await gateway.requestCommand("d", "c-1", { name: "shut" });
    await stays.until("publish");
  });

  it("of a device that is gone, deleted while the gateway was down, is gone too", async () => {
    await start();
    const device = await connect();
    await subscribe(device);
    await gateway.downGateway();
    const file = join(gateway.dataDir, "gateway", "sessions.journal");
    expect(await readFile(file, "utf8")).toContain('"d/c"');
    const deleted = events.device.encode({ id: "d", revision: 2, deleted: true, writeId: "gone" });
    await gateway.log.append(topics.devices, [{ key: "d", value: deleted }]);
    await gateway.upGateway();
    token = await gateway.register("d", 3);
    const ended = await eventually(
      () => readFile(file, "utf8"),
      (text) => text.includes('"end"'),
    );
    expect(ended).toContain('{"t":"end","s":"d/c"}');
    expect(isPresent(await connect())).toBe(false);
  });

  it("is not forgotten because the gateway does not know its devices yet", async () => {
    await start();
    await subscribe(await connect());
    await gateway.downGateway();
    await rm(join(gateway.dataDir, "gateway", "devices.sqlite"), { force: true });
    const away = new Proxy(gateway.log, {
      get(target, name) {
        if (name === "positions") return () => Promise.reject(new LogUnavailableError("away"));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
    await gateway.upGateway({ log: away, durable: "spool" });
    await gateway.restart();
    expect(isPresent(await connect())).toBe(true);
  });

  it("beyond the bound the one heard longest ago is forgotten", async () => {
    await start({ HEADWATER_MQTT_MAX_SESSIONS: "2" });
    for (const clientId of ["one", "two", "three"]) {
      const device = await connect(false, clientId);
      await subscribe(device);
      device.cut();
      // The end of a connection counts as hearing from its client; two ends that come together have no order.
      await eventually(
        () => gateway.metric("headwater_gateway_connections"),
        (connections) => connections === 0,
      );
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await gateway.restart();
    await eventually(
      () => readFile(join(gateway.dataDir, "gateway", "sessions.journal"), "utf8"),
      (text) => text.includes('"end"'),
    );
    expect(isPresent(await connect(false, "two"))).toBe(true);
    expect(isPresent(await connect(false, "three"))).toBe(true);
    // Last: its connection begins a session, for which another one has to go.
    expect(isPresent(await connect(false, "one"))).toBe(false);
  });
});
