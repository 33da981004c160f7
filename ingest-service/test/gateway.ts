import { type EventLog, type OutgoingRecord, partitionFor } from "@headwater/event-log";
import { events, type TelemetryInput, telemetryHeaders } from "@headwater/proto";
import { partitions, topics } from "./service.ts";

export type Values = Record<string, number | boolean | string>;

/** The records of a gateway, with dense identities per partition. */
export class TestGateway {
  readonly name: string;
  readonly epoch: number;
  readonly #log: EventLog;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #lanes = new Map<number, { n: number; received: number; dropped: number }>();
  #clock = 1_780_000_000_000_000;

  constructor(
    log: EventLog,
    { name = "g1", epoch = 7, topic = topics.telemetry, of = partitions }: GatewayOptions = {},
  ) {
    this.#log = log;
    this.name = name;
    this.epoch = epoch;
    this.#topic = topic;
    this.#partitions = of;
  }

  partitionOf(device: string): number {
    return partitionFor(device, this.#partitions);
  }

  event(device: string, eventTime: number, values: Values, more: TelemetryInput = {}): OutgoingRecord {
    const partition = this.partitionOf(device);
    const lane = this.#lane(partition);
    lane.n += 1;
    lane.received += 1;
    const value = events.telemetry.encode({
      ...this.#identity(lane.n),
      device,
      eventTime,
      readings: Object.entries(values).map(([metric, each]) => reading(metric, each)),
      ...more,
    });
    return { key: device, partition, value, headers: telemetryHeaders.event };
  }

  mark(partition: number): OutgoingRecord {
    const lane = this.#lane(partition);
    lane.n += 1;
    const { received, dropped } = lane;
    const value = events.telemetry.encode({ ...this.#identity(lane.n), mark: { received, dropped } });
    return { key: null, partition, value, headers: telemetryHeaders.mark };
  }

  /** Events of the device's lane that were received and then dropped, named by a gap record. */
  drop(device: string, count: number): OutgoingRecord {
    const partition = this.partitionOf(device);
    const lane = this.#lane(partition);
    const fromN = lane.n + 1;
    const toN = lane.n + count;
    lane.n += count + 1;
    lane.received += count;
    lane.dropped += count;
    const value = events.telemetry.encode({ ...this.#identity(lane.n), gap: { fromN, toN, reason: "drop-oldest" } });
    return { key: null, partition, value, headers: telemetryHeaders.gap };
  }

  /** Events that are received and never logged: the loss that the ledger has to show. */
  lose(device: string, count: number): void {
    const lane = this.#lane(this.partitionOf(device));
    lane.n += count;
    lane.received += count;
  }

  async append(...records: readonly OutgoingRecord[]): Promise<void> {
    await this.#log.append(this.#topic, records);
  }

  async markAll(): Promise<void> {
    await this.append(...Array.from({ length: this.#partitions }, (_, partition) => this.mark(partition)));
  }

  #identity(n: number) {
    this.#clock += 1;
    return { gateway: this.name, epoch: this.epoch, n, receivedAt: this.#clock };
  }

  #lane(partition: number) {
    let lane = this.#lanes.get(partition);
    if (lane === undefined) {
      lane = { n: 0, received: 0, dropped: 0 };
      this.#lanes.set(partition, lane);
    }
    return lane;
  }
}

export interface GatewayOptions {
  readonly name?: string;
  readonly epoch?: number;
  readonly topic?: string;
  readonly of?: number;
}

type Reading = NonNullable<TelemetryInput["readings"]>[number];

export function reading(metric: string, value: number | boolean | string): Reading {
  if (typeof value === "number") return { metric, number: value };
  return typeof value === "boolean" ? { metric, boolean: value } : { metric, text: value };
}
