import type { OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, type CommandInput, events, eventTypes } from "@headwater/proto";
import { nowMicros } from "@headwater/core";

export function commandRecord(input: CommandInput, source: string): OutgoingRecord {
  const what = input.requested ? "requested" : input.expired ? "expired" : input.rejected ? "rejected" : "timed-out";
  return {
    key: input.device ?? "",
    value: events.command.encode(input),
    headers: cloudEventHeaders({
      type: eventTypes.command,
      source,
      id: `${input.commandId}/${what}`,
      time: input.at ?? nowMicros(),
    }),
  };
}
