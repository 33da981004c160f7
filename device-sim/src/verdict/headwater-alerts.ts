import { type ApiClient, NotServedError } from "@headwater/client";
import { sleep } from "@headwater/core";
import { isForNow, isOfStore } from "./readers/patient-store.ts";

/** Alerts of a rule that were raised since a time; undefined if nobody who is known serves alerts. */
export async function alertsSince(api: ApiClient, rule: string, from: string, devices: ReadonlySet<string>) {
  let count = 0;
  let cursor: string | undefined;
  try {
    do {
      const query = { rule, from, limit: 1_000, ...(cursor !== undefined && { cursor }) };
      const page = await api.call("GET", "/api/v1/alerts", { query });
      count += page.items.filter(({ device }) => devices.has(device)).length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return count;
  } catch (error) {
    if (error instanceof NotServedError) return undefined;
    throw error;
  }
}

/**
 * As above, asked until it is as many as expected, until the time is over, or until somebody is in a hurry. Undefined as
 * well if there is no answer until then.
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
