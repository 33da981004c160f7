import type { EventLog, Following, LogBatch } from "@headwater/event-log";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { SimulationError } from "../../errors.ts";
import { ArrivalCount } from "./arrivals.ts";
import type { MessageForm } from "./message-form.ts";
import type { LogReader, OnArrival } from "./reader.ts";

/** What comes onto a topic of Kafka, whoever writes it, from the moment it is started. */
export class KafkaTopicReader implements LogReader {
  readonly byDevice = new Map<string, ArrivalCount>();
  incomplete: string | undefined;
  readonly #brokers: readonly string[];
  readonly #topic: string;
  readonly #form: MessageForm;
  readonly #devices: ReadonlySet<string>;
  readonly #onArrival: OnArrival;
  #log: EventLog | undefined;
  #following: Following | undefined;

  constructor(
    { brokers, topic, form }: { brokers: readonly string[]; topic: string; form: MessageForm },
    devices: ReadonlySet<string>,
    onArrival: OnArrival,
  ) {
    this.#brokers = brokers;
    this.#topic = topic;
    this.#form = form;
    this.#devices = devices;
    this.#onArrival = onArrival;
  }

  async start(): Promise<void> {
    try {
      this.#log = await openKafkaLog({ brokers: this.#brokers, clientId: "headwater-sim" });
      this.#following = await this.#log.follow({
        topics: [this.#topic],
        otherwise: "latest",
        onBatch: (batch) => this.#take(batch),
        onGap: ({ reason }) => void (this.incomplete ??= `records of the topic cannot be read: ${reason}`),
      });
    } catch (cause) {
      await this.stop();
      const where = `the topic ${this.#topic} of ${this.#brokers.join(",")}`;
      throw new SimulationError(`${where} cannot be read: ${(cause as Error).message}`, { cause });
    }
    this.#following.done.catch((error: unknown) => {
      this.incomplete ??= `the topic could not be followed: ${(error as Error).message}`;
    });
  }

  async stop(): Promise<void> {
    await this.#following?.close();
    await this.#log?.close();
    this.#following = this.#log = undefined;
  }

  #take({ topic, records }: LogBatch): void {
    for (const { key, value, appendTime } of records) {
      if (value === null) continue;
      for (const { device, seq } of this.#numbers(topic, key, value)) {
        if (!this.#devices.has(device)) continue;
        let count = this.byDevice.get(device);
        if (count === undefined) this.byDevice.set(device, (count = new ArrivalCount()));
        count.take(seq);
        this.#onArrival(device, seq, appendTime / 1_000);
      }
    }
  }

  #numbers(topic: string, key: Uint8Array | null, value: Uint8Array) {
    try {
      return this.#form({ topic, key: key === null ? undefined : Buffer.from(key).toString("utf8"), value });
    } catch {
      // Somebody else's record: what is missing of the fleet's own is told as lost.
      return [];
    }
  }
}
