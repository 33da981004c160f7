import mqtt, { type MqttClient } from "mqtt";
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 10;

/** A client that publishes one counter after the other at QoS 1, each when the one before is acknowledged. */
export class HonestClient {
  /** Counters from 0 on that were acknowledged. */
  acked = 0;
  /** Of the longest wait for a PUBACK (milliseconds). */
  longestWait = 0;
  /** Why it could not go on; undefined: it could. */
  failure: Error | undefined;
  readonly #client: MqttClient;
  readonly #device: string;
  #running = true;
  readonly #ended: Promise<void>;

  private constructor(client: MqttClient, device: string) {
    this.#client = client;
    this.#device = device;
    client.on("error", (error) => (this.failure ??= error));
    client.on("close", () => {
      if (this.#running) this.failure ??= new RangeError("the gateway closed the connection of an honest client");
    });
    this.#ended = this.#run();
  }

  static async start(url: string, device: string): Promise<HonestClient> {
    const client = await mqtt.connectAsync(url, { clientId: device, protocolVersion: 5, reconnectPeriod: 0 });
    return new HonestClient(client, device);
  }

  /** Resolves when what it published is acknowledged. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#ended;
    await this.#client.endAsync(true);
  }

  async #run(): Promise<void> {
    while (this.#running && this.failure === undefined) {
      const began = performance.now();
      try {
        await this.#client.publishAsync(`devices/${this.#device}/telemetry`, `{"i":${this.acked}}`, { qos: 1 });
        this.acked += 1;
        this.longestWait = Math.max(this.longestWait, performance.now() - began);
      } catch (error) {
        this.failure ??= error as Error;
      }
      await sleep(everyMs);
    }
  }
}
