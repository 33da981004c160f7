import type { TelemetryRecord } from "@headwater/proto";
import type { RecordPosition } from "./engine.ts";

/** Where the intake stands in a record: its readings of one time are a sample, and the oldest comes first. */
export class RecordSamples {
  record: TelemetryRecord | undefined;
  at: RecordPosition | undefined;
  /** How much its readings are moved back. */
  shift = 0;
  /** The places of its readings by their samples; undefined: as they stand, they are one. */
  #order: readonly number[] | undefined;
  /** Of its readings. */
  #count = 0;
  /** The next reading of the present sample, and the end of that. */
  #place = 0;
  #end = 0;

  /** `taken`: so many of its readings are taken in already, where they are one sample. */
  begin(record: TelemetryRecord, at: RecordPosition, shift: number, isOneSample: boolean, taken: number): void {
    const { readings } = record;
    this.record = record;
    this.at = at;
    this.shift = shift;
    this.#order = isOneSample
      ? undefined
      : Array.from(readings.keys()).sort((a, b) => readings[a]!.timeDelta - readings[b]!.timeDelta || a - b);
    this.#count = readings.length;
    this.#place = taken;
    this.#end = taken > 0 ? readings.length : 0;
  }

  /** What is taken in from now on is a sample of its own. */
  end(): void {
    this.#order = undefined;
    this.#count = this.#place = this.#end = 0;
  }

  get isOfSeveral(): boolean {
    return this.#order !== undefined;
  }

  /** The next reading of the present sample, by its place in the record; -1: there is none. */
  next(): number {
    if (this.#place === this.#end) return -1;
    const place = this.#place++;
    return this.#order === undefined ? place : this.#order[place]!;
  }

  /** Begins the next sample. Answers its first reading, which `next` still gives; -1: there is none. */
  turn(): number {
    const begin = this.#end;
    if (begin === this.#count) return -1;
    const order = this.#order;
    this.#place = begin;
    this.#end = this.#count;
    if (order === undefined) return begin;
    const { readings } = this.record!;
    const { timeDelta } = readings[order[begin]!]!;
    let end = begin + 1;
    while (end < order.length && readings[order[end]!]!.timeDelta === timeDelta) end++;
    this.#end = end;
    return order[begin]!;
  }
}
