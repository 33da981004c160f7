import { sleep } from "@headwater/core";
import { type ApiClient, ProblemError } from "@headwater/client";
import { compare, type Comparison } from "./compare.ts";
import type { SentMessages } from "../load/message-log.ts";

export interface StoredDevice {
  readonly id: string;
  /** The metric that numbers its messages, as the store calls it. */
  readonly metric: string;
  readonly sent: SentMessages;
}

const atOnce = 8;
const pageLimit = 1_000_000;

/**
 * Holds what devices have sent against Headwater's store. What is missing is asked for again until it is there, or
 * until `timeoutMs` have passed.
 */
export async function compareWithStore(
  api: ApiClient,
  devices: readonly StoredDevice[],
  timeoutMs: number,
  hurry?: AbortSignal,
): Promise<ReadonlyMap<string, Comparison>> {
  const deadline = performance.now() + timeoutMs;
  const found = new Map<string, Comparison>();
  let open = devices;
  for (;;) {
    await eachOf(open, async (device) => void found.set(device.id, await compareOne(api, device)));
    open = open.filter(({ id }) => found.get(id)!.lost > 0 || found.get(id)!.unconfirmedMissing > 0);
    const isLosing = open.some(({ id }) => found.get(id)!.lost > 0);
    if (!isLosing || performance.now() > deadline || hurry?.aborted === true) return found;
    await sleep(500, hurry).catch(() => undefined);
  }
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function compareOne(api: ApiClient, { id, metric, sent }: StoredDevice): Promise<Comparison> {
  const seen = new Uint8Array(sent.times.length);
  const stored = new Set<number>();
  await eachPoint(api, id, metric, sent, (time, seq) => {
    stored.add(time);
    if (Number.isInteger(seq) && seq >= 1 && seq <= seen.length && seen[seq - 1]! < 255) seen[seq - 1]! += 1;
  });
  return compare(id, sent, { seen, reordered: 0 }, (seq) => stored.has(sent.times[seq - 1]!));
}

async function eachPoint(
  api: ApiClient,
  id: string,
  metric: string,
  { times }: SentMessages,
  take: (time: number, seq: number) => void,
): Promise<void> {
  if (times.length === 0) return;
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
  const query = {
    metric,
    from: new Date(first).toISOString(),
    to: new Date(last + 1).toISOString(),
    limit: pageLimit,
  };
  let cursor: string | undefined;
  do {
    const page = await api
      .call("GET", "/api/v1/devices/{id}/series", {
        path: { id },
        query: { ...query, ...(cursor !== undefined && { cursor }) },
      })
      .catch((error: unknown) => {
        // Nothing of it has been stored yet.
        if (error instanceof ProblemError && error.status === 404) return { points: [], next: undefined };
        throw error;
      });
    for (const [time, value] of page.points) take(Math.round(Number(time)), Number(value));
    cursor = page.next;
  } while (cursor !== undefined);
}
