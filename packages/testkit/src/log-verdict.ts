import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";
import type { ResendingLoad } from "./resending-load.ts";

/** What the log has of what devices sent. */
export interface Verdict {
  readonly acked: number;
  /** Acknowledged and not there. */
  readonly lost: readonly string[];
  /** Numbers that come after a larger one of their device. */
  readonly reordered: readonly string[];
  /** Numbers that are there under two identities: what a device sent again was taken for new. */
  readonly taken2: readonly string[];
  /** Records that landed more than once, which their identity tells. */
  readonly repeated: number;
  /** Identities that are neither there nor named in a gap record. */
  readonly holes: readonly string[];
  /** Named in gap records. */
  readonly named: number;
  readonly epochs: number;
}

/** Reads the whole log as a careful reader does: by identity, in order. */
export async function verdict(log: EventLog, topic: string, load: ResendingLoad): Promise<Verdict> {
  const seen = new Map(load.devices.map(({ name }) => [name, new Set<number>()]));
  const last = new Map<string, number>();
  const result = { lost: [] as string[], reordered: [] as string[], taken2: [] as string[], holes: [] as string[] };
  const epochs = new Set<number>();
  let repeated = 0;
  let named = 0;
  for (const { partition } of await log.positions(topic)) {
    const lanes = new Map<string, { n: number; open: [number, number][] }>();
    for await (const batch of log.read(topic, partition)) {
      for (const { value } of batch.records) {
        const record = events.telemetry.decode(value!);
        epochs.add(record.epoch);
        const key = `${record.gateway}/${record.epoch}`;
        const lane = lanes.get(key) ?? { n: 0, open: [] };
        lanes.set(key, lane);
        if (record.n <= lane.n) {
          repeated += 1;
          continue;
        }
        if (record.n > lane.n + 1) lane.open.push([lane.n + 1, record.n - 1]);
        lane.n = record.n;
        const { gap } = record;
        if (gap !== null) {
          named += gap.toN - gap.fromN + 1;
          lane.open = lane.open.filter(([from, to]) => from < gap.fromN || to > gap.toN);
        }
        const numbers = seen.get(record.device);
        const number = record.readings[0]?.number;
        if (numbers === undefined || number == null) continue;
        if (numbers.has(number)) {
          result.taken2.push(`${record.device}/${number}`);
          continue;
        }
        if (number < (last.get(record.device) ?? -1)) result.reordered.push(`${record.device}/${number}`);
        last.set(record.device, Math.max(number, last.get(record.device) ?? -1));
        numbers.add(number);
      }
    }
    for (const [key, lane] of lanes)
      for (const [from, to] of lane.open) result.holes.push(`${key}/${partition}: ${from}-${to}`);
  }
  for (const { name, acked } of load.devices) {
    for (const number of acked) if (!seen.get(name)!.has(number)) result.lost.push(`${name}/${number}`);
  }
  return { ...result, acked: load.acked, repeated, named, epochs: epochs.size };
}

/** Asks until nothing that was acknowledged is missing, or time is up. */
export async function settledVerdict(ask: () => Promise<Verdict>, withinMs: number): Promise<Verdict> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found.lost.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
