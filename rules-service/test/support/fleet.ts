import { partitionFor, type EventLog, type OutgoingRecord, type TopicNames } from "@headwater/event-log";
import { events, telemetryHeaders } from "@headwater/proto";

export interface FleetOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partitions: number;
  readonly gateway?: string;
  readonly epoch?: number;
}

/**
 * Devices behind one gateway, as its forwarder writes them: identities dense per partition, receive times that only
 * rise.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #gateway: string;
  readonly #epoch: number;
  readonly #n = new Map<number, number>();
  /** Events, by partition. */
  readonly #events = new Map<number, number>();
  #received = Date.now() * 1000;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#gateway = options.gateway ?? "gateway-1";
    this.#epoch = options.epoch ?? 7;
  }

  partitionOf(device: string): number {
    return partitionFor(device, this.#options.partitions);
  }

  /** One event of one reading; its event time defaults to when it was received. Answers its event time. */
  record(device: string, metric: string, value: number, eventTime?: number): { record: OutgoingRecord; at: number } {
    const partition = this.partitionOf(device);
    const receivedAt = this.#now();
    const at = eventTime ?? receivedAt;
    this.#events.set(partition, (this.#events.get(partition) ?? 0) + 1);
    const value_ = events.telemetry.encode({
      ...{ gateway: this.#gateway, epoch: this.#epoch, n: this.#next(partition), receivedAt, device, eventTime: at },
      readings: [{ metric, number: value }],
    });
    return { record: { key: device, value: value_, headers: telemetryHeaders.event }, at };
  }

  async send(device: string, values: readonly number[], metric = "temperature"): Promise<number[]> {
    const made = values.map((value) => this.record(device, metric, value));
    await this.append(made.map(({ record }) => record));
    return made.map(({ at }) => at);
  }

  append(records: readonly OutgoingRecord[]): Promise<unknown> {
    return this.#options.log.append(this.#options.topics.telemetry, records);
  }

  /** A mark to every partition: nothing earlier follows. */
  async mark(): Promise<void> {
    const receivedAt = this.#now();
    const records = Array.from({ length: this.#options.partitions }, (_, partition) => ({
      key: null,
      partition,
      value: events.telemetry.encode({
        ...{ gateway: this.#gateway, epoch: this.#epoch, n: this.#next(partition), receivedAt },
        mark: { received: this.#events.get(partition) ?? 0 },
      }),
      headers: telemetryHeaders.mark,
    }));
    await this.append(records);
  }

  #next(partition: number): number {
    const n = (this.#n.get(partition) ?? 0) + 1;
    this.#n.set(partition, n);
    return n;
  }

  #now(): number {
    this.#received = Math.max(Date.now() * 1000, this.#received + 1);
    return this.#received;
  }
}
