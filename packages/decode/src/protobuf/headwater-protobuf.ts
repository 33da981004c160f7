import { DecodeError } from "@headwater/core";
import { events, readingValue, type TelemetryRecord } from "@headwater/proto";
import type { DecodedMessage, DecodeLimits } from "../decoder.ts";
import { MessageBuilder } from "../message-builder.ts";

/**
 * A device's protobuf is headwater.v1.TelemetryRecord with only what is a device's to say: `readings`, and `event_time`
 * if it has a clock. Any other field is the gateway's, and refused rather than believed.
 */
export function decodeHeadwaterProtobuf(payload: Uint8Array, limits: DecodeLimits): DecodedMessage {
  const record = events.telemetry.decode(payload);
  const foreign = fieldOfGateway(record);
  if (foreign !== undefined)
    throw new DecodeError(`${foreign} is not a device's to give: only event_time and readings are`);
  const builder = new MessageBuilder(limits);
  const { eventTime } = record;
  for (const { metric, unit, timeDelta, number, boolean, text } of record.readings) {
    builder.part(metric.slice(0, 64), () => {
      if (eventTime === 0 && timeDelta !== 0) throw new DecodeError("time_delta needs an event_time to count from");
      const value = readingValue({ number, boolean, text });
      if (value === undefined) throw new DecodeError("A reading has no value");
      builder.add(metric, value, eventTime === 0 ? undefined : eventTime + timeDelta, unit);
    });
  }
  return builder.finish();
}

function fieldOfGateway(record: TelemetryRecord): string | undefined {
  if (record.gateway !== "") return "gateway";
  if (record.epoch !== 0) return "epoch";
  if (record.n !== 0) return "n";
  if (record.receivedAt !== 0) return "received_at";
  if (record.device !== "") return "device";
  if (Object.keys(record.attributes).length > 0) return "attributes";
  return (["derived", "mark", "tick", "gap"] as const).find(
    (name) => record[name] !== null && record[name] !== undefined,
  );
}
