import type { TelemetryRecord } from "@headwater/proto";
import { Counting } from "../accounts/counting.ts";
import type { OutcomeCounts, PartitionAccount } from "../accounts/account.ts";
import { type DeviceEntry, DeviceTable } from "./device-table.ts";
import { type FieldPair, plainFieldsOf } from "./field-pair.ts";
import { PlainEvent, readTelemetry } from "@headwater/proto/telemetry";
import type { SeriesGate } from "../series-guard/series-guard.ts";
import { type ErasedData, type PointSink, type RefusedMetrics, TelemetryPoints } from "./telemetry-points.ts";

/** An event of which something is not stored. */
export interface RefusedEvent {
  readonly kind: "event" | "derived";
  readonly refused: readonly RefusedMetrics[];
}

export type ReadKind = "event" | "derived" | "duplicate" | "other" | RefusedEvent;

/** Makes points of the records of one partition, in offset order, and counts the records. */
export class EventReader {
  readonly #devices = new DeviceTable();
  readonly #plain = new PlainEvent<DeviceEntry, FieldPair>(plainFieldsOf);
  readonly #points: TelemetryPoints;
  readonly #counting: Counting;

  constructor(account: PartitionAccount, tagNames: readonly string[], erased?: ErasedData, gate?: SeriesGate) {
    this.#counting = new Counting(account);
    this.#points = new TelemetryPoints(tagNames, account.counts.overwritten, erased, gate);
  }

  /** Throws DecodeError for a record that cannot be decoded, which counts as an event. */
  read(value: Uint8Array | null, offset: number, source: number, sink: PointSink): ReadKind {
    const plain = this.#plain;
    if (value !== null && plain.read(value, this.#devices)) {
      const kind = this.#counting.addEvent(plain.gateway, plain.epoch, plain.n, offset, plain.receivedAt);
      if (kind !== "event") return kind;
      const refused = this.#points.addPlain(plain, source, sink);
      return refused === undefined ? kind : { kind, refused };
    }
    const record = this.#decode(value);
    const kind = this.#counting.add(record, offset);
    if ((kind !== "event" && kind !== "derived") || record.readings.length === 0) return kind;
    const refused = this.#points.add(record, source, this.#devices.of(record.device), sink);
    return refused === undefined ? kind : { kind, refused };
  }

  /** As `TelemetryPoints.askAgain`. */
  askAgain(): void {
    this.#points.askAgain();
  }

  /** As `TelemetryPoints.takeMet`. */
  takeMet(): ReadonlyMap<string, number> | undefined {
    return this.#points.takeMet();
  }

  account(offset: number, outcomes: OutcomeCounts): PartitionAccount {
    return this.#counting.account(offset, outcomes, this.#points.overwritten);
  }

  #decode(value: Uint8Array | null): TelemetryRecord {
    try {
      return readTelemetry(value);
    } catch (error) {
      this.#counting.addUndecodable();
      throw error;
    }
  }
}
