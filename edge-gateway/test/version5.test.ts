import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import type { EventEmitter } from "node:events";
import { eventually } from "@headwater/testkit/eventually";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";

const version5 = { protocolVersion: 5 } as const;

/** The next PUBLISH that the client hears, with its properties. */
async function next(client: MqttClient): Promise<IPublishPacket> {
  const [, , packet] = (await once(client as unknown as EventEmitter, "message")) as [string, Buffer, IPublishPacket];
  return packet;
}

const acknowledgement = (client: MqttClient, topic: string, payload: string | Buffer, options: object) =>
  new Promise<{ reasonCode?: number; properties?: { userProperties?: object; reasonString?: string } }>(
    (resolve, reject) => {
      client.publish(topic, payload, options, (error, packet) => {
        const code = (error as { code?: number } | undefined)?.code;
        if (error != null && code === undefined) reject(error);
        else resolve((packet ?? { reasonCode: code }) as object);
      });
    },
  );

describe("MQTT 5", () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_MAX_KEEP_ALIVE_MS: "20000",
      HEADWATER_MQTT_SERVER_REFERENCE: "other:1883",
      HEADWATER_MQTT_USER_PROPERTIES: "site,shift",
      HEADWATER_ROUTES: JSON.stringify([{ topic: "plant/{device}/data", decoder: "json", userProperties: ["line"] }]),
    });
  });
  afterAll(() => gateway.stop());

  const device = async (id: string, options: IClientOptions = {}) =>
    gateway.connectDevice(id, { ...version5, ...options });
  const again = (client: MqttClient, options: IClientOptions = {}) =>
    gateway.connect(client.options.username, client.options.password as string, {
      ...{ clientId: client.options.clientId!, ...version5, clean: false },
      ...options,
    });

  it("CONNACK tells what the gateway takes, and what it gave that was not asked for", async () => {
    const client = mqtt.connect(gateway.url, {
      ...{ ...version5, username: "hello", password: await gateway.register("hello"), reconnectPeriod: 0 },
      ...{ clientId: "", clean: true, keepalive: 60, properties: { sessionExpiryInterval: 0xffff_fffe } },
    });
    const [connack] = (await once(client as unknown as EventEmitter, "connect")) as [
      { properties: Record<string, unknown> },
    ];
    client.end(true);
    expect(connack.properties).toMatchObject({
      maximumPacketSize: 256 * 1024,
      receiveMaximum: 1000,
      topicAliasMaximum: 32,
      serverKeepAlive: 20,
      sessionExpiryInterval: 7 * 86_400,
      sharedSubscriptionAvailable: false,
    });
    expect(connack.properties["assignedClientIdentifier"]).toMatch(/./);
  });

  it.each([0, 1, 2] as const)("a reading at QoS %i is in the log when it is acknowledged", async (qos) => {
    const client = await device(`qos-${qos}`);
    await client.publishAsync(`devices/qos-${qos}/telemetry`, '{"t":1}', {
      qos,
      properties: { userProperties: { a: "b" }, payloadFormatIndicator: true },
    });
    await eventually(async () =>
      expect((await gateway.events()).filter((event) => event.device === `qos-${qos}`)).toHaveLength(1),
    );
  });

  it("a topic alias stands for its topic", async () => {
    const client = await device("alias", { autoAssignTopicAlias: true });
    for (const t of [1, 2, 3]) await client.publishAsync("devices/alias/telemetry", `{"t":${t}}`, { qos: 1 });
    expect((await gateway.events()).filter((event) => event.device === "alias")).toHaveLength(3);
  });

  it("the content type chooses the decoder where the topic does not", async () => {
    const client = await device("typed");
    const cbor = Buffer.from("a1617418 2a".replace(" ", ""), "hex");
    const properties = { contentType: "application/cbor" };
    await client.publishAsync("devices/typed/telemetry", cbor, { qos: 1, properties });
    await client.publishAsync("v1/devices/me/telemetry", cbor, { qos: 1, properties });
    await client.publishAsync("devices/typed/telemetry/json", '{"t":1}', { qos: 1, properties });
    expect((await gateway.events()).filter((event) => event.device === "typed")).toHaveLength(3);
  });

  it("user properties that are asked for are kept with the event, within bounds", async () => {
    const client = await device("marked");
    const send = (topic: string, properties?: object) =>
      client.publishAsync(topic, '{"t":1}', { qos: 1, ...(properties && { properties }) });
    const long = "ü".repeat(2000);
    await send("devices/marked/telemetry", {
      userProperties: { site: "north", shift: ["early", "late"], other: "x", "device-time": "1" },
    });
    await send("plant/marked/data", { userProperties: { line: long, site: "south" } });
    await send("devices/marked/telemetry", { userProperties: { other: "x" } });
    await send("devices/marked/telemetry");
    const events = (await gateway.events()).filter((event) => event.device === "marked");
    expect(events.map(({ attributes }) => ({ ...attributes }))).toEqual([
      { "user.site": "north", "user.shift": "early,late" },
      { "user.line": long.slice(0, 1024) },
      {},
      {},
    ]);
  });

  it.each([1, 2] as const)("what goes to quarantine at QoS %i is acknowledged and said to", async (qos) => {
    const client = await device(`odd-${qos}`);
    const acks: { reasonCode?: number; properties?: object }[] = [];
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "puback" || packet.cmd === "pubrec") acks.push(packet);
    });
    await client.publishAsync(`devices/odd-${qos}/telemetry`, "no json", { qos });
    await client.publishAsync(`devices/odd-${qos}/telemetry`, '{"t":1}', { qos });
    expect(acks).toHaveLength(2);
    expect(acks[0]).toMatchObject({ properties: { userProperties: { quarantined: expect.stringMatching(/JSON/) } } });
    expect(acks[0]!.reasonCode ?? 0).toBe(0);
    expect(acks[1]!.properties).toBeUndefined();
    await eventually(async () =>
      expect((await gateway.quarantined()).filter((it) => it.device === `odd-${qos}`)).toHaveLength(1),
    );
  });

  it.each([1, 2] as const)("so is what somebody hears at QoS %i, once", async (qos) => {
    const client = await device(`odd-heard-${qos}`);
    const [acks, heard]: [object[], string[]] = [[], []];
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "puback" || packet.cmd === "pubrec") acks.push(packet);
    });
    client.on("message", (_topic, payload) => heard.push(String(payload)));
    await client.subscribeAsync(`devices/odd-heard-${qos}/telemetry`, { qos });
    await client.publishAsync(`devices/odd-heard-${qos}/telemetry`, "no json", { qos });
    await client.publishAsync(`devices/odd-heard-${qos}/telemetry`, '{"t":1}', { qos });
    await eventually(() => expect(heard).toEqual(["no json", '{"t":1}']));
    expect(acks[0]).toMatchObject({ properties: { userProperties: { quarantined: expect.stringMatching(/JSON/) } } });
    expect(acks[1]).not.toHaveProperty("properties.userProperties");
  });

  it.each([1, 2] as const)("a message elsewhere at QoS %i gets 0x87, and the connection goes on", async (qos) => {
    const client = await device(`bold-${qos}`);
    expect((await acknowledgement(client, "devices/other/telemetry", "{}", { qos })).reasonCode).toBe(0x87);
    await client.publishAsync(`devices/bold-${qos}/telemetry`, '{"t":1}', { qos: 1 });
    await expect(client.subscribeAsync("devices/other/#")).rejects.toThrow(/Not authorized/i);
    expect(client.connected).toBe(true);
  });

  it("a login that is refused is told what to do; one by another method gets 0x8C", async () => {
    const refusal = (options: IClientOptions) =>
      mqtt.connectAsync(gateway.url, { ...version5, reconnectPeriod: 0, ...options }).then(
        () => undefined,
        (error: { code?: number }) => error.code,
      );
    await gateway.register("locked");
    expect(await refusal({ username: "locked", password: "wrong" })).toBe(0x86);
    expect(await refusal({ username: "locked", properties: { authenticationMethod: "SCRAM-SHA-256" } })).toBe(0x8c);
    const token = await gateway.register("willing");
    const will = { topic: "devices/other/x", payload: Buffer.from("x"), qos: 0, retain: false } as const;
    expect(await refusal({ username: "willing", password: token, will })).toBe(0x87);
  });

  it("a command says where its answer goes, and how long it counts", async () => {
    const client = await device("valve", { properties: { receiveMaximum: 1 } });
    await client.subscribeAsync("devices/valve/commands/+", { qos: 1, properties: { subscriptionIdentifier: 7 } });
    const heard = next(client);
    await gateway.requestCommand("valve", "c-1", { name: "shut", ttlMs: 60_000 });
    const { topic, properties } = await heard;
    expect(topic).toBe("devices/valve/commands/c-1");
    expect(properties).toMatchObject({ contentType: "application/json", responseTopic: `${topic}/reply` });
    expect(properties!.messageExpiryInterval).toBeGreaterThan(0);
    expect(properties!.messageExpiryInterval).toBeLessThanOrEqual(60);
    const { correlationData } = properties!;
    expect(String(correlationData)).toBe("c-1");
    await client.publishAsync(properties!.responseTopic!, '{"status":"succeeded"}', {
      ...{ qos: 1, properties: { correlationData: correlationData! } },
    });
    await eventually(async () => {
      const events = (await gateway.commands()).filter((event) => event.commandId === "c-1");
      expect(JSON.stringify(events)).toContain("succeeded");
      expect(events.some((event) => event.delivered !== undefined)).toBe(true);
    });
  });

  it("correlation data says which command a reply is for, if it names one; else its topic does", async () => {
    const client = await device("pump");
    await client.subscribeAsync("devices/pump/commands/+", { qos: 1 });
    const statusOf = async (commandId: string) => {
      const events = (await gateway.commands()).filter((event) => event.commandId === commandId);
      return events.flatMap(({ succeeded, failed }) => succeeded?.result ?? failed?.result ?? []);
    };
    for (const id of ["p-1", "p-2", "p-3"]) {
      const heard = next(client);
      await gateway.requestCommand("pump", id, { name: "shut" });
      await heard;
      // The response topic of the first command, for all.
      const properties = { correlationData: Buffer.from(id === "p-3" ? "its own" : id) };
      const topic = `devices/pump/commands/${id === "p-3" ? id : "p-1"}/reply`;
      await client.publishAsync(topic, `{"status":"succeeded","result":"${id}"}`, { qos: 1, properties });
      await eventually(async () => expect(await statusOf(id)).toEqual([`"${id}"`]));
    }
    expect(await statusOf("p-1")).toEqual(['"p-1"']);
    // Of another device's command it says nothing.
    await gateway.requestCommand("other-pump", "o-1", { name: "shut" });
    const properties = { correlationData: Buffer.from("o-1") };
    await client.publishAsync("devices/pump/commands/p-1/reply", '{"status":"failed"}', { qos: 1, properties });
    await eventually(async () => expect(await statusOf("p-1")).toHaveLength(2));
    expect(await statusOf("o-1")).toEqual([]);
  });

  it("a command that is larger than the device takes is rejected", async () => {
    const client = await device("small", { properties: { maximumPacketSize: 200 } });
    await client.subscribeAsync("devices/small/commands/+", { qos: 1 });
    await gateway.requestCommand("small", "c-2", { name: "shut", params: JSON.stringify({ x: "y".repeat(500) }) });
    await eventually(async () =>
      expect(JSON.stringify((await gateway.commands()).filter((event) => event.commandId === "c-2"))).toContain(
        "larger than the device takes",
      ),
    );
    expect(client.connected).toBe(true);
  });

  it("a session lives on for as long as its client says, with its options, across versions and a restart", async () => {
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

  it("a session is not there any more when its time is over, or was to end with its connection", async () => {
    for (const sessionExpiryInterval of [0, 1]) {
      const id = `goes-${sessionExpiryInterval}`;
      const client = await device(id, { clientId: "s", clean: false, properties: { sessionExpiryInterval } });
      await client.subscribeAsync(`devices/${id}/x`, { qos: 1 });
      await client.endAsync();
      await new Promise((resolve) => setTimeout(resolve, sessionExpiryInterval * 1100));
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
    const goes = await device("late-1", will("late-1", 1));
    const listener = await again(goes, { clientId: "listener" });
    await listener.subscribeAsync("devices/late-1/telemetry", { qos: 1 });
    const heard = next(listener);
    const returns = await device("late-2", will("late-2", 1));
    goes.stream.destroy();
    returns.stream.destroy();
    await again(returns, { properties: { sessionExpiryInterval: 600 } });
    await eventually(async () => expect(await wills("late-1")).toHaveLength(1));
    expect(await wills("late-2")).toHaveLength(0);
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
