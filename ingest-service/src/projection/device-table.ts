import type { Reading } from "@headwater/proto";

/** What is kept of a device between its events. */
export interface DeviceEntry {
  /** One object for all of its points, as long as their values are the same: stores cache what they derive from it. */
  tags: Readonly<Record<string, string>> | undefined;
  /** Of its last event, to see a time that comes twice in a row. */
  time: number;
  readings: readonly Reading[];
}

const maxDevices = 50_000;

/** The devices of a partition, the most recent ones; a device that was forgotten is merely met anew. */
export class DeviceTable {
  #young = new Map<string, DeviceEntry>();
  #old = new Map<string, DeviceEntry>();

  of(device: string): DeviceEntry {
    return this.#young.get(device) ?? this.#rememberAgain(device);
  }

  #rememberAgain(device: string): DeviceEntry {
    const entry = this.#old.get(device) ?? { tags: undefined, time: Number.NaN, readings: [] };
    if (this.#young.size >= maxDevices) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(device, entry);
    return entry;
  }
}
