import mqtt, { type MqttClient } from "mqtt";

/** Devices, of MQTT 5 and 3.1.1 by turns, that do what they are told, once for each id, and say so. */
export class DutifulDevices {
  /** Ids of commands, by device. */
  readonly done = new Map<string, Set<string>>();
  readonly #clients: MqttClient[] = [];

  /** Resolves when all of them listen. */
  async connect(devices: readonly string[], port: number, password: string): Promise<void> {
    await Promise.all(
      devices.map(async (device, index) => {
        const options = {
          ...{ username: device, password, clientId: device, clean: false, reconnectPeriod: 200 },
          ...(index % 2 === 0 && { protocolVersion: 5 as const, properties: { sessionExpiryInterval: 3600 } }),
        };
        const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, options);
        this.#clients.push(client);
        client.on("error", () => {});
        const done = new Set<string>();
        this.done.set(device, done);
        client.on("message", (topic) => {
          done.add(topic.split("/").at(-1)!);
          client.publish(`${topic}/reply`, JSON.stringify({ status: "succeeded" }), { qos: 1 });
        });
        await client.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
      }),
    );
  }

  close(): void {
    for (const client of this.#clients) client.end(true);
  }
}
