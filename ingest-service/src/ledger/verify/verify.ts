import type { EventLog } from "@headwater/event-log";
import type { TelemetryRecord } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import type { TimeSeriesStore } from "@headwater/time-series";
import type { QuarantinedMetrics } from "../../quarantine/quarantined-metrics.ts";
import { undecodable } from "../../quarantine/refusal.ts";
import type { DeviceSeries } from "../../telemetry/device-series.ts";
import type { Erasures } from "../../devices/erasures.ts";
import { emptyAccount } from "../../accounts/account.ts";
import { Counting } from "../../accounts/counting.ts";
import { type ComparedRange, compareSeries, type DifferentHour } from "./compare.ts";
import { Expected, type ExpectedRows } from "./expected.ts";
import type { Findings, Mismatch } from "./findings.ts";
import { earliestAppend, type LogReach, reachOf } from "./log-reach.ts";
import { keyOf, type StoredSeries } from "./stored-series.ts";

export interface VerifyOptions {
  readonly log: Pick<EventLog, "read" | "positions">;
  readonly topic: string;
  readonly partitions: number;
  readonly store: Pick<TimeSeriesStore, "listSeries" | "usage">;
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

export interface VerifiedPartition {
  readonly partition: number;
  /** Offsets; what is behind the end is not projected yet, or was not when the question came. */
  readonly start: number;
  readonly end: number;
  /** What the store has of its devices. */
  readonly stored: readonly StoredSeries[];
}

/** Values of a partition that are not expected, and kept until it is known what has come meanwhile. */
const mostKept = 500_000;

/** Series that are asked for at the same time: a server answers each by itself, and most of one is waiting. */
const AT_ONCE = 4;

/** A series that differs from what was expected when it was looked at. */
interface Doubtful extends StoredSeries {
  readonly different: readonly DifferentHour[];
}

/**
 * Reads a partition again and compares it with the store: what the log has, and what the store has besides. Rejects
 * with RequestError (422) if the range has too many readings, and with the errors of log and store.
 */
export async function verifyPartition(
  options: VerifyOptions,
  of: VerifiedPartition,
  range: VerifyRange,
  into: Findings,
): Promise<void> {
  const { log, topic, maxReadings, erasures } = options;
  const { partition, start, end } = of;
  const refused = await options.quarantined(partition, start, end);
  await erasures.known(partition);
  const belowOf = (device: string): number => erasures.belowOf(device);
  const expected = new Expected({ ...range, maxReadings }, belowOf);
  const reach = await reachOf(log, topic, partition, of);
  const fromTime = range.from > earliestAppend ? { fromTime: range.from - earliestAppend } : { fromOffset: start };
  const counting = new Counting(emptyAccount(partition, start));
  for await (const { record, offset } of recordsOf(options, partition, { ...fromTime, toOffset: end })) {
    const kind = counting.add(record, offset);
    if (kind === "event" || kind === "derived") expected.add(record, refused.get(offset)?.now);
  }
  into.counts.readings += expected.readings;
  const doubtful: Doubtful[] = [];
  let left = mostKept;
  const look = async (series: ExpectedRows): Promise<void> => {
    const compared = comparedRange(options, range, reach);
    const { different, expectedBy, ...counts } = await compareSeries(options.series, series, compared, left);
    into.compared(counts, expectedBy);
    if (different.length === 0) return;
    for (const { unexpected } of different) left -= unexpected?.length ?? left;
    const { device, incarnation, field } = series;
    doubtful.push({ device, incarnation, field, different });
  };
  const waiting = lookedAt(expected, of.stored, belowOf, into);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (const series of waiting) await look(series);
    })); // oxfmt-ignore
  } finally {
    // What has failed for one is not asked of the others.
    waiting.return(undefined);
  }
  if (doubtful.length > 0) await judge(options, of, reach, doubtful, into);
}

/** What the log has, and then what only the store has. */
function* lookedAt(
  expected: Expected,
  stored: readonly StoredSeries[],
  belowOf: (device: string) => number,
  { counts }: Findings,
): Generator<ExpectedRows, undefined> {
  const known = new Set<string>();
  for (const series of expected.series()) {
    known.add(keyOf(series));
    counts.series += 1;
    counts.overwritten += series.overwritten;
    yield series;
  }
  for (const series of stored) {
    if (known.has(keyOf(series)) || series.incarnation < belowOf(series.device)) continue;
    yield { ...series, rows: [], allowed: expected.allowedOf(series) };
  }
  return undefined;
}

/**
 * The store goes on meanwhile: it may have late readings and corrections of records behind the end, and a device may
 * have been deleted with its data. What those account for is no difference: all that the store had when it was looked
 * at is in the log by now.
 */
async function judge(
  options: VerifyOptions,
  { partition, end }: VerifiedPartition,
  reach: LogReach,
  doubtful: readonly Doubtful[],
  into: Findings,
): Promise<void> {
  const { log, topic, maxReadings, erasures } = options;
  const devices = new Set(doubtful.map(({ device }) => device));
  const since = new Expected({ from: -Infinity, to: Infinity, maxReadings });
  const now = (await log.positions(topic)).find((each) => each.partition === partition)?.end ?? end;
  if (now > end) {
    for await (const { record } of recordsOf(options, partition, { fromOffset: end, toOffset: now })) {
      if (devices.has(record.device)) since.allow(record);
    }
    await erasures.known(partition);
  }
  for (const { different, ...series } of doubtful) {
    if (series.incarnation < erasures.belowOf(series.device)) continue;
    const allowed = since.allowedOf(series);
    for (const { mismatch, missing, unexpected } of different) {
      const isTold = unexpected?.every(([time, value]) => allowed?.get(time)?.has(value) === true) === true;
      if (missing > 0 || !isTold) into.add(mismatch, mayBeOlder(mismatch, reach));
    }
  }
}

function mayBeOlder({ hour, expected, stored }: Mismatch, { begunAt }: LogReach): boolean {
  return Date.parse(hour) * 1000 < begunAt && stored.count > expected.count;
}

/** Points that have ended are neither expected nor compared; roll-ups stand for them. */
function comparedRange({ store }: VerifyOptions, { from, to }: VerifyRange, reach: LogReach): ComparedRange {
  const kept = store.usage?.().marks.raw ?? -Infinity;
  return { from: Math.max(from, kept), to: Math.min(to, reach.until), wholeFrom: reach.wholeFrom };
}

async function* recordsOf(
  { log, topic }: VerifyOptions,
  partition: number,
  range: Parameters<EventLog["read"]>[2],
): AsyncGenerator<{ readonly record: TelemetryRecord; readonly offset: number }> {
  for await (const batch of log.read(topic, partition, range)) {
    for (const { value, offset } of batch.records) {
      let record: TelemetryRecord;
      try {
        record = readTelemetry(value);
      } catch (error) {
        // Quarantined as a whole, so the store has nothing of it.
        undecodable(error, 0);
        continue;
      }
      yield { record, offset };
    }
  }
}
