import mqtt, { type MqttClient } from "mqtt";

/** Devices on a broker that publish counters at QoS 1, and what the broker acknowledged of them. */
export class BrokerLoad {
  readonly acked = new Set<string>();
  readonly #client: MqttClient;
  readonly #devices: readonly string[];
  readonly #topic: (device: string) => string;
  #next = 0;
  #running = true;
  #open = 0;
  #idle: (() => void) | undefined;

  private constructor(client: MqttClient, devices: readonly string[], topic: (device: string) => string) {
    this.#client = client;
    this.#devices = devices;
    this.#topic = topic;
  }

  /**
   * Keeps up to `inFlight` messages open until `stop`, each sent a while after its predecessor; what breaks off is sent
   * again by the client.
   */
  static async start(
    url: string,
    devices: readonly string[],
    inFlight: number,
    topic = (device: string) => `devices/${device}/telemetry`,
  ): Promise<BrokerLoad> {
    const client = await mqtt.connectAsync(url, {
      reconnectPeriod: 50,
      clientId: `load-${process.pid}-${Date.now()}`,
      clean: false,
    });
    client.on("error", () => {});
    const load = new BrokerLoad(client, devices, topic);
    for (let i = 0; i < inFlight; i += 1) load.#send();
    return load;
  }

  /** Resolves when all that was sent is acknowledged. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#client.endAsync(true);
  }

  #send(): void {
    const i = this.#next;
    this.#next += 1;
    this.#open += 1;
    const device = this.#devices[i % this.#devices.length]!;
    const payload = `{"i":${i}}`;
    this.#client.publish(this.#topic(device), payload, { qos: 1 }, (error) => {
      this.#open -= 1;
      if (error == null) this.acked.add(payload);
      if (this.#running) setTimeout(() => this.#running && this.#send(), 10);
      else if (this.#open === 0) this.#idle?.();
    });
  }
}
