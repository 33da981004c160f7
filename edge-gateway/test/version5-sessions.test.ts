import mqtt, { type MqttClient } from "mqtt";
import type { EventEmitter } from "node:events";
import { eventually } from "@headwater/testkit/eventually";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { clientsOf, nextPublish, version5 } from "./version5-clients.ts";

describe("a session of MQTT 5", () => {
  let gateway: GatewayUnderTest;
  let device: ReturnType<typeof clientsOf>["device"];
  let again: ReturnType<typeof clientsOf>["again"];
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_SERVER_REFERENCE: "other:1883" });
    ({ device, again } = clientsOf(gateway));
  });
  afterAll(() => gateway.stop());

  it("lives on for as long as its client says, with its options, across versions and a restart", async () => {
    const client = await device("stays", { clientId: "s", clean: true, properties: { sessionExpiryInterval: 600 } });
    await client.subscribeAsync("devices/stays/x", { qos: 1, nl: true, properties: { subscriptionIdentifier: 9 } });
    await client.endAsync();
    const older = await again(client, { protocolVersion: 4 });
    expect(older.connected).toBe(true);
    await older.endAsync();
    await gateway.restart();
    const back = await again(client, { properties: { sessionExpiryInterval: 600 } });
    const heard: string[] = [];
    back.on("message", (_topic, payload, packet) =>
      heard.push(`${String(payload)} ${String(packet.properties?.subscriptionIdentifier)}`),
    );
    const other = await again(client, { clientId: "other" });
    await back.publishAsync("devices/stays/x", "own", { qos: 1 });
    await other.publishAsync("devices/stays/x", "other's", { qos: 1 });
    await eventually(() => expect(heard).toEqual(["other's 9"]));
  });

  it("is not there any more when its time is over, or was to end with its connection", async () => {
    for (const sessionExpiryInterval of [0, 1]) {
      const id = `goes-${sessionExpiryInterval}`;
      const client = await device(id, { clientId: "s", clean: false, properties: { sessionExpiryInterval } });
      await client.subscribeAsync(`devices/${id}/x`, { qos: 1 });
      await client.endAsync();
      await new Promise((resolve) => setTimeout(resolve, sessionExpiryInterval * 2000));
      const present = await sessionPresent(id, client);
      expect(present).toBe(false);
    }
  });

  async function sessionPresent(id: string, before: MqttClient): Promise<boolean> {
    const client = mqtt.connect(gateway.url, {
      ...{ ...version5, username: id, password: before.options.password as string, reconnectPeriod: 0 },
      ...{ clientId: "s", clean: false },
    });
    const [connack] = (await once(client as unknown as EventEmitter, "connect")) as [{ sessionPresent: boolean }];
    client.end(true);
    return connack.sessionPresent;
  }

  it("a last will waits for its delay, and is not sent if the client is back before", async () => {
    const wills = async (id: string) => (await gateway.events()).filter((event) => event.device === id);
    const will = (id: string, willDelayInterval: number) => ({
      clientId: "s",
      clean: false,
      properties: { sessionExpiryInterval: 600 },
      will: {
        ...({
          topic: `devices/${id}/telemetry`,
          payload: Buffer.from('{"gone":true}'),
          qos: 1,
          retain: false,
        } as const),
        properties: { willDelayInterval },
      },
    });
    let attempts = 0;
    const goes = await device("late-1", will("late-1", 1));
    const listener = await again(goes, { clientId: "listener" });
    await listener.subscribeAsync("devices/late-1/telemetry", { qos: 1 });
    const heard = nextPublish(listener);
    goes.stream.destroy();
    // A busy machine may take longer than the delay to connect it again.
    const inTime = await eventually(async () => {
      const id = `back-${(attempts += 1)}`;
      const returns = await device(id, will(id, 1));
      const left = performance.now();
      returns.stream.destroy();
      await again(returns, { properties: { sessionExpiryInterval: 600 } });
      expect(performance.now() - left).toBeLessThan(900);
      return { id, left };
    });
    await eventually(async () => expect(await wills("late-1")).toHaveLength(1));
    await eventually(() => expect(performance.now() - inTime.left).toBeGreaterThan(2000));
    expect(await wills(inTime.id)).toHaveLength(0);
    // Without the delay, which no PUBLISH may have.
    expect(Object.keys((await heard).properties ?? {})).toEqual([]);
  });

  it("a client that takes few messages at a time gets no more, also of what waited", async () => {
    const client = await device("slow", { clientId: "s", clean: false, properties: { sessionExpiryInterval: 600 } });
    await client.subscribeAsync("devices/slow/x", { qos: 1 });
    await client.endAsync();
    const other = await again(client, { clientId: "other" });
    for (let i = 0; i < 5; i += 1) await other.publishAsync("devices/slow/x", String(i), { qos: 1 });
    let open = 0;
    let most = 0;
    const heard: string[] = [];
    const back = await again(client, {
      properties: { sessionExpiryInterval: 600, receiveMaximum: 2 },
      customHandleAcks: (_topic, message, _packet, done) => {
        open += 1;
        most = Math.max(most, open);
        heard.push(String(message));
        setTimeout(() => {
          open -= 1;
          done(0);
        }, 30);
      },
    });
    for (let i = 5; i < 10; i += 1) await other.publishAsync("devices/slow/x", String(i), { qos: 1 });
    await eventually(() => expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(String)));
    expect(most).toBeLessThanOrEqual(2);
    expect(back.connected).toBe(true);
  });

  it("a client whose session is taken over, and one of a gateway that stops, are told so", async () => {
    const reasonOf = (client: MqttClient) =>
      new Promise<object>((resolve) => {
        client.on("packetreceive", (packet) => {
          if (packet.cmd === "disconnect") resolve(packet);
        });
      });
    const client = await device("told", { clientId: "s" });
    const first = reasonOf(client);
    const second = await again(client);
    const reasonString = "Another connection has logged in with this client identifier";
    expect(await first).toMatchObject({ reasonCode: 0x8e, properties: { reasonString } });
    const stopped = reasonOf(second);
    await gateway.restart();
    expect(await stopped).toMatchObject({ reasonCode: 0x9c, properties: { serverReference: "other:1883" } });
    await eventually(async () =>
      expect(
        (await gateway.presence())
          .filter((event) => event.device === "told")
          .flatMap(({ disconnected }) => disconnected?.reason ?? []),
      ).toEqual(["taken-over", "gateway-stopped"]),
    );
  });
});
