import { isoFromMicros } from "@headwater/core";
import type { SeriesRow } from "@headwater/time-series";

/** Milliseconds since the epoch; a fraction carries microseconds. */
export function millis(micros: number): number {
  return micros / 1000;
}

/** `{metric, points: [[t, value], …]}` as text, a batch at a time. */
export async function* jsonRows(metric: string, batches: AsyncIterable<readonly SeriesRow[]>): AsyncGenerator<string> {
  yield `{"metric":${JSON.stringify(metric)},"points":[`;
  let separator = "";
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    const texts = rows.map(([time, value]) => `[${millis(time)},${JSON.stringify(value)}]`);
    yield separator + texts.join(",");
    separator = ",";
  }
  yield "]}";
}

/** RFC 4180 with a header line: time in ISO 8601, t in milliseconds, value. */
export async function* csvRows(batches: AsyncIterable<readonly SeriesRow[]>): AsyncGenerator<string> {
  yield "time,t,value\r\n";
  for await (const rows of batches) {
    yield rows.map(([time, value]) => `${isoFromMicros(time)},${millis(time)},${csvValue(value)}\r\n`).join("");
  }
}

function csvValue(value: number | string): string {
  if (typeof value === "number") return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * The batches that hold something; undefined if none does. The first is fetched before this resolves, so that what
 * fails at once can still be answered as an error.
 */
export async function begun<T>(batches: AsyncIterable<readonly T[]>): Promise<AsyncIterable<readonly T[]> | undefined> {
  const iterator = filled(batches);
  const first = await iterator.next();
  if (first.done === true) return undefined;
  return resumed(first.value, iterator);
}

async function* resumed<T>(first: readonly T[], rest: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  yield first;
  yield* rest;
}

async function* filled<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const batch of batches) if (batch.length > 0) yield batch;
}
