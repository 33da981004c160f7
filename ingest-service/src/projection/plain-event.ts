import { Interned } from "./interned.ts";
import type { DeviceEntry, DeviceTable } from "./device-table.ts";
import { fieldsOf, type FieldPair } from "./field-pair.ts";

/** A longer event may hold more readings than an event may have; the codec knows. */
const maxBytes = 32_768;
const maxNames = 100_000;

const doubleBytes = new Uint8Array(8);
const doubles = new Float64Array(doubleBytes.buffer);

/** Field numbers and wire types of the one kind of record that is read here, as tags. */
const tag = {
  gateway: (1 << 3) | 2,
  epoch: (2 << 3) | 0,
  n: (3 << 3) | 0,
  receivedAt: (4 << 3) | 0,
  device: (5 << 3) | 2,
  eventTime: (6 << 3) | 0,
  reading: (7 << 3) | 2,
  metric: (1 << 3) | 2,
  number: (2 << 3) | 1,
  boolean: (3 << 3) | 0,
  unit: (5 << 3) | 2,
} as const;

/**
 * Reads the events that nearly all are: from a gateway, numbers and booleans of one time, nothing else in them. For
 * such an event it leaves in its own fields what the codec would have decoded, without an object for each reading;
 * everything else it declines, and the codec decides. A property test holds the two together.
 */
export class PlainEvent {
  gateway = "";
  epoch = 0;
  n = 0;
  device!: DeviceEntry;
  eventTime = 0;
  count = 0;
  /** The first `count` of each. */
  readonly names: FieldPair[] = [];
  readonly values: number[] = [];
  readonly #metrics = new Interned<FieldPair | null>(maxNames, fieldsOf);
  readonly #gateways = new Interned<string>(1000, (name) => name);
  readonly #units = new Interned<true>(1000, () => true);
  #bytes: Uint8Array = doubleBytes;
  #at = 0;

  /** Whether this is such an event. */
  read(bytes: Uint8Array, devices: DeviceTable): boolean {
    if (bytes.length > maxBytes) return false;
    this.#bytes = bytes;
    const isPlain = this.#read(devices);
    // A view of a whole fetched batch, which must not outlive it.
    this.#bytes = doubleBytes;
    return isPlain;
  }

  #read(devices: DeviceTable): boolean {
    const bytes = this.#bytes;
    const end = bytes.length;
    this.#at = 0;
    this.epoch = 0;
    this.n = 0;
    this.eventTime = 0;
    this.count = 0;
    let seen = 0;
    while (this.#at < end) {
      const next = bytes[this.#at]!;
      this.#at += 1;
      if (next !== tag.reading) {
        const bit = 1 << (next >>> 3);
        // What comes twice is for the codec.
        if (next > 0x7f || (seen & bit) !== 0) return false;
        seen |= bit;
      }
      switch (next) {
        case tag.gateway: {
          const stop = this.#stop(end);
          const gateway = stop < 0 ? undefined : this.#gateways.of(bytes, this.#at, stop);
          if (gateway === undefined || gateway === "") return false;
          this.gateway = gateway;
          this.#at = stop;
          break;
        }
        case tag.device: {
          const stop = this.#stop(end);
          const device = stop < 0 ? undefined : devices.ofBytes(bytes, this.#at, stop);
          if (device === undefined) return false;
          this.device = device;
          this.#at = stop;
          break;
        }
        case tag.epoch:
          this.epoch = this.#varint(end);
          if (this.epoch < 0) return false;
          break;
        case tag.n:
          this.n = this.#varint(end);
          if (this.n < 0) return false;
          break;
        case tag.receivedAt:
          if (this.#varint(end) < 0) return false;
          break;
        case tag.eventTime:
          this.eventTime = this.#varint(end);
          if (this.eventTime < 0) return false;
          break;
        case tag.reading: {
          const stop = this.#stop(end);
          if (stop < 0 || !this.#reading(stop)) return false;
          break;
        }
        default:
          return false;
      }
    }
    // Without a gateway it is no event of one; without a device there is nothing to look up.
    return (seen & 0b100010) === 0b100010 && this.count > 0;
  }

  #reading(end: number): boolean {
    const bytes = this.#bytes;
    let names: FieldPair | null | undefined;
    let value = 0;
    let seen = 0;
    while (this.#at < end) {
      const next = bytes[this.#at]!;
      this.#at += 1;
      const bit = next === tag.boolean ? 1 << 2 : 1 << (next >>> 3);
      if (next > 0x7f || (seen & bit) !== 0) return false;
      seen |= bit;
      switch (next) {
        case tag.metric: {
          const stop = this.#stop(end);
          if (stop < 0) return false;
          names = this.#metrics.of(bytes, this.#at, stop);
          this.#at = stop;
          break;
        }
        case tag.number:
          if (this.#at + 8 > end) return false;
          for (let index = 0; index < 8; index += 1) doubleBytes[index] = bytes[this.#at + index]!;
          value = doubles[0]!;
          this.#at += 8;
          break;
        case tag.boolean:
          value = this.#varint(end);
          if (value < 0) return false;
          value = value === 0 ? 0 : 1;
          break;
        case tag.unit: {
          const stop = this.#stop(end);
          if (stop < 0 || this.#units.of(bytes, this.#at, stop) === undefined) return false;
          this.#at = stop;
          break;
        }
        default:
          return false;
      }
    }
    // It needs a name that can be stored, and a value.
    if (names === undefined || names === null || (seen & 0b100) === 0) return false;
    this.names[this.count] = names;
    this.values[this.count] = value;
    this.count += 1;
    return true;
  }

  /** Where the bytes end whose length stands here; -1 if that is not before `end`. */
  #stop(end: number): number {
    const length = this.#varint(end);
    return length < 0 || length > end - this.#at ? -1 : this.#at + length;
  }

  /** -1 for what is cut off or no safe integer (a negative one has its highest bits set). */
  #varint(end: number): number {
    const bytes = this.#bytes;
    let value = 0;
    let factor = 1;
    while (this.#at < end) {
      const byte = bytes[this.#at]!;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : -1;
      factor *= 128;
      if (factor > 2 ** 49) return -1;
    }
    return -1;
  }
}
