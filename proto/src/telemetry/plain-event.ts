import * as tags from "../telemetry-tags.ts";
import { Interned } from "./interned.ts";
import * as limits from "./read-telemetry.ts";

// Of this module: a binding of another one is looked up at each use, which an event feels.
const { readingTag, recordTag } = tags;
const { endOfIdentities, maxTime, maxDeviceLength } = limits;

/** A longer event may hold more readings than an event may have; the codec knows. */
const maxBytes = 32_768;
const maxNames = 100_000;

const doubleBytes = new Uint8Array(8);
const doubles = new Float64Array(doubleBytes.buffer);

/** Which of the fields a record has, one bit each by its number. */
const bitOf = (tag: number): number => 1 << (tag >>> 3);
const requiredFields = bitOf(recordTag.gateway) | bitOf(recordTag.device);
/** The three fields of the oneof `value` share a bit: a reading has one of them at most. */
const valueBit = bitOf(readingTag.number);

/** Of a varint that is -1 if it is none. */
function isTime(time: number): boolean {
  return time >= 0 && time <= maxTime;
}

/** Finds the entry of a device by the bytes of the device's id. */
export interface DeviceLookup<D> {
  /** undefined if the bytes are not UTF-8. */
  ofBytes(bytes: Uint8Array, start: number, end: number): D | undefined;
}

/**
 * Reads plain events, which nearly all are: from a gateway, numbers and booleans of one time, nothing else in them. The
 * fields of such an event are left in the fields of this object, as the codec would have decoded them but without an
 * object for each reading. Every other record is declined, and the codec decides. `D` and `M` are the entries that the
 * caller keeps of a device and of a metric.
 */
export class PlainEvent<D, M> {
  gateway = "";
  epoch = 0;
  n = 0;
  receivedAt = 0;
  device!: D;
  eventTime = 0;
  incarnation = 0;
  count = 0;
  /** The first `count` of each. */
  readonly metrics: M[] = [];
  readonly values: number[] = [];
  readonly areBooleans: boolean[] = [];
  readonly #metrics: Interned<M | null>;
  readonly #gateways = new Interned<string>(1000, (name) => name);
  readonly #units = new Interned<true>(1000, () => true);
  #bytes: Uint8Array = doubleBytes;
  #at = 0;
  /** Where the event ends. */
  #end = 0;

  /** `metricOf` answers null for a metric that makes an event one for the codec. */
  constructor(metricOf: (name: string) => M | null) {
    this.#metrics = new Interned(maxNames, metricOf);
  }

  /** Whether the bytes from `start` up to, not including, `end` are a plain event. */
  read(bytes: Uint8Array, devices: DeviceLookup<D>, start = 0, end = bytes.length): boolean {
    if (end - start > maxBytes) return false;
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const isPlain = this.#read(devices);
    // A view of a whole fetched batch, which must not outlive it.
    this.#bytes = doubleBytes;
    return isPlain;
  }

  #read(devices: DeviceLookup<D>): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    this.epoch = 0;
    this.n = 0;
    this.receivedAt = 0;
    this.eventTime = 0;
    this.incarnation = 0;
    this.count = 0;
    let seen = 0;
    while (this.#at < end) {
      const next = bytes[this.#at]!;
      this.#at += 1;
      if (next !== recordTag.reading) {
        const bit = bitOf(next);
        // A field that comes twice is for the codec.
        if (next > 0x7f || (seen & bit) !== 0) return false;
        seen |= bit;
      }
      switch (next) {
        case recordTag.gateway: {
          const stop = this.#stop(end);
          const gateway = stop < 0 ? undefined : this.#gateways.of(bytes, this.#at, stop);
          if (gateway === undefined || gateway === "") return false;
          this.gateway = gateway;
          this.#at = stop;
          break;
        }
        case recordTag.device: {
          const stop = this.#stop(end);
          if (stop <= this.#at || stop - this.#at > maxDeviceLength) return false;
          const device = devices.ofBytes(bytes, this.#at, stop);
          if (device === undefined) return false;
          this.device = device;
          this.#at = stop;
          break;
        }
        case recordTag.epoch:
          this.epoch = this.#varint(end);
          if (this.epoch < 0) return false;
          break;
        case recordTag.n:
          this.n = this.#varint(end);
          if (this.n < 0) return false;
          break;
        case recordTag.receivedAt:
          this.receivedAt = this.#varint(end);
          if (!isTime(this.receivedAt)) return false;
          break;
        case recordTag.eventTime:
          this.eventTime = this.#varint(end);
          if (!isTime(this.eventTime)) return false;
          break;
        case recordTag.incarnation:
          this.incarnation = this.#varint(end);
          // The codec cuts a longer one to 32 bits.
          if (this.incarnation < 0 || this.incarnation > 0xffff_ffff) return false;
          break;
        case recordTag.reading: {
          const stop = this.#stop(end);
          if (stop < 0 || !this.#reading(stop)) return false;
          break;
        }
        default:
          return false;
      }
    }
    // Without a gateway it is no event of one; without a device there is nothing to look up.
    return (seen & requiredFields) === requiredFields && this.count > 0 && this.n > 0 && this.n < endOfIdentities;
  }

  #reading(end: number): boolean {
    const bytes = this.#bytes;
    let metric: M | null | undefined;
    let value = 0;
    let isBoolean = false;
    let seen = 0;
    while (this.#at < end) {
      const next = bytes[this.#at]!;
      this.#at += 1;
      const bit = next === readingTag.boolean ? valueBit : bitOf(next);
      if (next > 0x7f || (seen & bit) !== 0) return false;
      seen |= bit;
      switch (next) {
        case readingTag.metric: {
          const stop = this.#stop(end);
          if (stop < 0) return false;
          metric = this.#metrics.of(bytes, this.#at, stop);
          this.#at = stop;
          break;
        }
        case readingTag.number:
          if (this.#at + 8 > end) return false;
          for (let index = 0; index < 8; index += 1) doubleBytes[index] = bytes[this.#at + index]!;
          value = doubles[0]!;
          this.#at += 8;
          break;
        case readingTag.boolean:
          value = this.#varint(end);
          if (value < 0) return false;
          value = value === 0 ? 0 : 1;
          isBoolean = true;
          break;
        case readingTag.unit: {
          const stop = this.#stop(end);
          if (stop < 0 || this.#units.of(bytes, this.#at, stop) === undefined) return false;
          this.#at = stop;
          break;
        }
        default:
          return false;
      }
    }
    // A reading needs a metric that the caller knows, and a value.
    if (metric === undefined || metric === null || (seen & valueBit) === 0) return false;
    this.metrics[this.count] = metric;
    this.values[this.count] = value;
    this.areBooleans[this.count] = isBoolean;
    this.count += 1;
    return true;
  }

  /** Where the bytes end whose length stands here; -1 if that is not before `end`. */
  #stop(end: number): number {
    const length = this.#varint(end);
    return length < 0 || length > end - this.#at ? -1 : this.#at + length;
  }

  /** -1 for a varint that is cut off or no safe integer (a negative one has its highest bits set). */
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
