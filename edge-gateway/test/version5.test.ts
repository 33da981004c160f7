import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { EventEmitter } from "node:events";
import { eventually } from "@headwater/testkit/eventually";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { clientsOf, nextPublish, version5 } from "./version5-clients.ts";

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
  let device: ReturnType<typeof clientsOf>["device"];
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_MAX_KEEP_ALIVE_MS: "20000",
      HEADWATER_MQTT_SERVER_REFERENCE: "other:1883",
      HEADWATER_MQTT_USER_PROPERTIES: "site,shift",
      HEADWATER_ROUTES: JSON.stringify([{ topic: "plant/{device}/data", decoder: "json", userProperties: ["line"] }]),
    });
    ({ device } = clientsOf(gateway));
  });
  afterAll(() => gateway.stop());

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
    const heard = nextPublish(client);
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
      const heard = nextPublish(client);
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
});
