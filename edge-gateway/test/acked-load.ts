import mqtt, { type MqttClient } from "mqtt";

/**
 * Devices, of MQTT 3.1.1 and 5 by turns, that publish counters as fast as they are acknowledged and remember what was:
 * what may not be lost.
 */
export class AckedLoad {
  /** By device, the counters that were acknowledged. */
  readonly acked = new Map<string, Set<number>>();
  readonly #clients: MqttClient[] = [];
  readonly #next = new Map<string, number>();
  #running = false;

  constructor(devices: readonly string[]) {
    for (const device of devices) {
      this.acked.set(device, new Set());
      this.#next.set(device, 0);
    }
  }

  get total(): number {
    return [...this.acked.values()].reduce((sum, set) => sum + set.size, 0);
  }

  /**
   * Connects with new sessions and keeps `inFlight` messages open for each device until `stop` or the end of the
   * connection.
   */
  async start(url: string, password: (device: string) => string, inFlight: number): Promise<void> {
    this.#running = true;
    for (const [index, device] of [...this.acked.keys()].entries()) {
      const client = await mqtt.connectAsync(url, {
        username: device,
        password: password(device),
        reconnectPeriod: 0,
        clientId: device,
        protocolVersion: index % 2 === 0 ? 5 : 4,
      });
      client.on("error", () => {});
      this.#clients.push(client);
      for (let i = 0; i < inFlight; i += 1) this.#send(client, device);
    }
  }

  /** Sends nothing more; resolves when what is open is acknowledged, or, if the gateway is `gone`, at once. */
  async stop(gone: boolean): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients.splice(0).map((client) => client.endAsync(gone)));
  }

  #send(client: MqttClient, device: string): void {
    const i = this.#next.get(device)!;
    this.#next.set(device, i + 1);
    client.publish(`devices/${device}/telemetry`, `{"i":${i},"x":0.5}`, { qos: 1 }, (error) => {
      if (error != null) return;
      this.acked.get(device)!.add(i);
      if (this.#running && client.connected) this.#send(client, device);
    });
  }
}
