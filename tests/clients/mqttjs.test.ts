import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { clientSuite } from "./client-suite.ts";
import { commandFilter, replyOf, telemetryTopic, type DeviceLogin, type Way } from "./real-client.ts";

const schemes = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss" } as const;
const withinMs = 90_000;

async function connect({ transport, port, ca, certificate }: Way, { id, token }: DeviceLogin): Promise<MqttClient> {
  const path = transport === "ws" || transport === "wss" ? "/mqtt" : "";
  const options: IClientOptions = { username: id, password: token, reconnectPeriod: 0, protocolVersion: 4, ca };
  if (certificate !== undefined) Object.assign(options, { cert: certificate.cert, key: certificate.key });
  return mqtt.connectAsync(`${schemes[transport]}://127.0.0.1:${port}${path}`, options, false);
}

clientSuite({
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
