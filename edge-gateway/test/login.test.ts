import { addCredential, deleteDevice, foldDevice, removeCredential, type DeviceState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { LogUnavailableError } from "@headwater/event-log";
import { nowMicros, randomToken, sha256 } from "@headwater/core";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";

describe("login", () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start();
  });
  afterEach(() => gateway.stop());

  const refusal = async (username?: string, password?: string) => {
    const failed: unknown = await gateway.connect(username, password).catch((error: unknown) => error);
    return (failed as { code?: number }).code;
  };

  it("a device logs in right after its registration, many at once too", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `device-${i}`);
    const tokens = await Promise.all(names.map((name) => gateway.register(name)));
    const clients = await Promise.all(names.map((name, i) => gateway.connect(name, tokens[i])));
    expect(clients.every((client) => client.connected)).toBe(true);
  });

  it("a wrong token, an unknown device, another device's token, none at all", async () => {
    const token = await gateway.register("boiler-1");
    await gateway.register("boiler-2");
    expect(await refusal("boiler-1", "wrong")).toBe(4);
    expect(await refusal("nobody", token)).toBe(4);
    expect(await refusal("boiler-2", token)).toBe(4);
    expect(await refusal()).toBe(5);
    expect(await gateway.presence()).toEqual([]);
  });

  it("a device is known from a cold start without the log", async () => {
    const token = await gateway.register("boiler-1");
    (await gateway.connect("boiler-1", token)).end(true);
    await gateway.downGateway();
    const away = new Proxy(gateway.log, {
      get(log, name) {
        if (name === "follow" || name === "positions")
          return async () => Promise.reject(new LogUnavailableError("away"));
        const value: unknown = Reflect.get(log, name);
        return typeof value === "function" ? (value as () => unknown).bind(log) : value;
      },
    });
    const { log } = gateway;
    gateway.log = away;
    // Lanes are recovered from the log where that is the durable write; so this one has a spool.
    await gateway.upGateway({ durable: "spool" });
    const device = await gateway.connect("boiler-1", token);
    expect(device.connected).toBe(true);
    expect(await refusal("boiler-1", "wrong")).toBe(4);
    gateway.log = log;
  });

  it("expiry, rotation, revocation and deletion", async () => {
    const token = await gateway.register("boiler-1");
    const record = (await gateway.records(topics.devices)).at(-1)!;
    let state: DeviceState = foldDevice(undefined, events.device.decode(record.value!), record.appendTime).state;
    const write = async (input: Parameters<typeof events.device.encode>[0]): Promise<void> => {
      const value = events.device.encode(input);
      ({ state } = foldDevice(state, events.device.decode(value), nowMicros()));
      await gateway.log.append(topics.devices, [{ key: "boiler-1", value }]);
    };
    const by = () => ({ at: nowMicros(), by: "test", writeId: randomToken() });
    const second = randomToken();
    const expired = randomToken();
    await write(
      addCredential(
        state,
        "boiler-1",
        { id: "c2", kind: "token", hash: sha256(second), createdAt: 1, expiresAt: 0 },
        by(),
      ),
    );
    await write(
      addCredential(
        state,
        "boiler-1",
        { id: "c3", kind: "token", hash: sha256(expired), createdAt: 1, expiresAt: nowMicros() - 1 },
        by(),
      ),
    );
    const [first, other] = [
      await gateway.connect("boiler-1", token, { clientId: "1" }),
      await gateway.connect("boiler-1", second, { clientId: "2" }),
    ];
    expect(await refusal("boiler-1", expired)).toBe(4);

    const closed = new Promise<void>((resolve) => first.once("close", () => resolve()));
    await write(removeCredential(state, "boiler-1", "c1", by()));
    await closed;
    expect(other.connected).toBe(true);
    expect(await refusal("boiler-1", token)).toBe(4);

    const otherClosed = new Promise<void>((resolve) => other.once("close", () => resolve()));
    await write(deleteDevice(state, "boiler-1", by()));
    await otherClosed;
    expect(await refusal("boiler-1", second)).toBe(4);
    const ends = await eventually(
      async () =>
        (await gateway.presence()).flatMap(({ disconnected }) => (disconnected === null ? [] : [disconnected.reason])),
      (reasons) => reasons.length === 2,
    );
    expect(ends).toEqual(["revoked", "revoked"]);
  });

  it("the same client id of another device is another session", async () => {
    const one = await gateway.connectDevice("one", { clientId: "same", clean: false });
    const two = await gateway.connectDevice("two", { clientId: "same", clean: false });
    await one.publishAsync("devices/one/telemetry", '{"a":1}', { qos: 1 });
    expect([one.connected, two.connected]).toEqual([true, true]);
  });

  it("subscriptions outside of the device's own topics are refused", async () => {
    const device = await gateway.connectDevice("one");
    const granted = async (filter: string): Promise<number> => {
      const failed = await device.subscribeAsync(filter).catch((error: unknown) => error);
      return failed instanceof Error ? 128 : 0;
    };
    expect(await granted("devices/one/#")).toBe(0);
    for (const filter of ["#", "devices/+/telemetry", "devices/two/commands/+", "$SYS/#"])
      expect(await granted(filter)).toBe(128);
  });

  it("what a device publishes reaches its own subscriptions, and nobody else's", async () => {
    const one = await gateway.connectDevice("one");
    const two = await gateway.connectDevice("two");
    const heard: string[] = [];
    for (const client of [one, two])
      client.on("message", (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await one.subscribeAsync("devices/one/#");
    await two.subscribeAsync(["devices/two/#", "v1/devices/me/#"]);
    await one.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
    await one.publishAsync("devices/one/telemetry", '{"a":2}', { qos: 1 });
    await eventually(
      () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toEqual(['devices/one/telemetry {"a":2}']);
  });

  it("a connection that sends no CONNECT is closed in time, one that sends something else at once", async () => {
    const late = () => gateway.metric("headwater_gateway_refused_connections_total", 'reason="connect-late"');
    const other = rawConnection(gateway.app.mqttPort);
    other.socket.write("GET / HTTP/1.1\r\n\r\n");
    await other.closed;
    expect(await gateway.metric("headwater_gateway_refused_total", 'reason="no-connect"')).toBe(1);
    expect(await late()).toBe(0);
    // So short that a CONNECT could miss it on a busy machine: nobody logs in here.
    await gateway.stop();
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "300" });
    const began = performance.now();
    await rawConnection(gateway.app.mqttPort).closed;
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(await late()).toBe(1);
  });
});

function rawConnection(port: number): { socket: Socket; closed: Promise<void> } {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  return { socket, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}
