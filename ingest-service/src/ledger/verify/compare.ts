import { isoFromMicros } from "@headwater/core";
import { metricOfField } from "@headwater/time-series";
import { Checksum, textNumber } from "../../accounts/checksum.ts";
import type { DeviceSeries } from "../../telemetry/device-series.ts";
import type { ExpectedRows } from "./expected.ts";
import type { Mismatch, Side } from "./findings.ts";
import type { StoredSeries } from "./stored-series.ts";

/** Which part of the event times (µs) of a series is compared. */
export interface ComparedRange {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. Behind it the store may have what is logged later; what the log has is compared all the same. */
  readonly to: number;
  /** Before it the log has let go of records, so the store may have more than the log. */
  readonly wholeFrom: number;
}

/** An hour in which a series differs, and what of it what comes later may account for. */
export interface DifferentHour {
  readonly mismatch: Mismatch;
  /** Expected values of which the store has nothing. */
  readonly missing: number;
  /** What the store has and is not expected; undefined: more than was kept. */
  readonly unexpected: readonly (readonly [time: number, value: number])[] | undefined;
}

/** What comparing a series has found. */
export interface Comparison {
  readonly hours: number;
  readonly expected: number;
  readonly stored: number;
  readonly different: readonly DifferentHour[];
  readonly expectedBy: readonly (readonly [hour: string, count: number])[];
}

const hour = 3_600_000_000;

/**
 * Compares a series as the log has it with the store, hour by hour, and keeps of what is not expected that many values.
 * Rejects as the store does.
 */
export async function compareSeries(
  reader: DeviceSeries,
  { device, incarnation, field, rows: all, allowed }: ExpectedRows,
  range: ComparedRange,
  mostKept: number,
): Promise<Comparison> {
  const rows = all.filter(([time]) => time >= range.from);
  const expected = new Map<number, Checksum>();
  for (const [time, value] of rows) addTo(expected, time, value);
  const stored = new Map<number, Checksum>();
  const differences = new Differences(mostKept);
  let storedCount = 0;
  let next = 0;
  for await (const [time, value] of storedValues(reader, { device, incarnation, field }, rows, range)) {
    for (; next < rows.length && rows[next]![0] < time; next += 1) differences.missing(rows[next]![0]);
    const wanted = rows[next]?.[0] === time ? rows[next]![1] : undefined;
    if (wanted !== undefined) next += 1;
    else if (time < range.wholeFrom) continue;
    const isAllowed = allowed?.get(time)?.has(value) === true;
    const counted = isAllowed ? wanted : value;
    if (counted === undefined) continue;
    storedCount += 1;
    addTo(stored, time, counted);
    if (counted !== wanted) differences.unexpected(time, value);
  }
  for (; next < rows.length; next += 1) differences.missing(rows[next]![0]);
  const different: DifferentHour[] = [];
  const hours = new Set([...expected.keys(), ...stored.keys()]);
  const { metric } = metricOfField(field);
  for (const start of hours) {
    const [wanted, found] = [sideOf(expected.get(start)), sideOf(stored.get(start))];
    if (wanted.count === found.count && wanted.checksum === found.checksum) continue;
    const mismatch = { device, metric, hour: isoFromMicros(start), expected: wanted, stored: found };
    different.push({ mismatch, ...differences.of(start) });
  }
  const expectedBy = Array.from(expected, ([start, { count }]) => [isoFromMicros(start), count] as const);
  return { hours: hours.size, expected: rows.length, stored: storedCount, different, expectedBy };
}

/** Oldest first; of a text its number. */
async function* storedValues(
  reader: DeviceSeries,
  { device, incarnation, field }: StoredSeries,
  rows: ExpectedRows["rows"],
  range: ComparedRange,
): AsyncGenerator<readonly [time: number, value: number]> {
  const [first, last] = [rows[0]?.[0] ?? Infinity, rows.at(-1)?.[0] ?? -Infinity];
  const from = Math.max(range.from, Math.min(range.wholeFrom, first));
  const to = Math.max(range.to, last + 1);
  if (from >= to) return;
  for await (const chunk of reader.query({ device, incarnation }, { field, from, to })) {
    for (const [time, value] of chunk) yield [time, typeof value === "number" ? value : textNumber(value)];
  }
}

/** What of a series differs, by the hour. */
class Differences {
  readonly #missing = new Map<number, number>();
  readonly #unexpected = new Map<number, [number, number][]>();
  #left: number;

  constructor(mostKept: number) {
    this.#left = mostKept;
  }

  missing(time: number): void {
    const start = hourOf(time);
    this.#missing.set(start, (this.#missing.get(start) ?? 0) + 1);
  }

  unexpected(time: number, value: number): void {
    this.#left -= 1;
    if (this.#left < 0) return;
    const start = hourOf(time);
    const known = this.#unexpected.get(start);
    if (known === undefined) this.#unexpected.set(start, [[time, value]]);
    else known.push([time, value]);
  }

  of(start: number): Pick<DifferentHour, "missing" | "unexpected"> {
    const isWhole = this.#left >= 0;
    return {
      missing: this.#missing.get(start) ?? 0,
      unexpected: isWhole ? (this.#unexpected.get(start) ?? []) : undefined,
    };
  }
}

function hourOf(time: number): number {
  return Math.floor(time / hour) * hour;
}

function addTo(hours: Map<number, Checksum>, time: number, value: number): void {
  const start = hourOf(time);
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
