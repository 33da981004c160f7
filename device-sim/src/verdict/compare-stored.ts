import { sleep } from "@headwater/core";
import { compare, type Comparison } from "./compare.ts";
import { eachOf } from "./each-of.ts";
import type { StoredDevice, StoreReader } from "./readers/reader.ts";

/**
 * Holds what devices have sent against a store. What is missing is asked for again until it is there, or until
 * `timeoutMs` have passed.
 */
export async function compareWithStore(
  store: StoreReader,
  devices: readonly StoredDevice[],
  timeoutMs: number,
  hurry?: AbortSignal,
): Promise<ReadonlyMap<string, Comparison>> {
  const deadline = performance.now() + timeoutMs;
  const found = new Map<string, Comparison>();
  let open = devices;
  for (;;) {
    await eachOf(open, async (device) => void found.set(device.id, await compareOne(store, device)));
    open = open.filter(({ id }) => found.get(id)!.lost > 0 || found.get(id)!.unconfirmedMissing > 0);
    const isLosing = open.some(({ id }) => found.get(id)!.lost > 0);
    if (!isLosing || performance.now() > deadline || hurry?.aborted === true) return found;
    await sleep(500, hurry).catch(() => undefined);
  }
}

async function compareOne(store: StoreReader, device: StoredDevice): Promise<Comparison> {
  const { id, sent, isUntimed } = device;
  const seen = new Uint8Array(sent.times.length);
  /** Times at which a message lies that has this time: it is what replaced another one of the same time. */
  const taken = new Set<number>();
  await store.eachPoint(device, (time, seq) => {
    if (!Number.isInteger(seq) || seq < 1 || seq > seen.length) return;
    if (sent.times[seq - 1] === time) taken.add(time);
    if (seen[seq - 1]! < 255) seen[seq - 1]! += 1;
  });
  // Without times of their own no two messages share one.
  return compare(id, sent, { seen, reordered: 0 }, (seq) => isUntimed !== true && taken.has(sent.times[seq - 1]!));
}
