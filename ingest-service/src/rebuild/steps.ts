import { nowMicros } from "@headwater/core";
import type { OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes, type RebuildInput } from "@headwater/proto";

/** A step of a rebuild as it goes on record. */
export function stepRecord(id: string, source: string, step: Omit<RebuildInput, "id" | "at">): OutgoingRecord {
  const at = nowMicros();
  return {
    key: id,
    partition: 0,
    value: events.rebuild.encode({ ...step, id, at }),
    headers: cloudEventHeaders({ type: eventTypes.rebuild, source, id, time: at }),
  };
}
