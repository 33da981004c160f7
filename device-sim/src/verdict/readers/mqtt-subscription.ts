import { connectAsync, type MqttClient } from "mqtt";
import { SimulationError } from "../../errors.ts";
import { ArrivalCount } from "./arrivals.ts";
import type { MessageForm } from "./message-form.ts";
import type { LogReader, OnArrival } from "./reader.ts";

/** What a broker passes on to a subscriber, from the moment it is started. */
export class MqttSubscriptionReader implements LogReader {
  readonly byDevice = new Map<string, ArrivalCount>();
  incomplete: string | undefined;
  readonly #url: string;
  readonly #filter: string;
  readonly #form: MessageForm;
  readonly #devices: ReadonlySet<string>;
  readonly #onArrival: OnArrival;
  #client: MqttClient | undefined;

  constructor(
    { url, filter, form }: { url: string; filter: string; form: MessageForm },
    devices: ReadonlySet<string>,
    onArrival: OnArrival,
  ) {
    this.#url = url;
    this.#filter = filter;
    this.#form = form;
    this.#devices = devices;
    this.#onArrival = onArrival;
  }

  async start(): Promise<void> {
    try {
      const clientId = `headwater-sim-${process.pid}-${Date.now()}`;
      this.#client = await connectAsync(this.#url, { clientId, reconnectPeriod: 0 });
      const [granted] = await this.#client.subscribeAsync(this.#filter, { qos: 1 });
      if (granted === undefined || granted.qos > 2) throw new SimulationError(`${this.#filter} is refused`);
    } catch (cause) {
      await this.stop();
      const where = `${this.#url} (${this.#filter})`;
      throw new SimulationError(`${where} cannot be subscribed to: ${(cause as Error).message}`, { cause });
    }
    const client = this.#client;
    client.on("message", (topic, value) => this.#take(topic, value));
    client.on("error", () => undefined);
    client.on("close", () => {
      if (this.#client !== undefined) this.incomplete ??= "the subscriber's connection was lost";
    });
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync();
  }

  #take(topic: string, value: Uint8Array): void {
    const now = performance.timeOrigin + performance.now();
    for (const { device, seq } of this.#form({ topic, key: undefined, value })) {
      if (!this.#devices.has(device)) continue;
      let count = this.byDevice.get(device);
      if (count === undefined) this.byDevice.set(device, (count = new ArrivalCount()));
      count.take(seq);
      this.#onArrival(device, seq, now);
    }
  }
}
