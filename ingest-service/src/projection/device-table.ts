import type { Point } from "@headwater/time-series";
import type { FieldPair } from "./field-pair.ts";
import { Interned } from "@headwater/proto/telemetry";

/** The state of a device between its events. */
export interface DeviceEntry {
  readonly id: string;
  /** One object for all of its points, as long as their values are the same: stores cache what they derive from it. */
  tags: Point["tags"] | undefined;
  /** Of its last event; its tags say it. */
  incarnation: number;
  /** The highest of its incarnations that was met. */
  met: number;
  /** What lower incarnations have sent is deleted, as of the version of the erasures. */
  erasedBelow: number;
  version: number;
  /** Its last point, to see a time that comes twice in a row. */
  time: number;
  fields: Point["fields"];
  /** The metrics of its last plain event whose series were all let in: the next one mostly has the same. */
  familiar: readonly FieldPair[];
  /** Whose its series are, and what their tags add to a metric's name (`known-series.ts`). */
  owner: string;
  tagsKey: string;
}

/** Half of the bound on kept devices. */
const maxDevices = 50_000;
const noFields = {};
export const nothingFamiliar: readonly FieldPair[] = [];

/** The devices of a partition, the most recent ones; a device that was forgotten is merely met anew. */
export class DeviceTable {
  #young = new Map<string, DeviceEntry>();
  #old = new Map<string, DeviceEntry>();
  readonly #byBytes = new Interned<DeviceEntry>(maxDevices, (id) => this.of(id));

  of(id: string): DeviceEntry {
    return this.#young.get(id) ?? this.#rememberAgain(id);
  }

  /** The device whose id these bytes are; undefined if they are not UTF-8. */
  ofBytes(bytes: Uint8Array, start: number, end: number): DeviceEntry | undefined {
    return this.#byBytes.of(bytes, start, end);
  }

  #rememberAgain(id: string): DeviceEntry {
    const entry = this.#old.get(id) ?? newEntry(id);
    if (this.#young.size >= maxDevices) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, entry);
    return entry;
  }
}

function newEntry(id: string): DeviceEntry {
  const lives = { incarnation: 0, met: 0, erasedBelow: 0, version: -1 };
  return {
    id,
    tags: undefined,
    ...lives,
    time: Number.NaN,
    fields: noFields,
    familiar: nothingFamiliar,
    owner: id,
    tagsKey: "",
  };
}
