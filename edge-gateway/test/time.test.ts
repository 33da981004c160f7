import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "@headwater/core";
import { LogUnavailableError } from "@headwater/event-log";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { startFaultyLog } from "./faulty-log.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

interface Told {
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly said: { time: number; iso: string; t0?: unknown; t1?: number; uncertain?: boolean };
}

const own = "devices/d/time";

describe("a device reads the gateway's time", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  afterEach(() => gateway.stop());

  const start = async (env: Record<string, string> = {}) => {
    gateway = await GatewayUnderTest.start(env);
    token = await gateway.register("d");
  };
  const connect = (clean = true) =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId: "c", clean });
  const subscribe = async (device: RawDevice, topic = own, qos: 0 | 1 = 0) => {
    device.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos }] } as never);
    await device.until("suback");
  };
  const told = (device: RawDevice): Told[] =>
    device.heard.flatMap((packet) => {
      // Who subscribes to all of its own hears its own requests, too.
      if (packet.cmd !== "publish" || packet.topic !== own) return [];
      const { topic, qos, retain, payload } = packet;
      return [{ topic, qos, retain, said: JSON.parse(payload.toString()) as Told["said"] }];
    });

  it("at the subscription, once, and again by a session that comes back", async () => {
    await start();
    const before = Date.now();
    let device = await connect(false);
    await subscribe(device, own, 1);
    await device.until("publish");
    const [first] = told(device);
    expect(first).toMatchObject({ topic: own, qos: 0, retain: false });
    expect(first!.said.time).toBeGreaterThanOrEqual(before);
    expect(first!.said.time).toBeLessThanOrEqual(Date.now() + 1);
    expect(Date.parse(first!.said.iso)).toBe(Math.floor(first!.said.time));
    expect(first!.said.uncertain).toBeUndefined();
    // The SUBACK came before.
    expect(device.heard.map(({ cmd }) => cmd)).toEqual(["connack", "suback", "publish"]);
    device.cut();
    device = await connect(false);
    await device.until("publish");
    await sleep(100);
    expect(told(device)).toHaveLength(1);
  });

  it("when it asks: its own time comes back with when it was received and sent, and nothing is recorded", async () => {
    await start();
    const device = await connect();
    await subscribe(device, "devices/d/#");
    const t0 = performance.now();
    device.publish(`${own}/request`, `{"t0":${t0}}`, { qos: 0 });
    const answers = await eventually(
      () => told(device),
      (all) => all.length > 0,
    );
    const [{ said }] = answers as [Told];
    expect(said.t0).toBe(t0);
    expect(said.t1).toBeLessThanOrEqual(said.time);
    expect(Math.abs(said.time - Date.now())).toBeLessThan(60_000);
    device.publish(`${own}/request`, "", { qos: 1, messageId: 5 });
    await device.until("puback");
    device.publish(`${own}/request`, "nonsense", { qos: 1, messageId: 6 });
    device.publish(`${own}/request`, "17", { qos: 2, messageId: 7 });
    await device.until("pubrec");
    device.send({ cmd: "pubrel", messageId: 7 });
    await device.until("pubcomp");
    const all = await eventually(
      () => told(device),
      (each) => each.length >= 3,
    );
    expect(all.map((each) => each.said.t0)).toEqual([t0, undefined, 17]);
    device.publish("devices/d/telemetry", '{"a":1}', { messageId: 8 });
    await device.until("puback", 3);
    expect(await gateway.quarantined()).toEqual([]);
    expect((await gateway.events()).length).toBe(1);
    expect(await gateway.metric("headwater_gateway_refused_total", 'reason="time-request"')).toBe(1);
  });

  it("not that of somebody else, not without a subscription, and not without end", async () => {
    await start();
    const device = await connect();
    device.publish(`${own}/request`, "", { messageId: 2 });
    await device.until("puback");
    expect(told(device)).toEqual([]);
    await subscribe(device);
    const began = performance.now();
    for (let i = 0; i < 100; i += 1) device.publish(`${own}/request`, String(i), { messageId: 10 + i });
    await device.until("puback", 101);
    expect(told(device).length).toBeGreaterThanOrEqual(9);
    // Ten at once, and one more each second.
    expect(told(device).length).toBeLessThanOrEqual(11 + (performance.now() - began) / 1000);
    device.publish("devices/other/time/request", "", { messageId: 3 });
    await device.closed;
  });

  it("and from time to time, if that is set, until it unsubscribes", async () => {
    await start({ HEADWATER_MQTT_TIME_EVERY_MS: "100" });
    const device = await connect();
    await subscribe(device);
    await device.until("publish", 3);
    device.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [own] } as never);
    await device.until("unsuback");
    const count = device.count("publish");
    await sleep(400);
    expect(device.count("publish")).toBe(count);
  });

  it("with a warning from a gateway whose clock was set back", async () => {
    await start();
    await gateway.downGateway();
    const future = Date.now() * 1000 + 3_600_000_000;
    await gateway.pretendReceived(future);
    await gateway.upGateway();
    const device = await connect();
    await subscribe(device);
    await device.until("publish");
    expect(told(device)[0]!.said.uncertain).toBe(true);
    expect(told(device)[0]!.said.time).toBeLessThan(Date.now() + 1000);
    device.publish("devices/d/telemetry", '{"a":1}');
    await device.until("puback");
    expect((await gateway.events()).at(-1)!.receivedAt).toBeGreaterThan(future);
  });
});

