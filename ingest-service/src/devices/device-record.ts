import type { DeviceInput } from "@headwater/aggregates";
import type { OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { nowMicros } from "@headwater/core";

export function deviceRecord(input: DeviceInput, source: string): OutgoingRecord {
  return {
    key: input.id ?? "",
    value: events.device.encode(input),
    headers: cloudEventHeaders({
      type: eventTypes.device,
      source,
      id: input.restated === true ? `${input.writeId}-restated` : String(input.writeId),
      time: input.updatedAt ?? nowMicros(),
    }),
  };
}
