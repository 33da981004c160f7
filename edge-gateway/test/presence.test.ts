import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually, GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("presence", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start();
    token = await gateway.register("d");
  });
  afterEach(() => gateway.stop());

  const device = (clientId: string, more: { keepalive?: number; will?: object } = {}) =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId, ...more });
  const told = (count: number) =>
    eventually(
      () => gateway.presence(),
      (all) => all.length >= count,
      4000,
    );
  const reasons = async (count: number) =>
    (await told(count)).flatMap(({ disconnected }) => (disconnected === null ? [] : [disconnected.reason]));

  test("a session begins and ends, by name", async () => {
    const d = await device("c");
    const [connected] = await told(1);
    expect(connected).toMatchObject({
      device: "d",
      connected: { clientId: "c", address: "127.0.0.1", cleanSession: true },
    });
    d.send({ cmd: "disconnect" });
    const [, ended] = await told(2);
    expect(ended).toMatchObject({ session: connected!.session, disconnected: { reason: "client" } });
  });

  test("a line that breaks, a keep-alive that is missed, a session that is taken over, a gateway that stops", async () => {
    (await device("broken")).cut();
    expect(await reasons(2)).toEqual(["error"]);
    const silent = await device("silent", { keepalive: 1 });
    await silent.closed;
    expect(await reasons(4)).toEqual(["error", "keep-alive"]);
    await device("twice");
    await device("twice");
    expect(await reasons(7)).toEqual(["error", "keep-alive", "taken-over"]);
    await gateway.downGateway();
    expect(await reasons(8)).toEqual(["error", "keep-alive", "taken-over", "gateway-stopped"]);
    const sessions = new Set((await gateway.presence()).map(({ session }) => session));
    expect(sessions.size).toBe(4);
  }, 10_000);

  test("a last will is told, and is data where its topic is telemetry", async () => {
    const will = { topic: "devices/d/telemetry", payload: Buffer.from('{"online":false}'), qos: 1, retain: false };
    const d = await device("c", { will });
    d.cut();
    const all = await told(3);
    const last = all.find(({ lastWill }) => lastWill !== null)!;
    expect(last.lastWill!.topic).toBe("devices/d/telemetry");
    expect(Buffer.from(last.lastWill!.payload).toString()).toBe('{"online":false}');
    expect((await gateway.events()).map((event) => event.readings[0]!.boolean)).toEqual([false]);
    // A clean end, and a gateway that stops, are no death of the device.
    (await device("c", { will })).send({ cmd: "disconnect" });
    await device("c2", { will });
    await told(6);
    await gateway.downGateway();
    expect((await gateway.presence()).filter(({ lastWill }) => lastWill !== null)).toHaveLength(1);
  });

  test("a will to another device's topic is refused with the login", async () => {
    const will = { topic: "devices/other/telemetry", payload: Buffer.from("x"), qos: 0, retain: false };
    const d = await device("c", { will });
    expect(d.heard[0]).toMatchObject({ cmd: "connack", returnCode: 5 });
    await d.closed;
    expect(await gateway.presence()).toEqual([]);
  });
});
