import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { once, type EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "@headwater/testkit/eventually";
import { expect } from "vitest";
import { clientSuite } from "./client-suite.ts";
import { commandFilter, replyOf, telemetryTopic, type DeviceLogin, type Way } from "./real-client.ts";
import { sceneOfFile } from "./scene.ts";
import { awayMs, elsewhere, notesOf, version5Suite } from "./version5-suite.ts";

const schemes = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss" } as const;
const withinMs = 90_000;

async function connect(
  { transport, port, ca, certificate }: Way,
  { id, token }: DeviceLogin,
  more: IClientOptions = {},
): Promise<MqttClient> {
  const path = transport === "ws" || transport === "wss" ? "/mqtt" : "";
  const options: IClientOptions = {
    username: id,
    password: token,
    reconnectPeriod: 0,
    protocolVersion: 4,
    ca,
    ...more,
  };
  if (certificate !== undefined) Object.assign(options, { cert: certificate.cert, key: certificate.key });
  return mqtt.connectAsync(`${schemes[transport]}://127.0.0.1:${port}${path}`, options, false);
}

const plain = sceneOfFile("none");
clientSuite(plain, {
  name: "mqtt.js",
  transports: ["tcp", "tls", "ws", "wss"],
  async work(way, login, n) {
    const client = await connect(way, login);
    client.on("error", () => {});
    try {
      for (const qos of [0, 1, 2] as const) {
        await client.publishAsync(telemetryTopic(login.id), `{"q${qos}":${n}}`, { qos });
      }
      const command = new Promise<[string, Buffer]>((resolve, reject) => {
        const timer = setTimeout(() => reject(new RangeError("no command came")), withinMs);
        client.once("message", (topic, payload) => {
          clearTimeout(timer);
          resolve([topic, payload]);
        });
      });
      const [granted] = await client.subscribeAsync(commandFilter(login.id), { qos: 1 });
      if (granted?.qos !== 1) throw new RangeError(`granted QoS ${granted?.qos}`);
      const [topic, payload] = await command;
      await client.publishAsync(`${topic}/reply`, replyOf(payload.toString()), { qos: 1 });
      return payload.toString();
    } finally {
      await client.endAsync();
    }
  },
  async isLetIn(way, login) {
    try {
      const client = await connect(way, login);
      await client.endAsync();
      return true;
    } catch {
      return false;
    }
  },
});

/** The reason code for which a promise of mqtt.js is rejected; 0: it is not. Of a subscription the packet has it. */
const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: { code?: number; packet?: { granted?: readonly number[] } }) => error.packet?.granted?.[0] ?? error.code!,
  );

version5Suite(plain, {
  name: "mqtt.js",
  transports: ["tcp", "tls", "ws", "wss"],
  async work(way, login, n) {
    const client = await connect(way, login, { protocolVersion: 5, autoAssignTopicAlias: true });
    client.on("error", () => {});
    try {
      for (const qos of [0, 1, 2] as const) {
        const properties = { userProperties: { shift: "night" }, contentType: "application/json" };
        await client.publishAsync(telemetryTopic(login.id), `{"q${qos}":${n}}`, { qos, properties });
      }
      const signal = AbortSignal.timeout(withinMs);
      const heard = once(client as unknown as EventEmitter, "message", { signal });
      await client.subscribeAsync(commandFilter(login.id), { qos: 1, properties: { subscriptionIdentifier: 3 } });
      const [, payload, { properties }] = (await heard) as [string, Buffer, IPublishPacket];
      const { contentType, responseTopic, correlationData } = properties ?? {};
      await client.publishAsync(responseTopic!, replyOf(String(payload)), {
        ...{ qos: 1, properties: { correlationData: correlationData! } },
      });
      return {
        ...{ payload: String(payload), contentType: contentType!, responseTopic: responseTopic! },
        correlationData: String(correlationData),
      };
    } finally {
      await client.endAsync();
    }
  },
  async refusals(way, login) {
    const wrong = { ...login, token: `${login.token}x` };
    const refused = await codeOf(connect(way, wrong, { protocolVersion: 5 }));
    const client = await connect(way, login, { protocolVersion: 5 });
    const message = await codeOf(client.publishAsync(elsewhere, "{}", { qos: 1 }));
    const subscription = await codeOf(client.subscribeAsync(elsewhere, { qos: 1 }));
    await client.endAsync();
    return { login: refused, message, subscription };
  },
  async comesBack(way, login) {
    const session: IClientOptions = {
      ...{ protocolVersion: 5, clientId: "kept", clean: false, properties: { sessionExpiryInterval: 600 } },
    };
    const before = await connect(way, login, session);
    await before.subscribeAsync(notesOf(login.id), { qos: 1 });
    await before.endAsync();
    const other = await connect(way, login, { protocolVersion: 5 });
    await other.publishAsync(notesOf(login.id), "stale", { qos: 1, properties: { messageExpiryInterval: 1 } });
    await other.publishAsync(notesOf(login.id), "kept", { qos: 1 });
    await sleep(awayMs);
    const heard: string[] = [];
    const after = await connect(way, login, {
      ...session,
      customHandleAcks: (_topic, payload, _packet, done) => {
        heard.push(String(payload));
        done(0);
      },
    });
    await eventually(() => expect(heard).not.toEqual([]), withinMs);
    await other.endAsync();
    await after.endAsync();
    return heard;
  },
});
