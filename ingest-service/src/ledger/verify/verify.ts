import type { EventLog } from "@headwater/event-log";
import type { TelemetryRecord } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import { isoFromMicros } from "@headwater/core";
import { metricOfField } from "@headwater/time-series";
import type { QuarantinedMetrics } from "../../quarantine/quarantined-metrics.ts";
import { undecodable } from "../../quarantine/refusal.ts";
import type { DeviceSeries } from "../../telemetry/device-series.ts";
import type { Erasures } from "../../devices/erasures.ts";
import { emptyAccount } from "../../accounts/account.ts";
import { Counting } from "../../accounts/counting.ts";
import { Checksum, textNumber } from "../../accounts/checksum.ts";
import { Expected, type ExpectedRows } from "./expected.ts";

export interface VerifyOptions {
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  readonly series: DeviceSeries;
  /** Of one partition. */
  readonly maxReadings: number;
  quarantined(partition: number, from: number, to: number): Promise<QuarantinedMetrics>;
  /** What of devices that were deleted is not in the store any more. */
  readonly erasures: Pick<Erasures, "known" | "belowOf">;
}

export interface VerifyRange {
  /** Event times, µs; from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
}

interface Side {
  readonly count: number;
  readonly checksum: string;
}

/** An hour of a series in which log and store do not agree. */
export interface Mismatch {
  readonly device: string;
  readonly metric: string;
  readonly hour: string;
  readonly expected: Side;
  readonly stored: Side;
}

export interface Verification {
  readings: number;
  series: number;
  hours: number;
  expected: number;
  stored: number;
  overwritten: number;
  mismatched: number;
  /** The first of them. */
  readonly mismatches: Mismatch[];
}

const hour = 3_600_000_000;
const maxMismatches = 100;
/** Events of a time were appended at the earliest this long before it (µs): a device may run ahead by less. */
export const earliestAppend = 24 * hour;

/**
 * Reads [start, end) of a partition again and compares it with the store. Rejects with RequestError
 * (422) if the range has too many readings, and with the errors of log and store.
 */
export async function verifyPartition(
  options: VerifyOptions,
  partition: number,
  offsets: { readonly start: number; readonly end: number },
  range: VerifyRange,
  into: Verification,
): Promise<void> {
  const { log, topic, maxReadings } = options;
  const refused = await options.quarantined(partition, offsets.start, offsets.end);
  const { erasures } = options;
  await erasures.known(partition);
  const expected = new Expected({ ...range, maxReadings }, (device) => erasures.belowOf(device));
  const counting = new Counting(emptyAccount(partition, offsets.start));
  const readRange =
    range.from > earliestAppend
      ? { fromTime: range.from - earliestAppend, toOffset: offsets.end }
      : { fromOffset: offsets.start, toOffset: offsets.end };
  for await (const batch of log.read(topic, partition, readRange)) {
    for (const { value, offset } of batch.records) {
      let record: TelemetryRecord;
      try {
        record = readTelemetry(value);
      } catch (error) {
        // Quarantined as a whole, so the store has nothing of it.
        undecodable(error, 0);
        continue;
      }
      const kind = counting.add(record, offset);
      if (kind !== "event" && kind !== "derived") continue;
      expected.add(record, refused.get(offset)?.now);
    }
  }
  into.readings += expected.readings;
  for (const series of expected.series()) {
    into.series += 1;
    into.overwritten += series.overwritten;
    await compare(options.series, series, range, into);
  }
}

async function compare(
  reader: DeviceSeries,
  { device, incarnation, field, rows, allowed }: ExpectedRows,
  range: VerifyRange,
  into: Verification,
): Promise<void> {
  const expected = new Map<number, Checksum>();
  /** The expected values of times at which the store may have others. */
  const instead = new Map<number, number>();
  for (const [time, value] of rows) {
    addTo(expected, time, value);
    if (allowed?.has(time) === true) instead.set(time, value);
  }
  into.expected += rows.length;
  const stored = new Map<number, Checksum>();
  const from = Math.max(range.from, rows[0]![0]);
  const to = Math.min(range.to, rows.at(-1)![0] + 1);
  for await (const chunk of reader.query({ device, incarnation }, { field, from, to })) {
    into.stored += chunk.length;
    for (const [time, found] of chunk) {
      const value = typeof found === "number" ? found : textNumber(found);
      const isAllowed = allowed?.get(time)?.has(value) === true;
      const counted = isAllowed ? instead.get(time) : value;
      if (counted === undefined) into.stored -= 1;
      else addTo(stored, time, counted);
    }
  }
  for (const start of new Set([...expected.keys(), ...stored.keys()])) {
    into.hours += 1;
    const [wanted, found] = [sideOf(expected.get(start)), sideOf(stored.get(start))];
    if (wanted.count === found.count && wanted.checksum === found.checksum) continue;
    into.mismatched += 1;
    if (into.mismatches.length >= maxMismatches) continue;
    const { metric } = metricOfField(field);
    into.mismatches.push({ device, metric, hour: isoFromMicros(start), expected: wanted, stored: found });
  }
}

function addTo(hours: Map<number, Checksum>, time: number, value: number): void {
  const start = Math.floor(time / hour) * hour;
  let checksum = hours.get(start);
  if (checksum === undefined) {
    checksum = new Checksum();
    hours.set(start, checksum);
  }
  checksum.add(time, value);
}

function sideOf(checksum = new Checksum()): Side {
  return { count: checksum.count, checksum: checksum.value };
}