describe("a gateway whose clock was ten years ahead for a while", () => {
  const in2036 = Date.UTC(2036, 0, 1) * 1000;
  let gateway: GatewayUnderTest;
  afterEach(() => gateway.stop());

  const publishes = async (token: string) => {
    const device = await gateway.connect("d", token);
    await device.publishAsync("devices/d/telemetry", '{"a":1}', { qos: 1 });
    await device.endAsync();
    return (
      await eventually(
        () => gateway.events(),
        (all) => all.length > 0,
      )
    ).at(-1)!;
  };
  const expectPresent = (time: number) => {
    expect(time).toBeGreaterThan((Date.now() - 600_000) * 1000);
    expect(time).toBeLessThan((Date.now() + 600_000) * 1000);
  };

  it("begins anew with the right time, in front of the embedded log", async () => {
    gateway = await GatewayUnderTest.start();
    const token = await gateway.register("d");
    await eventually(
      () => gateway.telemetry(),
      (all) => all.length >= 4,
    );
    await gateway.downGateway();
    await gateway.pretendReceived(in2036);
    const [before] = await gateway.telemetry();
    await gateway.upGateway();
    const event = await publishes(token);
    expectPresent(event.receivedAt);
    expectPresent(event.eventTime);
    expect(event.epoch).not.toBe(before!.epoch);
  });

  it("begins anew with the right time, in front of a spool, and forwards what it had", async () => {
    const log = await startFaultyLog();
    gateway = await GatewayUnderTest.start({}, { durable: "spool", log: log.log, stopWithinMs: 1000 });
    const token = await gateway.register("d");
    const device = await gateway.connect("d", token);
    log.failWith(() => new LogUnavailableError("away"));
    await device.publishAsync("devices/d/telemetry", '{"a":0}', { qos: 1 });
    await device.endAsync();
    await gateway.downGateway();
    const note = join(gateway.dataDir, "gateway", "spool", "forwarded.json");
    const [text] = (await readFile(note, "utf8")).split("\n");
    await writeFile(note, text!.replace(/"clock":\d+/, `"clock":${in2036}`));
    log.heal();
    await gateway.upGateway();
    await publishes(token);
    const events = await eventually(
      () => gateway.events(),
      (all) => all.length >= 2,
    );
    expect(events.map(({ readings }) => readings[0]!.number)).toEqual([0, 1]);
    for (const { receivedAt } of events) expectPresent(receivedAt);
    expect(new Set(events.map(({ epoch }) => epoch)).size).toBe(2);
    expect(gateway.app.warnings?.()).toEqual([]);
    await log.remove();
  });
});
