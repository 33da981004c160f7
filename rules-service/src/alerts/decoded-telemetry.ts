import { DecodeError } from "@headwater/core";
import type { LogRecord } from "@headwater/event-log";
import { events, type TelemetryRecord } from "@headwater/proto";

/** undefined: it is no telemetry, which the ingest service has put into quarantine. */
export function decodedTelemetry({ value }: Pick<LogRecord, "value">): TelemetryRecord | undefined {
  if (value === null) return undefined;
  try {
    return events.telemetry.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
