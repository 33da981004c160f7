import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "@headwater/client";
import { lastByTime, type Sample } from "../series/series.ts";

export interface StoredVerdict {
  readonly expected: number;
  readonly stored: number;
  /** Acked messages that are not stored, or are stored with another value. */
  readonly lost: number;
  /** Messages whose value a later one of the same time replaced. */
  readonly overwritten: number;
  /** Up to ten of the lost, for a person to look at. */
  readonly examples: readonly { time: string; expected: number; found: number | undefined }[];
}

const readLimit = 1_000_000;

/** Compares the stored points with the acked samples; waits up to `timeoutMs` for the pipeline to catch up. */
export async function verifyStored(
  api: ApiClient,
  device: string,
  metric: string,
  acked: readonly Sample[],
  timeoutMs: number,
): Promise<StoredVerdict> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const verdict = compare(acked, await readBack(api, device, metric, acked));
    if (verdict.lost === 0 || performance.now() > deadline) return verdict;
    await delay(250);
  }
}

async function readBack(
  api: ApiClient,
  device: string,
  metric: string,
  acked: readonly Sample[],
): Promise<Map<number, number>> {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { time } of acked) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  if (acked.length === 0) return new Map();
  const query = {
    metric,
    from: new Date(Math.floor(first / 1000)).toISOString(),
    to: new Date(Math.floor(last / 1000) + 1).toISOString(),
    limit: readLimit,
  };
  const found = new Map<number, number>();
  for (let cursor: { cursor?: string } = {}; ;) {
    const path = { id: device };
    const page = await api.call("GET", "/api/v1/devices/{id}/series", { path, query: { ...query, ...cursor } });
    for (const [time, value] of page.points) found.set(Math.round(Number(time) * 1000), Number(value));
    if (page.next === undefined) return found;
    cursor = { cursor: page.next };
  }
}

function compare(acked: readonly Sample[], stored: ReadonlyMap<number, number>): StoredVerdict {
  const expected = lastByTime(acked);
  const examples: { time: string; expected: number; found: number | undefined }[] = [];
  let found = 0;
  for (const [time, value] of expected) {
    const actual = stored.get(time);
    if (actual === value) found++;
    else if (examples.length < 10) {
      examples.push({ time: new Date(time / 1000).toISOString(), expected: value, found: actual });
    }
  }
  return {
    expected: expected.size,
    stored: found,
    lost: expected.size - found,
    overwritten: acked.length - expected.size,
    examples,
  };
}
