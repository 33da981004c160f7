import { partitionFor } from "@headwater/event-log";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { deviceBytes, type FieldBytes } from "@headwater/proto/telemetry";

/** A device as the hot path needs it, made once. */
export interface DeviceLane {
  readonly device: string;
  /** Which device of the id that is. */
  readonly incarnation: number;
  readonly key: Uint8Array;
  readonly field: FieldBytes;
  readonly partition: number;
  readonly lane: Lane;
  /** Whoever has kept it asks for it anew, once it is none of those that are remembered. */
  isCurrent: boolean;
}

const maxKnownDevices = 50_000;

/** The lane of each device, and its name as it is written. */
export class DeviceLanes {
  readonly #lanes: Lanes;
  readonly #partitions: number;
  readonly #known = new Map<string, DeviceLane>();
  /** Which device of an id its events are of. */
  incarnationOf: (device: string) => number = () => 0;

  constructor(lanes: Lanes, partitions: number) {
    this.#lanes = lanes;
    this.#partitions = partitions;
  }

  /** Of a device that sends messages. */
  of(device: string): DeviceLane {
    const known = this.#known.get(device);
    if (known !== undefined) return known;
    if (this.#known.size >= maxKnownDevices) {
      for (const lane of this.#known.values()) lane.isCurrent = false;
      this.#known.clear();
    }
    const made = this.#make(device);
    this.#known.set(device, made);
    return made;
  }

  /** The device may be another one by now. */
  forget(device: string): void {
    const known = this.#known.get(device);
    if (known === undefined) return;
    known.isCurrent = false;
    this.#known.delete(device);
  }

  /** Of a device that may only come and go: nothing of it is remembered. */
  passing(device: string): DeviceLane {
    return this.#known.get(device) ?? this.#make(device);
  }

  #make(device: string): DeviceLane {
    const partition = partitionFor(device, this.#partitions);
    // In memory of its own: a small buffer is otherwise a piece of a pool of 64 KiB, all of which lives as long as the
    // piece.
    const incarnation = this.incarnationOf(device);
    const encoded = deviceBytes(device, incarnation);
    const field = Buffer.allocUnsafeSlow(encoded.length);
    field.set(encoded);
    // The field ends with its text.
    const key = field.subarray(field.length - Buffer.byteLength(device));
    return { device, incarnation, key, field, partition, lane: this.#lanes.of(partition), isCurrent: true };
  }
}
