import { DecodeError } from "@headwater/core";
import { telemetry } from "../codec.ts";
import type { TelemetryRecord } from "../event-types.ts";

/** A lane counts its identities from 1, and no gateway lives long enough to reach this one. */
export const endOfIdentities = 2 ** 48;
/**
 * Times reach from 1720 to 2219 (µs since the epoch): whoever reckons with them, by a rule's duration say, still has
 * integers that a number holds.
 */
export const maxTime = 2 ** 53 - 2 ** 50;
/** Characters; the key of a record is one, and so is a part of every alert about it. */
export const maxDeviceLength = 1024;

/**
 * The record that a value of telemetry.v1 holds. Throws DecodeError if it holds none, or one that no writer writes: all
 * readers of the topic agree which records these are. A record of a kind that this version does not know has neither
 * readings nor anything else to look at.
 */
export function readTelemetry(value: Uint8Array | null): TelemetryRecord {
  if (value === null) throw new DecodeError("telemetry.v1: the record has no value");
  const record = telemetry.decode(value);
  const fault = faultOf(record);
  if (fault !== undefined) throw new DecodeError(`telemetry.v1: ${fault}`);
  return record;
}

function faultOf(record: TelemetryRecord): string | undefined {
  const { gateway, n, readings, tick, derived, mark, gap, device, receivedAt, eventTime } = record;
  if (gateway === "") {
    if (tick === null && derived === null && (readings.length > 0 || !isOfLaterVersion(record))) {
      return "an event without a gateway, whose identity is not known";
    }
  } else if (n < 1 || n >= endOfIdentities) return `no lane has an identity ${n}`;
  if (readings.length > 0 && device === "") return "readings of no device";
  if (device.length > maxDeviceLength) return `the id of the device is longer than ${maxDeviceLength} characters`;
  if (!isTime(receivedAt) || !isTime(eventTime)) return "a time that lies outside of the years 1720 to 2219";
  for (const { timeDelta } of readings) {
    if (!isTime(eventTime + timeDelta)) return "a reading whose time lies outside of the years 1720 to 2219";
  }
  if (mark !== null && (mark.received >= endOfIdentities || mark.dropped >= endOfIdentities)) {
    return "a mark that counts more than a lane has identities";
  }
  if (gap !== null && (gap.fromN < 1 || gap.toN < gap.fromN || gap.toN >= endOfIdentities)) {
    return `a gap from ${gap.fromN} to ${gap.toN}`;
  }
  if (gap !== null && gap.dropped != null && gap.dropped > gap.toN - gap.fromN + 1) {
    return `a gap of ${gap.toN - gap.fromN + 1} identities that counts ${gap.dropped} events`;
  }
  return undefined;
}

function isTime(time: number): boolean {
  return time >= -maxTime && time <= maxTime;
}

/** Whether the record has fields that this version does not know. */
function isOfLaterVersion(record: TelemetryRecord): boolean {
  const { $unknowns } = record as { readonly $unknowns?: readonly Uint8Array[] };
  return $unknowns !== undefined && $unknowns.length > 0;
}

/** Which device of its id sent the event of that record; undefined: its bytes cannot be read. */
export function incarnationIn(value: Uint8Array | null): number | undefined {
  try {
    return readTelemetry(value).incarnation;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}
