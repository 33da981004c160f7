import type { EventLog } from "@headwater/event-log";
import { events } from "@headwater/proto";

export interface EventCount {
  /** Events with readings, each identity once. */
  readonly events: number;
  /** Records whose identity had been seen. */
  readonly repeated: number;
  /** Identities that are neither there nor named by a gap. */
  readonly missing: number;
}

/** Counts what one gateway brought to telemetry.v1. Identities are dense, so what is missing shows. */
export async function countEvents(log: EventLog, topic: string): Promise<EventCount> {
  const counts = { events: 0, repeated: 0, missing: 0 };
  for (const { partition } of await log.positions(topic)) {
    let last = 0;
    // One partition after the other: a bench's records are many.
    for await (const { records } of log.read(topic, partition)) {
      for (const { value } of records) {
        const { n, readings } = events.telemetry.decode(value!);
        if (n <= last) {
          counts.repeated += 1;
          continue;
        }
        counts.missing += n - last - 1;
        last = n;
        if (readings.length > 0) counts.events += 1;
      }
    }
  }
  return counts;
}
