import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import type { OutgoingRecord } from "@headwater/event-log";
import type { QuarantineEntry } from "./quarantine-queries.ts";

type Step = Omit<Parameters<typeof events.quarantine.encode>[0], "id">;

/** A step in the life of an entry: in the entry's partition, so that all readers see the steps in one order. */
export function stepRecord(
  entry: Pick<QuarantineEntry, "id" | "device" | "partition">,
  step: Step,
  { source, at }: { readonly source: string; readonly at: number },
): OutgoingRecord {
  const { id, device, partition } = entry;
  return {
    key: device === "" ? null : device,
    partition,
    value: events.quarantine.encode({ id, device, ...step }),
    headers: cloudEventHeaders({ type: eventTypes.quarantine, source, id, time: at }),
  };
}

/** All that is to be stored of it is. */
export function redrivenStep(attempt: number): Step {
  return { attempt, redriven: {} };
}
