import { type ApiClient, NotServedError } from "@headwater/client";
import { sleep } from "@headwater/core";
import { isForNow, isOfStore } from "./readers/patient-store.ts";
import type { Span } from "./readers/reader.ts";

/** An alert may be raised so long behind the reading that it tells of (ms). */
const raisedLater = 60_000;

/**
 * Alerts of a rule that were raised within these times of each device, by its clock or by when it sent; undefined if
 * nobody who is known serves alerts.
 */
export async function alertsWithin(
  api: ApiClient,
  rule: string,
  spansOfDevice: ReadonlyMap<string, readonly Span[]>,
): Promise<number | undefined> {
  let earliest = Infinity;
  for (const spans of spansOfDevice.values()) for (const { first } of spans) earliest = Math.min(earliest, first);
  const from = new Date(earliest).toISOString();
  let count = 0;
  let cursor: string | undefined;
  try {
    do {
      const query = { rule, from, limit: 1_000, ...(cursor !== undefined && { cursor }) };
      const page = await api.call("GET", "/api/v1/alerts", { query });
      for (const { device, raisedAt } of page.items) {
        const at = Date.parse(raisedAt);
        const spans = spansOfDevice.get(device) ?? [];
        if (spans.some(({ first, last }) => at >= Math.floor(first) && at <= last + raisedLater)) count += 1;
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return count;
  } catch (error) {
    if (error instanceof NotServedError) return undefined;
    throw error;
  }
}

/**
 * As above, asked until it is as many as expected, until the time is over, or until somebody is in a hurry. It is
 * undefined as well if there is no answer by then.
 */
export async function awaitAlerts(
  ask: () => Promise<number | undefined>,
  expected: number,
  timeoutMs: number,
  hurry?: AbortSignal,
): Promise<number | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const isOver = performance.now() > deadline || hurry?.aborted === true;
    try {
      const found = await ask();
      if (found === undefined || found >= expected || isOver) return found;
    } catch (error) {
      if (!isOfStore(error)) throw error;
      if (isOver || !isForNow(error)) return undefined;
    }
    await sleep(250, hurry).catch(() => undefined);
  }
}
