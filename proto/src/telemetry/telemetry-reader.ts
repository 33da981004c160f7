import { telemetry } from "../codec.ts";
import type { Reading, TelemetryRecord } from "../event-types.ts";
import { Interned } from "./interned.ts";
import { PlainEvent } from "./plain-event.ts";
import { readTelemetry } from "./read-telemetry.ts";

/** Devices and metrics whose names are kept. */
const maxNames = 100_000;

interface MetricEntry {
  readonly name: string;
  readonly isWanted: boolean;
}

/** What the codec gives for an absent field; a plain event has all of the others. */
const { attributes, mark, tick, gap, derived, redrive } = telemetry.decode(new Uint8Array(0));
/** Stands in the place of a reading that nobody asked for, so that the others keep their places. */
const unwanted: Reading = {
  metric: "",
  number: null,
  boolean: null,
  text: null,
  value: "number",
  unit: "",
  timeDelta: 0,
};
const none: readonly Reading[] = [];

/**
 * Reads the records of a partition one after the other, as `readTelemetry` does and with its errors, at a fraction of
 * its cost: the names of devices and metrics are kept. Who names the metrics that it wants gets no others of a plain
 * event; their places hold readings without a name and a value, and an event of none of them has no readings at all.
 * Units are left out.
 */
export class TelemetryReader {
  readonly #plain: PlainEvent<string, MetricEntry>;
  readonly #names = new Interned<string>(maxNames, (name) => name);
  readonly #devices = {
    ofBytes: (bytes: Uint8Array, start: number, end: number): string | undefined => this.#names.of(bytes, start, end),
  };

  /** `wanted`: undefined for all metrics. */
  constructor(wanted?: ReadonlySet<string>) {
    this.#plain = new PlainEvent((name) => ({ name, isWanted: wanted === undefined || wanted.has(name) }));
  }

  /** Throws DecodeError as `readTelemetry` does. */
  read(value: Uint8Array | null): TelemetryRecord {
    return value === null ? readTelemetry(value) : this.readAt(value, 0, value.length);
  }

  /** The same of a record that lies among others: a view of each would cost more than its device. */
  readAt(bytes: Uint8Array, start: number, end: number): TelemetryRecord {
    const plain = this.#plain;
    if (!plain.read(bytes, this.#devices, start, end)) return readTelemetry(bytes.subarray(start, end));
    return {
      gateway: plain.gateway,
      epoch: plain.epoch,
      n: plain.n,
      receivedAt: plain.receivedAt,
      device: plain.device,
      eventTime: plain.eventTime,
      incarnation: plain.incarnation,
      readings: this.#readings(),
      attributes,
      mark,
      tick,
      gap,
      derived,
      redrive,
    };
  }

  #readings(): readonly Reading[] {
    const { count, metrics, values, areBooleans } = this.#plain;
    let readings: Reading[] | undefined;
    for (let index = 0; index < count; index++) {
      const { name, isWanted } = metrics[index]!;
      if (!isWanted) {
        readings?.push(unwanted);
        continue;
      }
      if (readings === undefined) {
        readings = [];
        for (let before = 0; before < index; before++) readings.push(unwanted);
      }
      const value = values[index]!;
      readings.push(readingOf(name, areBooleans[index]!, value));
    }
    return readings ?? none;
  }
}

function readingOf(metric: string, isBoolean: boolean, value: number): Reading {
  return isBoolean
    ? { metric, number: null, boolean: value !== 0, text: null, value: "boolean", unit: "", timeDelta: 0 }
    : { metric, number: value, boolean: null, text: null, value: "number", unit: "", timeDelta: 0 };
}
