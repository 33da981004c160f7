import { events } from "@headwater/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems } from "./gateway-under-test.ts";

describe("a message of a device", () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start();
  });
  afterEach(() => gateway.stop());

  it("is in the log when it is acknowledged", async () => {
    const device = await gateway.connectDevice("boiler-1");
    await device.publishAsync("devices/boiler-1/telemetry", '{"temperature": 21.5, "on": true, "mode": "eco"}', {
      qos: 1,
    });
    const [event, ...others] = await gateway.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ device: "boiler-1", eventTime: event!.receivedAt });
    expect(event!.readings).toMatchObject([
      { metric: "temperature", number: 21.5, timeDelta: 0 },
      { metric: "on", boolean: true },
      { metric: "mode", text: "eco" },
    ]);
  });

  it("has the time that the device gives", async () => {
    const device = await gateway.connectDevice("boiler-1");
    const ts = Date.now() - 60_000;
    await device.publishAsync("v1/devices/me/telemetry", JSON.stringify({ ts, values: { a: 1 } }), { qos: 1 });
    expect((await gateway.events())[0]).toMatchObject({ device: "boiler-1", eventTime: ts * 1000 });
  });

  it("many messages keep their order, their lanes are dense and their times rise", async () => {
    const device = await gateway.connectDevice("boiler-1");
    const all = Array.from({ length: 2000 }, (_, i) =>
      device.publishAsync("devices/boiler-1/telemetry", JSON.stringify({ i }), { qos: i % 3 === 0 ? 2 : 1 }),
    );
    await Promise.all(all);
    const seen = (await gateway.events()).map((event) => event.readings[0]!.number);
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it("that cannot be decoded is acknowledged and set aside with its bytes and the reason", async () => {
    const device = await gateway.connectDevice("boiler-1");
    await device.publishAsync("devices/boiler-1/telemetry", '{"temperature": ', { qos: 1 });
    await device.publishAsync("devices/boiler-1/elsewhere", "x", { qos: 1 });
    const [first, second] = await gateway.quarantined();
    expect(first).toMatchObject({ device: "boiler-1", stage: "decode", mqttTopic: "devices/boiler-1/telemetry" });
    expect(Buffer.from(first!.payload).toString()).toBe('{"temperature": ');
    expect(first!.reason).toContain("not JSON");
    expect(second!.reason).toContain("No route");
    expect(await gateway.events()).toEqual([]);
  });

  it("whose samples are good in part becomes one event and one record in quarantine, and counts once", async () => {
    const device = await gateway.connectDevice("boiler-1");
    const good = { ts: Date.now() - 5000, values: { a: 1 } };
    const bad = { ts: "yesterday", values: { a: 2 } };
    for (const qos of [0, 1, 2] as const)
      await device.publishAsync("devices/boiler-1/telemetry", JSON.stringify([good, bad, { a: 3 }]), { qos });
    await eventually(
      () => gateway.quarantined(),
      (records) => records.length === 3,
    );
    const aside = await gateway.quarantined();
    expect(aside.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as unknown)).toEqual([
      [bad],
      [bad],
      [bad],
    ]);
    expect(aside[0]).toMatchObject({ device: "boiler-1", stage: "decode", mqttTopic: "devices/boiler-1/telemetry" });
    expect(aside[0]!.reason).toMatch(/the rest is stored: sample 1: A time has to be/);
    const seen = await gateway.events();
    expect(seen.map(({ readings }) => readings.map(({ number }) => number))).toEqual([
      [1, 3],
      [1, 3],
      [1, 3],
    ]);
    expect(seen[0]!.eventTime).toBe(good.ts * 1000);
    expect(await laneProblems(gateway.log)).toEqual([]);
    const received = async (): Promise<number> =>
      Math.max(...(await gateway.telemetry()).map(({ mark }) => mark?.received ?? 0));
    expect(await eventually(received, (count) => count === 3)).toBe(3);
  });

  it("that is empty and retained clears what a broker retains: it is acknowledged, and no reason for quarantine", async () => {
    const device = await gateway.connectDevice("boiler-1");
    for (const qos of [0, 1, 2] as const) {
      await device.publishAsync("devices/boiler-1/telemetry", "", { qos, retain: true });
      await device.publishAsync("devices/boiler-1/telemetry/value/a", "", { qos, retain: true });
    }
    await device.publishAsync("devices/boiler-1/telemetry", "", { qos: 1 });
    expect(await gateway.quarantined()).toHaveLength(1);
    expect(await gateway.metric("headwater_gateway_ignored_total", "retained-clear")).toBe(6);
    expect(await gateway.events()).toEqual([]);
  });

  it("to ThingsBoard's topic: text that is a complete JSON number is that number; elsewhere it is text", async () => {
    const device = await gateway.connectDevice("boiler-1");
    const payload = '{"t":"95","e":"-1.5e2","big":"9007199254740993","name":"0042","v":"1.2.3","blank":" 5"}';
    await device.publishAsync("v1/devices/me/telemetry", payload, { qos: 1 });
    await device.publishAsync("devices/boiler-1/telemetry", payload, { qos: 1 });
    const [first, second] = await gateway.events();
    expect(first!.readings.map(({ number, text }) => number ?? text)).toEqual([
      95,
      -150,
      9_007_199_254_740_992,
      "0042",
      "1.2.3",
      " 5",
    ]);
    expect(first!.attributes).toEqual({ exact: '{"big":"9007199254740993"}' });
    expect(second!.readings.map(({ text }) => text)).toEqual(Object.values(JSON.parse(payload) as object));
  });

  it("with times of all kinds", async () => {
    const device = await gateway.connectDevice("boiler-1");
    const now = Date.now() * 1000 - 60_000_000;
    const seconds = Math.floor(now / 1e6);
    const ts = [
      String(now),
      `${now}123`,
      `${now * 1000}`,
      String(seconds),
      `"${now}"`,
      "null",
      '""',
      '"2026-01-01T00:00:00"',
    ];
    await device.publishAsync(
      "devices/boiler-1/telemetry",
      `[${ts.map((each, index) => `{"ts":${each},"values":{"m${index}":1}}`).join(",")}]`,
      { qos: 1 },
    );
    const [event] = await gateway.events();
    const at = (delta: number): number => event!.eventTime + delta;
    const taken = event!.receivedAt;
    expect(event!.readings.map(({ timeDelta }) => at(timeDelta))).toEqual([
      now,
      now,
      now,
      seconds * 1e6,
      now,
      taken,
      taken + 1,
      taken + 2,
    ]);
    expect(event!.attributes).toEqual({ "device-time-local": "7:2026-01-01T00:00:00" });
    expect(await gateway.quarantined()).toEqual([]);
  });

  it("to another device's topic closes the connection and disturbs nobody else", async () => {
    const [bad, good] = [await gateway.connectDevice("bad"), await gateway.connectDevice("good")];
    const closed = new Promise<void>((resolve) => bad.once("close", () => resolve()));
    bad.publish("devices/good/telemetry", '{"a":1}', { qos: 1 });
    await closed;
    await good.publishAsync("devices/good/telemetry", '{"a":2}', { qos: 1 });
    expect((await gateway.events()).map((event) => event.readings[0]!.number)).toEqual([2]);
    expect(await gateway.metric("headwater_gateway_refused_total", 'reason="topic"')).toBe(1);
  });

  it("marks keep coming and carry the account of the lane", async () => {
    const device = await gateway.connectDevice("boiler-1");
    for (let i = 0; i < 5; i += 1) await device.publishAsync("devices/boiler-1/telemetry", `{"i":${i}}`, { qos: 1 });
    const total = async (): Promise<number> => {
      const latest = new Map<number, number>();
      const positions = await gateway.log.positions("telemetry.v1");
      for (const { partition } of positions) {
        for await (const batch of gateway.log.read("telemetry.v1", partition)) {
          for (const { value } of batch.records) {
            const { mark } = events.telemetry.decode(value!);
            if (mark !== null) latest.set(partition, mark.received);
          }
        }
      }
      return latest.size === 4 ? [...latest.values()].reduce((sum, count) => sum + count, 0) : -1;
    };
    expect(await eventually(total, (count) => count === 5)).toBe(5);
  });

  it("identities and times go on after a restart", async () => {
    const token = await gateway.register("boiler-1");
    const device = await gateway.connect("boiler-1", token);
    for (let i = 0; i < 3; i += 1) await device.publishAsync("devices/boiler-1/telemetry", `{"i":${i}}`, { qos: 1 });
    device.end(true);
    await gateway.restart();
    const again = await gateway.connect("boiler-1", token);
    for (let i = 3; i < 6; i += 1) await again.publishAsync("devices/boiler-1/telemetry", `{"i":${i}}`, { qos: 1 });
    const seen = await gateway.events();
    expect(seen.map((event) => event.readings[0]!.number)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(seen.map((event) => event.epoch)).size).toBe(1);
    expect(await laneProblems(gateway.log)).toEqual([]);
  });
});
